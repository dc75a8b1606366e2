"""What people typed is text wherever it is shown: pages, mails, the back office, calendar files, a real browser."""

import re
from collections.abc import Iterator

import html5lib
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import models
from django.urls import reverse

from accounts.models import SecurityEvent
from core.models import WebAddressField
from mail.models import Delivery
from reminders.models import Heartbeat
from tests.conftest import NOW
from tests.security.conftest import addresses
from tests.world import World

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "</textarea><script>alert(2)</script>",
    "</title><svg onload=alert(3)>",
    "' onmouseover='alert(4)",
    '" autofocus onfocus="alert(5)',
    "[link](javascript:alert(6))",
    "![x](x){onerror=alert(7)}",
    "<a href=javascript:alert(8)>x</a>",
    "<iframe srcdoc='<script>alert(9)</script>'>",
    "{{7*7}}{% load x %}${7*7}",
    "--><style>*{display:none}</style>",
    "<math><mtext><mglyph><style><img src onerror=alert(10)>",
    "javascript:alert(11)",
    "\u202e<b onclick=alert(12)>x</b>",
]
DANGEROUS = {"iframe", "object", "embed", "math", "applet", "base", "style"}
FREE = (models.CharField, models.TextField)
# Text that no person types, or that is read by the program.
NOT_TYPED = {"token_hash", "nonce", "password", "message_id", "date_header", "claim", "key", "slug", "time_zone"}
NOT_TYPED |= {
    "meeting_reminders",
    "reminders",
    "email",
    "address",
    "subject_version",
    "session_key",
    "digest",
    "stored_name",
    "file",
}


def payload(limit: int | None, turn: int) -> str:
    """As many payloads as fit, beginning with another one each time."""
    turned = PAYLOADS[turn % len(PAYLOADS) :] + PAYLOADS[: turn % len(PAYLOADS)]
    if limit is None:
        return "\n\n".join(turned)
    found = ""
    for text in turned:
        if len(found) + len(text) + 1 <= limit:
            found = f"{found} {text}".strip()
    return found


def fields_of(model: type[models.Model]) -> Iterator[models.Field]:
    for field in model._meta.concrete_fields:
        kind = type(field)
        plain = isinstance(field, FREE) and not isinstance(
            field, (models.SlugField, models.EmailField, models.URLField)
        )
        if plain and kind.__name__ != "GenericIPAddressField" and not field.choices and field.name not in NOT_TYPED:
            yield field


def poison() -> int:
    """Write payloads into every free text of every row, past all validation; returns how many fields."""
    turn = 0
    for app in settings.LOCAL_APPS:
        for model in apps.get_app_config(app).get_models():
            fields = list(fields_of(model))
            if model in (Delivery, SecurityEvent):
                fields = [field for field in fields if field.name in {"reason", "detail", "last_error"}]
            for row in model._base_manager.all():
                values = {}
                for field in fields:
                    turn += 1
                    text = payload(field.max_length, turn)
                    values[field.name] = f"{text[: (field.max_length or 9999) - 6]}{row.pk}" if field.unique else text
                if values:
                    model._base_manager.filter(pk=row.pk).update(**values)
    return turn


def faults(markup: str) -> list[str]:
    """What in a document would run, or was made by a payload."""
    found = []
    for element in html5lib.parse(markup, namespaceHTMLElements=False).iter():
        tag = element.tag if isinstance(element.tag, str) else ""
        name = tag.rsplit("}")[-1]
        if name in DANGEROUS:
            found.append(name)
        if name == "script" and not element.get("src") and element.get("type") != "application/json":
            found.append("script")
        if name == "img" and element.get("src") == "x":
            found.append("img")
        for attribute, value in element.attrib.items():
            key = str(attribute).lower()
            if key.startswith("on") or key in {"srcdoc", "autofocus"}:
                found.append(f"{name} {key}")
            if key in {"href", "src", "action", "formaction"} and re.match(
                r"\s*(javascript|data:text|vbscript)", value
            ):
                found.append(f"{name} {key}={value[:30]}")
    return found


@pytest.fixture
def poisoned(world) -> World:
    assert poison() > 150
    return world


@pytest.mark.django_db
def test_the_check_itself_sees_each_payload():
    seen = [text for text in PAYLOADS if faults(f"<p>{text}</p>") or faults(f'<input value="{text}">')]
    assert len(seen) >= 10


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("role", ["visitor", "chair", "administrator"])
def test_every_page_shows_it_as_text(poisoned, role):
    client = poisoned.cast.client(role)
    shown = 0
    for address in addresses(poisoned):
        response = client.get(address)
        if "html" not in response.get("Content-Type", "") or address.startswith("/admin/"):
            continue
        text = response.content.decode()
        assert not faults(text), f"{address}: {faults(text)}"
        assert "49" not in re.findall(r"\{\{7\*7\}\}|>49<", text)
        shown += "alert(" in text
    assert shown > (5 if role == "visitor" else 20)


@pytest.mark.django_db
def test_the_back_office_shows_it_as_text(poisoned):
    client = poisoned.cast.client("administrator")
    shown = 0
    for app in settings.LOCAL_APPS:
        for model in apps.get_app_config(app).get_models():
            if model not in admin.site._registry:
                continue
            base = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            row = model._base_manager.order_by("pk").last()
            for address in (base, f"{base}{row.pk}/change/") if row else (base,):
                text = client.get(address).content.decode()
                bad = [fault for fault in faults(text) if "autofocus" not in fault]
                assert not bad, f"{address}: {bad}"
                shown += "alert(" in text
    assert shown > 10


@pytest.mark.django_db
def test_every_mail_shows_it_as_text(poisoned, mailoutbox):
    Heartbeat.objects.all().delete()
    Delivery.objects.all().delete()
    call_command("send_reminders", at=NOW.isoformat(), verbosity=0)
    call_command("send_reminders", at="2026-12-02T10:00-08:00", verbosity=0)
    assert len(mailoutbox) > 3
    for mail in mailoutbox:
        assert "\n" not in mail.subject
        for content, kind in mail.alternatives:
            if kind == "text/html":
                bad = [fault for fault in faults(content) if fault != "style"]
                assert not bad, f"{mail.subject}: {bad}"


@pytest.mark.django_db
def test_no_address_field_takes_a_script(db):
    fields = [
        field
        for app in settings.LOCAL_APPS
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.URLField)
    ]
    assert len(fields) > 3
    for field in fields:
        for text in (
            "javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "//elsewhere.example",
        ):
            with pytest.raises(ValidationError):
                field.clean(text, None)
    assert any(isinstance(field, WebAddressField) for field in fields)
