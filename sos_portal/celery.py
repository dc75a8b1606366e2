"""The Celery application. Celery is only a clock: every job is a row in the database."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sos_portal.settings")

app = Celery("sos_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Worker and beat write the same log lines as the web process."""
    logging.config.dictConfig(settings.LOGGING)
