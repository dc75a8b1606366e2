"""The periodic task that reads the bounce mailbox."""

import imaplib

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from mail.mailbox import read_bounces
from mail.rules import parse_mailbox_url


@shared_task(name="mail.tasks.read_bounces", ignore_result=True, acks_late=False, expires=300, time_limit=240)
def read_bounce_mailbox() -> None:
    """Read the bounce mailbox. If it cannot be read now, the next run tries again."""
    log = structlog.get_logger("mail")
    try:
        result = read_bounces(parse_mailbox_url(settings.BOUNCE_MAILBOX_URL), timezone.now())
    except (OSError, imaplib.IMAP4.error) as error:
        log.error("mail.bounce_mailbox_failed", error=f"{type(error).__name__}: {error}"[:300])
    else:
        if result.bounces or result.unknown or result.other:
            log.info("mail.bounces_read", result=str(result))
