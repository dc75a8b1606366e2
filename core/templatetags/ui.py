"""The portal's parts: badges, dates, empty states, Markdown. Built in to every template."""

import datetime as dt
import html
import re
from collections.abc import Mapping

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
# Tone -> the icon that says the same without color.
_ICONS = {"neutral": "○", "good": "✓", "warn": "!", "bad": "✕", "done": "●", "stale": "◷", "info": "i"}


def _local(moment: dt.datetime) -> dt.datetime:
    return timezone.localtime(moment)


@register.simple_tag
def badge(word: str, tone: str = "neutral") -> SafeString:
    """A status as word, icon and color. Tones: neutral, good, warn, bad, done, stale, info."""
    return format_html(
        '<span class="badge-status tone-{}"><span aria-hidden="true">{}</span> {}</span>', tone, _ICONS[tone], word
    )


@register.filter
def day(value: dt.date | dt.datetime | None) -> SafeString | str:
    """A date as "Thu, Dec 3" in a time element."""
    if value is None:
        return ""
    date = _local(value).date() if isinstance(value, dt.datetime) else value
    return format_html('<time datetime="{}">{}</time>', date.isoformat(), dates.format_date(date, dates.local_today()))


@register.filter
def format_datetime(value: dt.datetime | None) -> SafeString | str:
    """A moment as "Thu, Dec 3, 10:00 a.m. PT" in a time element."""
    if value is None:
        return ""
    local = _local(value)
    words = f"{dates.format_date(local.date(), dates.local_today())}, {dates.format_time(local)} {dates.timezone_abbreviation(local)}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), words)


@register.simple_tag
def time_range(starts: dt.datetime, ends: dt.datetime) -> SafeString:
    """Two moments in their own zone as "Thu, Dec 3, 10:00–11:30 a.m. PT" in a time element."""
    words = dates.format_time_range(starts, ends, dates.local_today())
    return format_html('<time datetime="{}">{}</time>', starts.isoformat(), words)


@register.filter
def relative_date(value: dt.date | dt.datetime | None) -> str:
    """How far a date lies from today: "in 11 days", "3 weeks ago"."""
    if value is None:
        return ""
    date = _local(value).date() if isinstance(value, dt.datetime) else value
    return dates.format_relative_date(date, dates.local_today())


@register.filter
def first_sentence(text: str) -> str:
    """The first sentence of a text written in Markdown, as plain words."""
    plain = " ".join(html.unescape(strip_tags(markdown(text))).split())
    return re.split(r"(?<=[.!?])\s", plain, maxsplit=1)[0]


@register.filter
def url_without_scheme(url: str) -> str:
    """A web address without its scheme and closing slash, for reading."""
    return url.split("://", 1)[-1].removeprefix("www.").rstrip("/")


@register.filter
def get_item(mapping: Mapping, key: object) -> object:
    """What a mapping holds under a key, or None."""
    return mapping.get(key)


@register.filter
def dots(count: int) -> range:
    """Something to loop over `count` times."""
    return range(count)


@register.filter
def markdown(text: str) -> SafeString:
    """Markdown as clean HTML; raw HTML in it is shown as text."""
    return mark_safe(nh3.clean(_markdown.render(text or ""), tags=_TAGS, link_rel="noopener nofollow"))


@register.inclusion_tag("core/empty_state.html")
def empty_state(title: str, text: str = "", url: str = "", action: str = "") -> dict[str, str]:
    """An empty state: what will be here, why it is empty, and the step that fills it."""
    return {"title": title, "text": text, "url": url, "action": action}
