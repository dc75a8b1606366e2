"""What membership shows on pages of the floors below."""

from typing import Any

from django import template

from accounts.models import Person

register = template.Library()


@register.inclusion_tag("members/tags/representations.html")
def representations_of(person: Person) -> dict[str, Any]:
    """The organizations that a person represents now, as a list."""
    return {"representations": person.representations.current().select_related("organization")}
