"""The demonstration's words, read from `data/demo.toml`."""

import tomllib
from typing import Any

from django.conf import settings

PATH = settings.BASE_DIR / "data" / "demo.toml"


def read() -> dict[str, Any]:
    """The whole file as tables."""
    return tomllib.loads(PATH.read_text(encoding="utf-8"))


def for_body(words: dict[str, Any], slug: str) -> dict[str, Any]:
    """What a task force shows: its own part of the file, else the part for any task force."""
    return next((part for part in words["task_forces"] if part["slug"] == slug), words["anywhere"])
