"""Use a link: once, by whom it was made for, while what it speaks of is still so."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core.operations import OperationNotAllowedError
from reminders.answers.parts import LinkAction
from reminders.links import Link
from reminders.models import UsedLink


class Used(Exception):
    """The link was used before."""


def used(link: Link) -> UsedLink | None:
    """When and for what the link was used; None while it was not."""
    return UsedLink.objects.filter(digest=link.digest).first()


@transaction.atomic
def use(*, link: Link, press: LinkAction, values: Mapping[str, Any], now: dt.datetime) -> str:
    """Do what the link was made for, as its person, and say what is now so.

    Everything is looked at again in this transaction; what is refused leaves the link unused. Raises Used,
    OperationNotAllowedError,
    EditConflictError.
    """
    row, is_first = UsedLink.objects.get_or_create(
        digest=link.digest,
        defaults={"purpose": link.purpose, "person": link.person, "subject_id": link.subject_id, "used_at": now},
    )
    if not is_first:
        raise Used
    if not link.person.is_active:
        raise OperationNotAllowedError("This account is closed, so its links no longer answer.")
    if link.expires_at <= now:
        raise OperationNotAllowedError("This link has expired.")
    standing = press.look(link, now)
    if standing.closed:
        raise OperationNotAllowedError(standing.closed)
    row.said = press.act(link, standing, values, now)[:300]
    row.save(update_fields=["said"])
    return row.said
