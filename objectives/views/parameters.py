"""Values that views read from a request."""


def parse_int(text: str) -> int | None:
    """Return the id or version in `text`, or None if it is not a number of up to nine digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
