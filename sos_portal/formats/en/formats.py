"""American English: dates as "Oct 13, 2023", times as "10:00 a.m.".

The last three are formats of our own, which `core.dates` asks for by name; each language needs them.
"""

DATE_FORMAT = "M j, Y"
SHORT_DATE_FORMAT = "M j, Y"
DATETIME_FORMAT = "M j, Y, g:i a"
SHORT_DATETIME_FORMAT = "M j, Y, g:i a"
TIME_FORMAT = "g:i a"
MONTH_DAY_FORMAT = "M j"
YEAR_MONTH_FORMAT = "M Y"
SHORT_TIME_FORMAT = "g:i"
WEEKDAY_DATE_FORMAT = "D, M j, Y"
WEEKDAY_MONTH_DAY_FORMAT = "D, M j"
