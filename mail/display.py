"""Prepare an email for display in a page of the portal, without styles, scripts or secrets."""

from typing import NamedTuple

import nh3
from django.utils.safestring import SafeString, mark_safe

from core.logs import mask_secrets
from mail.messages import Message

_TAGS = {"a", "br", "em", "h1", "h2", "h3", "hr", "li", "ol", "p", "strong", "table", "tbody", "td", "tr", "ul"}
_DROPPED_WITH_CONTENT = {"script", "style", "title"}


class SanitizedMessage(NamedTuple):
    """A message that is safe to show to someone other than its recipient."""

    subject: str
    text: str
    html: SafeString
    calendar: str
    calendar_method: str


def sanitize_html(html: str) -> SafeString:
    """Sanitize the HTML part of an email for display in a page."""
    return mark_safe(
        nh3.clean(
            html, tags=_TAGS, clean_content_tags=_DROPPED_WITH_CONTENT, attributes={"a": {"href"}}, link_rel="noopener"
        )
    )


def sanitize_message(message: Message) -> SanitizedMessage:
    """Return the message for staff to read, with signed links masked so that no one can respond for someone else."""
    entry = message.calendar
    return SanitizedMessage(
        message.subject,
        mask_secrets(message.text),
        sanitize_html(mask_secrets(message.html)),
        mask_secrets(entry.content.decode()) if entry else "",
        entry.method if entry else "",
    )
