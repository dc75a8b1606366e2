"""Validators of fields in several apps: text on one line, time zones."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

validate_single_line = RegexValidator(r"[\r\n\x00]", "Write this on one line.", inverse_match=True)


def check_zone(name: str) -> None:
    """Raise ValidationError if `name` is not the name of a time zone in the tz database; accept an empty name."""
    if name and name not in available_timezones():
        raise ValidationError("Choose a time zone such as America/Los_Angeles.")
