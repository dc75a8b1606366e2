"""The roof beam: settings, addresses and the process entry points. Nothing below imports from here."""

from sos_portal.celery import app as celery_app

__all__ = ["celery_app"]
