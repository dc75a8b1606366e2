"""Loaders of the pages and downloads of rosters: the row, or the reason why it can't be shown."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from members.models import Organization
from members.permissions import organizations_visible_to
from taskforces.forms import DayForm
from taskforces.models import Body
from taskforces.permissions import is_member
from taskforces.queries.dated_rosters import OrganizationPeople
from taskforces.queries.roster_views import contacts_visible_to


def load_body(request: HttpRequest, slug: str) -> Body:
    """Return the body whose roster the member may see. Raises Http404 and PermissionDenied."""
    body = get_object_or_404(Body, slug=slug)
    if not is_member(request.user):
        raise PermissionDenied(_("Only members can see rosters. The task force page lists the organizations."))
    return body


def load_organization(request: HttpRequest, key: str) -> Organization:
    """Return the organization whose people the member may see. Raises Http404 and PermissionDenied."""
    organization = get_object_or_404(organizations_visible_to(request.user).filter(merged_into=None), key=key)
    if not is_member(request.user):
        raise PermissionDenied(_("Only members can see who represents an organization."))
    return organization


def contacts_of(request: HttpRequest, people: OrganizationPeople) -> set[int]:
    """Return the ids of those among the people whose contact information the reader may see."""
    seated = [row.term.person_id for row in people.seats if row.term]
    return contacts_visible_to(request.user, [*seated, *(row.person_id for row in people.representations)])


def requested_day(data: QueryDict, today: dt.date) -> tuple[DayForm, dt.date | None]:
    """Return the form with `on` and its day, or None for today and for a date that can't be read."""
    form = DayForm(data, today=today)
    return form, form.cleaned_data["on"] if form.is_valid() else None
