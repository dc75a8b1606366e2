"""Access to the environment variables and to `.env`, for the settings file alone."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.smart_cast = False
environ.Env.read_env(BASE_DIR / ".env")  # values already in the environment win


def parse_bool(name: str, default: bool) -> bool:
    """Return an on/off variable as a bool. Raises ImproperlyConfigured for any other value."""
    value = env.str(name, default="").strip().lower()
    if value == "":
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is not valid. Set {name}=on or {name}=off.")


def read_count(name: str, default: int) -> int:
    """Return a whole number of zero or more. Raises ImproperlyConfigured for any other value."""
    value = env.str(name, default="").strip()
    if value == "":
        return default
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number. Set for example {name}={default}.")
    return int(value)


def read_level(name: str, default: str) -> str:
    """Return a log level. Raises ImproperlyConfigured for any other value."""
    value = (env.str(name, default="").strip() or default).upper()
    if value not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
        raise ImproperlyConfigured(f"{name}={value!r} is not a log level. Set for example {name}=INFO.")
    return value
