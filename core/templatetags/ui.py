"""Template tags and filters for badges, dates, empty states and Markdown. Built in to every template."""

import datetime as dt
import html
import re
from collections.abc import Mapping
from typing import Any

import nh3
from django import template
from django.utils import timezone
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from core import dates

register = template.Library()
_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable("image")
_TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "a", "blockquote", "code", "pre", "h3", "h4", "hr"}
# Tone -> the icon that shows the same without color.
_ICONS = {"neutral": "○", "good": "✓", "warn": "!", "bad": "✕", "done": "●", "stale": "◷", "info": "i"}


def _local(moment: dt.datetime) -> dt.datetime:
    return timezone.localtime(moment)


@register.simple_tag
def badge(label: str, tone: str = "neutral") -> SafeString:
    """Return a status as text, icon and color. Tones: neutral, good, warn, bad, done, stale, info."""
    return format_html(
        '<span class="badge-status tone-{}"><span aria-hidden="true">{}</span> {}</span>', tone, _ICONS[tone], label
    )


@register.filter
def day(value: dt.date | dt.datetime | None) -> SafeString | str:
    """Return a date as "Thu, Dec 3" in a time element."""
    if value is None:
        return ""
    date = _local(value).date() if isinstance(value, dt.datetime) else value
    return format_html('<time datetime="{}">{}</time>', date.isoformat(), dates.format_date(date, dates.local_today()))


@register.filter
def format_datetime(value: dt.datetime | None) -> SafeString | str:
    """Return a datetime as "Thu, Dec 3, 10:00 a.m. PT" in a time element."""
    if value is None:
        return ""
    local = _local(value)
    text = dates.format_datetime(local, dates.local_today())
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), text)


@register.simple_tag
def time_range(starts: dt.datetime, ends: dt.datetime) -> SafeString:
    """Return two datetimes in their own zone as "Thu, Dec 3, 10:00–11:30 a.m. PT" in a time element."""
    text = dates.format_time_range(starts, ends, dates.local_today())
    return format_html('<time datetime="{}">{}</time>', starts.isoformat(), text)


@register.filter
def relative_date(value: dt.date | dt.datetime | None) -> str:
    """Return a date relative to today: "in 11 days", "3 weeks ago"."""
    if value is None:
        return ""
    date = _local(value).date() if isinstance(value, dt.datetime) else value
    return dates.format_relative_date(date, dates.local_today())


@register.filter
def first_sentence(text: str) -> str:
    """Return the first sentence of a Markdown text as plain text."""
    plain = " ".join(html.unescape(strip_tags(markdown(text))).split())
    return re.split(r"(?<=[.!?])\s", plain, maxsplit=1)[0]


@register.filter
def url_without_scheme(url: str) -> str:
    """Return a URL without its scheme, "www." and closing slash, for display."""
    return url.split("://", 1)[-1].removeprefix("www.").rstrip("/")


@register.filter
def get_item(mapping: Mapping[Any, Any], key: object) -> object:
    """Return the value of a key in a mapping, or None."""
    return mapping.get(key)


@register.filter
def to_range(count: int) -> range:
    """Return a range of `count` items to loop over."""
    return range(count)


@register.filter
def markdown(text: str) -> SafeString:
    """Render Markdown as sanitized HTML. Raw HTML in it is shown as text."""
    return mark_safe(nh3.clean(_markdown.render(text or ""), tags=_TAGS, link_rel="noopener nofollow"))


@register.inclusion_tag("core/empty_state.html")
def empty_state(title: str, text: str = "", url: str = "", action: str = "") -> dict[str, str]:
    """Render an empty state: a title, an explanation and a link to the next step."""
    return {"title": title, "text": text, "url": url, "action": action}
