"""A mail inside a page of the portal: its words and links, none of its style, and nothing that runs."""

from typing import NamedTuple

import nh3
from django.utils.safestring import SafeString, mark_safe

from core.logs import masked
from mail.messages import Message

_TAGS = {"a", "br", "em", "h1", "h2", "h3", "hr", "li", "ol", "p", "strong", "table", "tbody", "td", "tr", "ul"}
_DROPPED_WITH_CONTENT = {"script", "style", "title"}


class Shown(NamedTuple):
    """A message as a page shows it to somebody else than its receiver."""

    subject: str
    text: str
    html: SafeString
    calendar: str
    calendar_method: str


def sanitize_html(html: str) -> SafeString:
    """The HTML part of a mail, cleaned so that it can stand in a page."""
    return mark_safe(
        nh3.clean(
            html, tags=_TAGS, clean_content_tags=_DROPPED_WITH_CONTENT, attributes={"a": {"href"}}, link_rel="noopener"
        )
    )


def shown(message: Message) -> Shown:
    """The message for staff to read: without the signed part of addresses: nobody answers for another."""
    entry = message.calendar
    return Shown(
        message.subject,
        masked(message.text),
        sanitize_html(masked(message.html)),
        masked(entry.content.decode()) if entry else "",
        entry.method if entry else "",
    )
