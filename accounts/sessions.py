"""How long a session lives: 24 hours in all, 12 hours idle, 30 minutes idle for those with wide rights.

And how the list of one's sessions says what each runs on.
"""

import datetime as dt

from django.contrib.sessions.backends.base import SessionBase

LIFE = dt.timedelta(hours=24)
IDLE = dt.timedelta(hours=12)
IDLE_WITH_WIDE_RIGHTS = dt.timedelta(minutes=30)
NOTE_EVERY = dt.timedelta(minutes=1)

# The first word found in what a browser says of itself names it; many of them claim to be several.
_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {
    "iPhone": "an iPhone",
    "iPad": "an iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "a Mac",
    "CrOS": "a Chromebook",
    "Linux": "Linux",
}
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


def device(user_agent: str) -> str:
    """What a session runs on, such as "Firefox on Windows"; "A browser" where it does not say."""
    browser = next((name for word, name in _BROWSERS.items() if word in user_agent), "A browser")
    system = next((name for word, name in _SYSTEMS.items() if word in user_agent), "")
    return f"{browser} on {system}" if system else browser
