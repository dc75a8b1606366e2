"""What every press has: a question, a form, a look at how things stand, and an act."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.forms import PlainForm
from reminders.links import Link


@dataclass(frozen=True)
class Standing:
    """How a thing stands for the person of a link.

    `closed` says in a sentence why this link can no longer answer; empty when it can. `subject` is what the act gets.
    """

    title: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""
    closed: str = ""
    subject: Any = None


class AnswerForm(PlainForm):
    """What is typed before the press, where anything is; `today` is the day of the link's person."""

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today


@dataclass(frozen=True)
class LinkAction:
    """One answer that a mail offers.

    `look` reads how the thing stands; `act` is called in the transaction that uses the link up, with what was typed,
    and returns what is now so in a sentence. It may raise Refused and EditConflictError.
    """

    question: str
    button: str
    look: Callable[[Link, dt.datetime], Standing]
    act: Callable[[Link, Standing, Mapping[str, Any], dt.datetime], str]
    form: type[AnswerForm] = AnswerForm


@dataclass(frozen=True)
class Offer:
    """A press as a mail shows it: its words and its address."""

    label: str
    url: str
