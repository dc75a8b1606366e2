"""American English: dates as "Oct 13, 2023", times as "10:00 a.m."."""

DATE_FORMAT = "M j, Y"
SHORT_DATE_FORMAT = "M j, Y"
DATETIME_FORMAT = "M j, Y, g:i a"
SHORT_DATETIME_FORMAT = "M j, Y, g:i a"
TIME_FORMAT = "g:i a"
MONTH_DAY_FORMAT = "M j"
YEAR_MONTH_FORMAT = "M Y"
