"""What several views read from a request in the same way."""


def parse_int(text: str) -> int | None:
    """The id or version that was sent, or None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
