"""The delivery ledger. Each delivery is one message to one address and serves as the job of the queue."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import choices_constraint
from mail.rules import DeliveryState


class Delivery(models.Model):
    """A message to one address, from planning to its result."""

    key = models.CharField(max_length=250, unique=True)
    kind = models.CharField(max_length=40, db_index=True)
    address = models.EmailField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Reference to the message's subject. The calling app renders the message from it when it is sent.
    subject_ref = models.CharField(max_length=200, blank=True)
    context = models.JSONField(default=dict, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=20, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    deliver_after = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    claim = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    send_started_at = models.DateTimeField(null=True, blank=True)
    # The number of attempts without a clear result. At most one retry follows.
    indeterminate_count = models.PositiveSmallIntegerField(default=0)
    message_id = models.CharField(max_length=250)
    date_header = models.CharField(max_length=60)
    last_code = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # The time of the final result.
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["-created_at", "-id"]
        constraints = [choices_constraint("state", DeliveryState, "delivery_state_valid")]
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], condition=Q(ended_at=None), name="delivery_to_do"),
            models.Index(fields=["state", "ended_at"], name="delivery_outcome"),
            models.Index(fields=["sent_at"], condition=Q(sent_at__isnull=False), name="delivery_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.address}"


class Attempt(models.Model):
    """An attempt to send a delivery, and the reply of the server."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="tries")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=20)
    code = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.outcome} {self.at:%Y-%m-%d %H:%M}"


class Suppression(models.Model):
    """An address with permanent failures. After the second, nothing is sent to it until staff unblock it."""

    address = models.EmailField(unique=True)
    bounces = models.PositiveSmallIntegerField(default=0)
    first_at = models.DateTimeField()
    suppressed_at = models.DateTimeField(null=True, blank=True)
    last_code = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.address


class PauseQuerySet(models.QuerySet["Pause"]):
    def in_force(self) -> "PauseQuerySet":
        """Return the pauses that have not been lifted."""
        return self.filter(lifted_at=None)

    def covering(self, kind: object, person: object) -> "PauseQuerySet":
        """Return the current pauses of this kind of email to this person. Both arguments may be an OuterRef."""
        return self.in_force().filter(Q(kind="") | Q(kind=kind), Q(person=None) | Q(person=person))


class Pause(models.Model):
    """A pause of email by staff: of all email, one kind, one person, or one kind to one person."""

    # Blank means every kind.
    kind = models.CharField(max_length=40, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=200)
    paused_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    paused_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = PauseQuerySet.as_manager()

    class Meta:
        ordering = ["-paused_at", "-id"]

    def __str__(self) -> str:
        return f"{self.kind or 'every kind'} to {self.person or 'everyone'}"


class CircuitBreaker(models.Model):
    """The circuit breaker of the mail server: open after a failure that affects every message. A single row."""

    opened_at = models.DateTimeField(null=True, blank=True)
    open_until = models.DateTimeField(null=True, blank=True)
    seconds = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"open until {self.open_until}" if self.open_until else "closed"
