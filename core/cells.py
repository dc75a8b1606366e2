"""Cells of a spreadsheet that no program takes for a formula, and the way back."""

import re

# What a program that opens the file may run (OWASP, CSV injection), in full width too. The apostrophes that stand
# before it count as well, so that one which a person typed can be told from the one that is put there.
_RISKY = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")


def safe_cell(value: object) -> str:
    """The value as text, led by an apostrophe where a spreadsheet would run it; `plain_cell` takes it off again."""
    text = "" if value is None else str(value)
    return f"'{text}" if _RISKY.match(text) else text


def plain_cell(text: str) -> str:
    """What `safe_cell` was given: a cell without the apostrophe that it put there; any other apostrophe stays."""
    return text[1:] if text.startswith("'") and _RISKY.match(text) else text
