"""Connects the checks and the receivers of the library's signals."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import checks, signals  # noqa: F401, PLC0415  the models are not there before

        signals.connect()
