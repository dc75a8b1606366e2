"""Read the bounce mailbox once; the Celery task calls the same function."""

import imaplib
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mail.mailbox import read_bounces
from mail.rules import parse_mailbox_url


class Command(BaseCommand):
    help = "Read what came back from the mailbox of BOUNCE_MAILBOX_URL and flag the addresses that refuse mail."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.BOUNCE_MAILBOX_URL:
            raise CommandError("Set BOUNCE_MAILBOX_URL, for example imaps://user:password@host:993/INBOX")
        try:
            harvest = read_bounces(parse_mailbox_url(settings.BOUNCE_MAILBOX_URL), timezone.now())
        except (OSError, imaplib.IMAP4.error) as error:
            raise CommandError(f"The mailbox cannot be read: {error}") from error
        self.stdout.write(str(harvest))
