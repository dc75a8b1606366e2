"""From what should be said to a mail, and back from what became of the mail to what should be said.

`storing` writes the plan into rows, `bundling` puts what is due in the mail ledger, `composing` builds each mail right
before it goes, `mirroring` writes its outcome into the reminders.
"""

from reminders.delivering.bundling import make_deliveries
from reminders.delivering.composing import compose
from reminders.delivering.mirroring import mirror_outcomes
from reminders.delivering.storing import store_plan

__all__ = ["compose", "make_deliveries", "mirror_outcomes", "store_plan"]
