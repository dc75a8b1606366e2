"""Email messages before they are sent, and rendering them from a text and an HTML template."""

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


def to_single_line(text: str) -> str:
    """Return the text on one line, so that it cannot inject an email header."""
    return " ".join(_CONTROL.sub(" ", text).split())


@dataclass(frozen=True)
class Calendar:
    """A calendar entry of a message: the iTIP method (REQUEST or CANCEL) and the file."""

    method: str
    content: bytes


@dataclass(frozen=True)
class Message:
    """The content of an email. `attachments` holds (file name, content, media type)."""

    subject: str
    text: str
    html: str
    attachments: tuple[tuple[str, bytes, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    calendar: Calendar | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "subject", to_single_line(self.subject)[:300])
        object.__setattr__(self, "headers", {name: to_single_line(value) for name, value in self.headers.items()})


@dataclass(frozen=True)
class Wait:
    """Returned by a composer if the message must not be sent before `until`."""

    until: dt.datetime
    reason: str


@dataclass(frozen=True)
class Skip:
    """Returned by a composer if the message should not be sent. The reason is stored and shown to staff."""

    reason: str


def render(template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Render the text and the HTML of an email from `<template>.txt` and `<template>.html`.

    Both extend `mail/base`, fill the blocks `call_to_action` and `body`, and use these context variables: `url` and
    `act` (address and label of the button), `facts` (pairs of label and value), `why` (the reason for the email), `how`
    (how to change that) with an optional link `how_url`, and `sender` (default: the name in DEFAULT_FROM_EMAIL).
    The text is wrapped at 72 columns. URLs are never broken.
    """
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    values = {
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
    return wrap(render_to_string(f"{template}.txt", values)), render_to_string(
        f"{template}.html", values
    ).strip() + "\n"


def wrap(text: str) -> str:
    """Wrap the text at 72 columns without breaking words, and collapse repeated empty lines."""
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
