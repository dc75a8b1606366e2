"""System check for the cache: one-time codes and rate limits must be shared between processes."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

_NOT_SHARED = ("locmem.LocMemCache", "dummy.DummyCache")


@register(Tags.security)
def check_cache_is_shared(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Return an error if the default cache is not shared: used sign-in codes and rate limits are stored in it."""
    backend = str(settings.CACHES["default"]["BACKEND"])
    if settings.DEBUG or not backend.endswith(_NOT_SHARED):
        return []
    return [
        Error(
            f"The cache {backend} is not shared between processes, so a used sign-in code works again in another.",
            hint="Set REDIS_URL, or leave the database cache in place.",
            id="accounts.E001",
        )
    ]
