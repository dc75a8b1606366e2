"""App configuration: registers the system checks and the receivers of the library's signals."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        """Connect checks and signal receivers."""
        from accounts import checks, signals  # noqa: F401, PLC0415  they import models, which are not loaded before

        signals.connect()
