"""The words of the delivery ledger. No ORM, no clock."""

from django.db.models import TextChoices


class DeliveryState(TextChoices):
    """`pending` and `retry` are still to do, `claimed` is in a sender's hands, the others are outcomes."""

    PENDING = "pending", "Waiting"
    CLAIMED = "claimed", "Being sent"
    RETRY = "retry", "Will be tried again"
    SENT = "sent", "Sent"
    SKIPPED = "skipped", "Skipped"
    EXPIRED = "expired", "Expired"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "Unknown"


TO_DO = (DeliveryState.PENDING, DeliveryState.RETRY, DeliveryState.CLAIMED)
MAY_RESEND = (DeliveryState.FAILED, DeliveryState.UNKNOWN)
