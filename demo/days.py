"""Days and moments counted from the day of loading. Pure."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Days:
    """The calendar that the demonstration counts from: today, and the site's zone."""

    today: dt.date
    zone: ZoneInfo

    def day(self, offset: int) -> dt.date:
        return self.today + dt.timedelta(days=offset)

    def weekday(self, offset: int) -> dt.date:
        """That day, or the Monday after it where it falls on a weekend."""
        day = self.day(offset)
        return day + dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)

    def at(self, day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
        """An aware moment on that day by the site's clock."""
        return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=self.zone)

    def ago(self, days: int, hour: int = 10) -> dt.datetime:
        """A moment that many days before today; never in the future."""
        return self.at(self.day(-days), hour)
