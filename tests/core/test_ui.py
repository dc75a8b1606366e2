"""Built-in template tags and filters."""

import datetime as dt
from html.parser import HTMLParser

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from core.templatetags import ui

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[press](javascript:alert(1))",
    "[press](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://example.org/x.png)",
    '<a href="https://example.org" onclick="alert(1)">x</a>',
    "<svg><script>alert(1)</script></svg>",
    "[a](https://example.org 'title\" onmouseover=\"alert(1)')",
    "<iframe srcdoc='<script>1</script>'></iframe>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


class Tags(HTMLParser):
    """Collect every element and attribute that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(html)
    return parser.seen


def assert_harmless(html: str) -> None:
    for tag, attributes in elements(html):
        assert tag in {"p", "br", "em", "strong", "ul", "ol", "li", "a", "blockquote", "code", "pre", "h3", "h4", "hr"}
        assert set(attributes) <= {"href", "rel", "title", "start"}
        assert not (attributes.get("href") or "").lower().startswith(("javascript:", "data:", "vbscript:"))


@pytest.mark.parametrize("attack", ATTACKS)
def test_markdown_removes_scripts(attack):
    assert_harmless(ui.markdown(attack))


@given(st.text(alphabet="<>\"'/=()[]!&;:#*_`\n abjscriptonerrohf", max_size=80))
def test_markdown_yields_only_harmless_elements(text):
    assert_harmless(ui.markdown(text))


def test_markdown_keeps_formatting_and_links():
    html = ui.markdown("Counties **share** data.\n\n- one\n- [two](https://example.org)")
    assert "<strong>share</strong>" in html
    assert '<a href="https://example.org" rel="noopener nofollow">two</a>' in html


def test_first_sentence_is_plain_text():
    assert ui.first_sentence("**Two** counties R&D share. More later.") == "Two counties R&D share."
    assert ui.first_sentence("") == ""


@pytest.mark.parametrize(
    ("tone", "icon"),
    [("neutral", "○"), ("good", "✓"), ("warn", "!"), ("bad", "✕"), ("done", "●"), ("stale", "◷"), ("info", "i")],
)
def test_badge_has_text_icon_and_color(tone, icon):
    html = ui.badge("A <word>", tone)
    assert f"tone-{tone}" in html
    assert f'<span aria-hidden="true">{icon}</span> A &lt;word&gt;' in html


def test_dates_are_time_elements(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 22, 18, 0, tzinfo=dt.UTC))
    start = dt.datetime(2026, 12, 3, 18, 0, tzinfo=dt.UTC)
    page = Template(
        "{{ d|day }} {{ s|format_datetime }} {{ d|relative_date }} "
        "{{ none|day }}{{ none|format_datetime }}{{ none|relative_date }}"
    )
    assert page.render(Context({"d": dt.date(2026, 12, 3), "s": start, "none": None})).strip() == (
        '<time datetime="2026-12-03">Thu, Dec 3</time> '
        '<time datetime="2026-12-03T10:00:00-08:00">Thu, Dec 3, 10:00 a.m. PT</time> in 11 days'
    )


def test_url_is_displayed_without_its_scheme():
    assert ui.url_without_scheme("https://www.dhcs.ca.gov/") == "dhcs.ca.gov"
