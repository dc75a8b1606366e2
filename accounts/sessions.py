"""How long a session may last, and the device that it runs on.

A session ends after 24 hours, after 12 hours without use, and after 30 minutes without use for staff and chairs.
"""

import datetime as dt

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext as _

MAX_AGE = dt.timedelta(hours=24)
MAX_IDLE = dt.timedelta(hours=12)
MAX_IDLE_ELEVATED = dt.timedelta(minutes=30)
MIN_UPDATE_INTERVAL = dt.timedelta(minutes=1)

# The first of these that a browser's user agent contains names it; many browsers also contain the names of others.
_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}
_STARTED_AT, _USED_AT = "session_started_at", "session_used_at"


def start_clock(session: SessionBase, now: dt.datetime) -> None:
    """Store when the session started; called at sign-in."""
    session[_STARTED_AT] = session[_USED_AT] = now.timestamp()


def record_use(session: SessionBase, now: dt.datetime) -> bool:
    """Store that the session was used at `now`, at most once a minute. Return True if it was stored."""
    if now.timestamp() - session.get(_USED_AT, 0) < MIN_UPDATE_INTERVAL.total_seconds():
        return False
    session[_USED_AT] = now.timestamp()
    return True


def idle_time(session: SessionBase, now: dt.datetime) -> dt.timedelta:
    """Return how long ago the session was last used, to the minute."""
    return dt.timedelta(seconds=now.timestamp() - session.get(_USED_AT, 0))


def is_expired(session: SessionBase, now: dt.datetime) -> bool:
    """Return True if the session is too old, or was not used for too long, whoever it belongs to."""
    age = dt.timedelta(seconds=now.timestamp() - session.get(_STARTED_AT, 0))
    return age >= MAX_AGE or idle_time(session, now) >= MAX_IDLE


def device_name(user_agent: str) -> str:
    """Return the device of a session, such as "Firefox on Windows", or "Unknown browser"."""
    browser = next((name for part, name in _BROWSERS.items() if part in user_agent), _("Unknown browser"))
    system = next((name for part, name in _SYSTEMS.items() if part in user_agent), "")
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser
