"""Read the bounce mailbox once; the Celery task calls the same function."""

import imaplib
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mail.mailbox import read_bounces
from mail.rules import parse_mailbox_url


class Command(BaseCommand):
    help = "Read bounces from the mailbox of BOUNCE_MAILBOX_URL and suppress addresses that reject email."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.BOUNCE_MAILBOX_URL:
            raise CommandError(
                "BOUNCE_MAILBOX_URL is not set. Set it, for example to imaps://user:password@host:993/INBOX"
            )
        try:
            result = read_bounces(parse_mailbox_url(settings.BOUNCE_MAILBOX_URL), timezone.now())
        except (OSError, imaplib.IMAP4.error) as error:
            raise CommandError(f"The mailbox could not be read: {error}") from error
        self.stdout.write(str(result))
