"""Connects the checks and the receivers of the library's signals."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        from members import checks, signals  # noqa: F401, PLC0415  the models are not there before

        signals.connect()
