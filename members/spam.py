"""Keeps machines from the one form that anybody may send: no third party, no script, and a person hardly notices."""

import datetime as dt
import re

from django.core.signing import BadSignature, Signer

# Nobody fills in the form in less, and a page that stood open for longer is asked once more.
MIN_SECONDS = dt.timedelta(seconds=4)
MAX_SECONDS = dt.timedelta(hours=12)
MAX_LINKS = 2
_signer = Signer(salt="members.joining")
_LINK = re.compile(r"https?:|www\.|<a\s|\[url", re.IGNORECASE)


def stamp(now: dt.datetime) -> str:
    """A signed word that says when the form was shown."""
    return _signer.sign(str(int(now.timestamp())))


def age(word: str, now: dt.datetime) -> dt.timedelta | None:
    """How long ago the form was shown; None for a stamp that is none of ours, is too old or lies ahead."""
    try:
        shown = dt.datetime.fromtimestamp(int(_signer.unsign(word)), dt.UTC)
    except (BadSignature, ValueError):
        return None
    return now - shown if dt.timedelta() <= now - shown + dt.timedelta(seconds=1) <= MAX_SECONDS else None


def count_links(text: str) -> int:
    """How many links stand in a text."""
    return len(_LINK.findall(text))
