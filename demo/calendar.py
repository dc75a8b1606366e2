"""Dates and datetimes relative to the day of loading. Pure functions."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class DemoCalendar:
    """The date that the demonstration counts from, and the time zone of the site."""

    today: dt.date
    zone: ZoneInfo

    def day(self, offset: int) -> dt.date:
        """Return the date this many days after today."""
        return self.today + dt.timedelta(days=offset)

    def weekday(self, offset: int) -> dt.date:
        """Return the date this many days after today, or the next Monday if it is on a weekend."""
        day = self.day(offset)
        return day + dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)

    def at(self, day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
        """Return an aware datetime on that day in the time zone of the site."""
        return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=self.zone)

    def ago(self, days: int, hour: int = 10) -> dt.datetime:
        """Return an aware datetime this many days before today."""
        return self.at(self.day(-days), hour)
