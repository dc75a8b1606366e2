"""What the tests of accounts share with those of membership."""

from tests.members.conftest import invited

__all__ = ["invited"]
