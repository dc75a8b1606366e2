"""The texts of the demonstration, from `data/demo.toml`."""

import tomllib
from typing import Any

from django.conf import settings

PATH = settings.BASE_DIR / "data" / "demo.toml"


def read_texts() -> dict[str, Any]:
    """Return the whole file as tables."""
    return tomllib.loads(PATH.read_text(encoding="utf-8"))


def texts_for_body(texts: dict[str, Any], slug: str) -> dict[str, Any]:
    """Return the texts of a task force, or those for any task force if the file has none for it."""
    return next((part for part in texts["task_forces"] if part["slug"] == slug), texts["anywhere"])
