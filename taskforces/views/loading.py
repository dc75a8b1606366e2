"""Loaders of the pages and downloads that show who sits where: the row, or why it may not be read."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404

from members.models import Organization
from members.permissions import organizations_visible_to
from taskforces.forms import DayForm
from taskforces.models import Body
from taskforces.permissions import is_member
from taskforces.queries import OrganizationPeople, contacts_shown


def load_body(request: HttpRequest, slug: str) -> Body:
    """The body whose roster the member may read. Raises Http404 and PermissionDenied."""
    body = get_object_or_404(Body, slug=slug)
    if not is_member(request.user):
        raise PermissionDenied("Rosters are for members. The public page names the organizations.")
    return body


def load_organization(request: HttpRequest, key: str) -> Organization:
    """The organization whose people the member may read. Raises Http404 and PermissionDenied."""
    organization = get_object_or_404(organizations_visible_to(request.user).filter(merged_into=None), key=key)
    if not is_member(request.user):
        raise PermissionDenied("Who represents an organization is for members to read.")
    return organization


def contacts_of(request: HttpRequest, people: OrganizationPeople) -> set[int]:
    """The ids of those among the people whose contact data the reader may see."""
    sitting = [row.term.person_id for row in people.seats if row.term]
    return contacts_shown(request.user, [*sitting, *(row.person_id for row in people.representations)])


def asked_day(data: QueryDict, today: dt.date) -> tuple[DayForm, dt.date | None]:
    """The form with `on` and the day that it names; None for today, and where the day cannot be read."""
    form = DayForm(data, today=today)
    return form, form.cleaned_data["on"] if form.is_valid() else None
