"""The states of an import, and the size from which it runs in the background."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ImportState(TextChoices):
    """The state of an import. The worker moves it on from QUEUED and CHECKING by itself."""

    PREVIEW = "preview", _("Waiting for your decision")
    QUEUED = "queued", _("About to start")
    CHECKING = "checking", _("In progress")
    APPLIED = "applied", _("Applied")
    CANCELED = "canceled", _("Canceled")
    FAILED = "failed", _("Failed")

    @property
    def tone(self) -> str:
        """The tone of the state's badge."""
        return _TONES[self]


_TONES = {
    ImportState.PREVIEW: "warn",
    ImportState.QUEUED: "info",
    ImportState.CHECKING: "info",
    ImportState.APPLIED: "done",
    ImportState.CANCELED: "neutral",
    ImportState.FAILED: "bad",
}
# The states in which an import still has the rows of its file.
OPEN_IMPORTS = (ImportState.PREVIEW, ImportState.QUEUED, ImportState.CHECKING)
# Imports of at least this many rows are applied in the background, with a progress bar.
BACKGROUND_ROWS = 200
