"""What a link in an email does: a question, a form, the state of its subject, and the operation behind the button."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.forms import PlainForm
from core.operations import OperationNotAllowedError
from reminders.links import Link
from reminders.models import UsedLink

StrOrPromise = str | Promise


@dataclass(frozen=True)
class SubjectState:
    """The state of a link's subject for the person of the link.

    `closed_reason` says in a sentence why this link can no longer be used; empty when it can. `subject` is what
    `perform` gets.
    """

    title: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""
    closed_reason: str = ""
    subject: Any = None


class AnswerForm(PlainForm):
    """What is entered before the button is selected, where anything is; `today` is the day of the link's person."""

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today


@dataclass(frozen=True)
class LinkAction:
    """One answer that an email offers.

    `load_state` reads the subject; `perform` is called in the transaction that uses the link up, with what was entered,
    and returns the result as a sentence. It may raise
    OperationNotAllowedError and EditConflictError.
    """

    question: StrOrPromise
    button: StrOrPromise
    load_state: Callable[[Link, dt.datetime], SubjectState]
    perform: Callable[[Link, SubjectState, Mapping[str, Any], dt.datetime], str]
    form: type[AnswerForm] = AnswerForm


@dataclass(frozen=True)
class ActionButton:
    """A link as an email shows it."""

    label: str
    url: str


class LinkUsedError(Exception):
    """The link was used before."""


def find_used_link(link: Link) -> UsedLink | None:
    """When and for what the link was used; None while it was not."""
    return UsedLink.objects.filter(digest=link.digest).first()


@transaction.atomic
def use_link(*, link: Link, action: LinkAction, values: Mapping[str, Any], now: dt.datetime) -> str:
    """Do what the link was made for, as its person, and return the result as a sentence.

    Everything is checked again in this transaction; what is refused leaves the link unused. Raises LinkUsedError,
    OperationNotAllowedError, EditConflictError.
    """
    row, is_first = UsedLink.objects.get_or_create(
        digest=link.digest,
        defaults={"purpose": link.purpose, "person": link.person, "subject_id": link.subject_id, "used_at": now},
    )
    if not is_first:
        raise LinkUsedError
    if not link.person.is_active:
        raise OperationNotAllowedError(_("This account is closed, so its links no longer work."))
    if link.expires_at <= now:
        raise OperationNotAllowedError(_("This link has expired."))
    state = action.load_state(link, now)
    if state.closed_reason:
        raise OperationNotAllowedError(state.closed_reason)
    row.result_message = action.perform(link, state, values, now)[:300]
    row.save(update_fields=["result_message"])
    return row.result_message
