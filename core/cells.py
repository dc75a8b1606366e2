"""Escape spreadsheet cells against formula injection, and unescape them."""

import re

# Starts of a cell that a spreadsheet program may run as a formula (OWASP, CSV injection), full-width signs included.
# Leading apostrophes are part of the pattern, so that one that a person entered can be told from the one added here.
_FORMULA_START = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")


def safe_cell(value: object) -> str:
    """Return the value as text, with a leading apostrophe if a spreadsheet would run it. Undone by `plain_cell`."""
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA_START.match(text) else text


def plain_cell(text: str) -> str:
    """Return the cell without the apostrophe that `safe_cell` added. Any other apostrophe stays."""
    return text[1:] if text.startswith("'") and _FORMULA_START.match(text) else text
