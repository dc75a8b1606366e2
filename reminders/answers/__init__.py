"""What a link of a mail answers: how its thing stands now, what is asked, and the one operation behind the button.

Each kind of thing has a module with its presses; `using` lets a link be used once.
"""

from reminders.answers import items, meetings, progress
from reminders.answers.parts import LinkAction

LINK_ACTIONS: dict[str, LinkAction] = items.LINK_ACTIONS | meetings.LINK_ACTIONS | progress.LINK_ACTIONS
