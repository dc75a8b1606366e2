"""Mask secrets in URLs before they reach a log."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

from django.conf import settings


def mask_secrets(text: str) -> str:
    """Return the text with the secrets in its URLs replaced by an ellipsis.

    Secrets are the path segment after one of settings.TOKEN_URL_PREFIXES, percent-encoded or not, and the values of
    settings.SECRET_PARAMETERS.
    """
    paths = "|".join(path.replace("/", "(?:/|%2F)") for path in settings.TOKEN_URL_PREFIXES)
    parameters = "|".join(settings.SECRET_PARAMETERS)
    text = re.sub(rf"({paths})[^/%\s?#'\"&]+", r"\1…", text, flags=re.IGNORECASE)
    return re.sub(rf"([?&](?:{parameters})=)[^\s#'\"&]+", r"\1…", text, flags=re.IGNORECASE)


def mask_event(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask the values of an event. A structlog processor."""
    return {key: mask_secrets(value) if isinstance(value, str) else value for key, value in event.items()}


class MaskSecrets(logging.Filter):
    """Mask the formatted message of a log record of the standard library."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str):
            record.msg, record.args = mask_secrets(record.getMessage()), None
        return True
