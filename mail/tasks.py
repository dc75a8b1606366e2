"""The clock's reading of the bounce mailbox."""

import imaplib

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from mail.mailbox import read_bounces
from mail.rules import parse_mailbox_url


@shared_task(name="mail.tasks.read_bounces", ignore_result=True, acks_late=False, expires=300, time_limit=240)
def read_bounce_mailbox() -> None:
    """Read what came back. A mailbox that cannot be read now is read the next time."""
    log = structlog.get_logger("mail")
    try:
        harvest = read_bounces(parse_mailbox_url(settings.BOUNCE_MAILBOX_URL), timezone.now())
    except (OSError, imaplib.IMAP4.error) as error:
        log.error("mail.bounce_mailbox", error=f"{type(error).__name__}: {error}"[:300])
    else:
        if harvest.bounces or harvest.unknown or harvest.other:
            log.info("mail.bounces_read", harvest=str(harvest))
