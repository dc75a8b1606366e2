"""Who may place holds and remove contact data."""

from accounts.permissions import AnyPerson, is_staff


def can_manage_records(person: AnyPerson) -> bool:
    """Return True for staff, who place and lift legal holds and remove contact data."""
    return is_staff(person)
