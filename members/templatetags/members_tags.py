"""Template tags of membership for pages of other apps."""

from typing import Any

from django import template

from accounts.models import Person

register = template.Library()


@register.inclusion_tag("members/tags/representations.html")
def representations_of(person: Person) -> dict[str, Any]:
    """Render the list of the organizations that a person currently represents."""
    return {"representations": person.representations.current().select_related("organization")}
