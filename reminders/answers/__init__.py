"""What a link of a mail answers: how its thing stands now, what is asked, and the one operation behind the button.

Each kind of thing has a module with its presses; `using` lets a link be used once.
"""

from reminders.answers import items, meetings, progress
from reminders.answers.parts import Press

PRESSES: dict[str, Press] = items.PRESSES | meetings.PRESSES | progress.PRESSES
