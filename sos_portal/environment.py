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
    word = env.str(name, default="").strip().lower()
    if word == "":
        return default
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={word!r} is neither on nor off. Write {name}=on or {name}=off.")


def read_count(name: str, default: int) -> int:
    """Return a whole number of zero or more. Raises ImproperlyConfigured for any other value."""
    word = env.str(name, default="").strip()
    if word == "":
        return default
    if not word.isdigit():
        raise ImproperlyConfigured(f"{name}={word!r} is not a whole number. Write for example {name}={default}.")
    return int(word)


def read_level(name: str, default: str) -> str:
    """Return a log level. Raises ImproperlyConfigured for any other value."""
    word = (env.str(name, default="").strip() or default).upper()
    if word not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
        raise ImproperlyConfigured(f"{name}={word!r} is not a level of the log. Write for example {name}=INFO.")
    return word
