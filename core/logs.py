"""Keeps secrets that stand in addresses out of every log."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

from django.conf import settings


def masked(text: str) -> str:
    """The text without what opens something in an address: an ellipsis stands in its place.

    That is what follows one of settings.TOKEN_URL_PREFIXES, quoted or not, and the values of
    settings.SECRET_PARAMETERS.
    """
    paths = "|".join(path.replace("/", "(?:/|%2F)") for path in settings.TOKEN_URL_PREFIXES)
    parameters = "|".join(settings.SECRET_PARAMETERS)
    text = re.sub(rf"({paths})[^/%\s?#'\"&]+", r"\1…", text, flags=re.IGNORECASE)
    return re.sub(rf"([?&](?:{parameters})=)[^\s#'\"&]+", r"\1…", text, flags=re.IGNORECASE)


def mask_event(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor over the values of an event."""
    return {key: masked(value) if isinstance(value, str) else value for key, value in event.items()}


class MaskSecrets(logging.Filter):
    """The same for a logger of the standard library: the message is made once and masked."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str):
            record.msg, record.args = masked(record.getMessage()), None
        return True
