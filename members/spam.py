"""Spam protection of the public form, without a third party, a script or a puzzle."""

import datetime as dt
import re

from django.core.signing import BadSignature, Signer

# No person fills in the form faster. A page that was open for longer has to be submitted again.
MIN_AGE = dt.timedelta(seconds=4)
MAX_AGE = dt.timedelta(hours=12)
MAX_LINKS = 2
_signer = Signer(salt="members.joining")
_LINK = re.compile(r"https?:|www\.|<a\s|\[url", re.IGNORECASE)


def make_stamp(now: dt.datetime) -> str:
    """Return a signed timestamp of when the form was shown."""
    return _signer.sign(str(int(now.timestamp())))


def stamp_age(stamp: str, now: dt.datetime) -> dt.timedelta | None:
    """Return how long ago the form was shown; None if the stamp is invalid, too old or in the future."""
    try:
        shown = dt.datetime.fromtimestamp(int(_signer.unsign(stamp)), dt.UTC)
    except (BadSignature, ValueError):
        return None
    return now - shown if dt.timedelta() <= now - shown + dt.timedelta(seconds=1) <= MAX_AGE else None


def count_links(text: str) -> int:
    """Return the number of links in a text."""
    return len(_LINK.findall(text))
