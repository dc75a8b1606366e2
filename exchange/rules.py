"""The states of an import, and from what size on it runs in the background."""

from django.db.models import TextChoices


class ImportState(TextChoices):
    """From the upload to its end; what is queued or being checked goes on by itself."""

    PREVIEW = "preview", "Waiting for your decision"
    QUEUED = "queued", "About to start"
    CHECKING = "checking", "Being checked"
    APPLIED = "applied", "Applied"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Failed"


# What still holds the rows of its file.
OPEN_IMPORTS = (ImportState.PREVIEW, ImportState.QUEUED, ImportState.CHECKING)
# From so many rows on an import is worked off in the background, with a progress bar.
BACKGROUND_ROWS = 200
