"""What staff chase: what is missing, unanswered, late or past its end, and whom a nudge about it would reach.

`cases` finds them, `nudging` writes the nudges. The same number of queries whatever there is to chase.
"""

from reminders.chasing.cases import Case, FollowUpType, Recipient, case_of, cases

__all__ = ["Case", "FollowUpType", "Recipient", "case_of", "cases"]
