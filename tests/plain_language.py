"""Words that no page and no email may use: the vocabulary has a plain term for each."""

import html
import re

# What each is replaced with stands in `scripts/codespell.txt`, too, where the word is never right.
REPLACED = re.compile(
    r"\b(e-mails?|cancelled|mend(s|ed|ing)?|ow(e|es|ed|ing)|anew|meanwhile|nobody|somebody|everybody|anybody"
    r"|nudg(e|es|ed|ing)|chas(e|es|ed|ing)|stand-ins?|stands in|lies ahead|oldest word|last word|first word"
    r"|carries over|let it go on|still (true|right)|is no [a-z]+\. write|with one press|the machinery"
    r"|if that surprises you|a word on|what wants your eye|speaks? for)\b",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"<(script|style|title)\b.*?</\1>|<[^>]+>", re.DOTALL | re.IGNORECASE)


def find_replaced_words(page: str) -> set[str]:
    """Return the replaced words in the visible text of an HTML page or of a plain text, in lower case."""
    text = " ".join(html.unescape(_HIDDEN.sub(" ", page)).split())
    return {match.group(0).lower() for match in REPLACED.finditer(text)}
