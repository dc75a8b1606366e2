"""How long a session lives: 24 hours in all, 12 hours idle, 30 minutes idle for those with wide rights."""

import datetime as dt

from django.contrib.sessions.backends.base import SessionBase

LIFE = dt.timedelta(hours=24)
IDLE = dt.timedelta(hours=12)
IDLE_WITH_WIDE_RIGHTS = dt.timedelta(minutes=30)
NOTE_EVERY = dt.timedelta(minutes=1)

_BEGAN, _SEEN = "session_began_at", "session_seen_at"


def begin(session: SessionBase, now: dt.datetime) -> None:
    """Start counting at sign-in."""
    session[_BEGAN] = session[_SEEN] = now.timestamp()


def note_seen(session: SessionBase, now: dt.datetime) -> bool:
    """Remember that the session was used at `now`, at most once a minute; returns whether it was written."""
    if now.timestamp() - session.get(_SEEN, 0) < NOTE_EVERY.total_seconds():
        return False
    session[_SEEN] = now.timestamp()
    return True


def idle_for(session: SessionBase, now: dt.datetime) -> dt.timedelta:
    """How long ago the session was last used, to the minute."""
    return dt.timedelta(seconds=now.timestamp() - session.get(_SEEN, 0))


def is_over(session: SessionBase, now: dt.datetime) -> bool:
    """Whether the session is too old or too long idle for anybody."""
    age = dt.timedelta(seconds=now.timestamp() - session.get(_BEGAN, 0))
    return age >= LIFE or idle_for(session, now) >= IDLE
