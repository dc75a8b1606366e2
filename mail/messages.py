"""What a message is before it becomes a mail, and how one is rendered from a pair of templates."""

import datetime as dt
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

WIDTH = 72
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def validate_single_line(text: str) -> str:
    """The text on one line, so that nothing in it can begin a header of its own."""
    return " ".join(_CONTROL.sub(" ", text).split())


@dataclass(frozen=True)
class Calendar:
    """A calendar entry that rides along: the iTIP method (REQUEST or CANCEL) and the file."""

    method: str
    content: bytes


@dataclass(frozen=True)
class Message:
    """What one mail says. `attachments` holds (file name, content, media type)."""

    subject: str
    text: str
    html: str
    attachments: tuple[tuple[str, bytes, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    calendar: Calendar | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "subject", validate_single_line(self.subject)[:300])
        object.__setattr__(self, "headers", {name: validate_single_line(value) for name, value in self.headers.items()})


@dataclass(frozen=True)
class Wait:
    """The composer's answer when the mail should go, but not before `until`."""

    until: dt.datetime
    reason: str


@dataclass(frozen=True)
class Skip:
    """The composer's answer when the mail should no longer go; the reason is stored and shown to staff."""

    reason: str


def render(template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """The text and the HTML of a mail from `<template>.txt` and `<template>.html`.

    Both extend `mail/base`: they fill the blocks `ask` and `body`, and take from the context `url` and `act` (the one
    button), `facts` (pairs of label and value), `why`, `how` and, where that has a link, `how_url`, and `sender` (else
    the name in DEFAULT_FROM_EMAIL).
    The text is wrapped at 72 columns; addresses are never broken.
    """
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    whole = {
        "act": "",
        "facts": (),
        "how": "",
        "how_url": "",
        "sender": name or address,
        "sender_address": address,
        "site_url": settings.SITE_URL,
        "url": "",
        "why": "",
        **context,
    }
    return wrap(render_to_string(f"{template}.txt", whole)), render_to_string(f"{template}.html", whole).strip() + "\n"


def wrap(text: str) -> str:
    """The text with no line over 72 columns but for long words, and never two empty lines in a row."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        line = line.rstrip()
        if line or (lines and lines[-1]):
            indent = " " * (len(line) - len(line.lstrip()))
            hanging = indent + ("  " if line.lstrip().startswith("- ") else "")
            lines += textwrap.wrap(
                line,
                WIDTH,
                initial_indent="",
                subsequent_indent=hanging,
                break_long_words=False,
                break_on_hyphens=False,
                drop_whitespace=True,
            ) or [""]
    return "\n".join(lines) + "\n"
