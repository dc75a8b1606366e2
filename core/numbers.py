"""Numbers in the format of the active locale."""

from decimal import Decimal

from django.utils import formats


def format_number(value: Decimal | int) -> str:
    """Return a number with thousands separators and up to four decimals, such as "1,934" or "5.82"."""
    plain = f"{value:.4f}".rstrip("0").rstrip(".")
    return formats.number_format(Decimal(plain), force_grouping=True)
