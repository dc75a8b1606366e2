"""What every page knows: the workgroup's names and whether this is a demonstration."""

from django.conf import settings
from django.http import HttpRequest

from taskforces.models import Workgroup


def site(request: HttpRequest) -> dict[str, object]:
    """The workgroup (None in an empty database), the demonstration flag and the site's address."""
    return {"workgroup": Workgroup.objects.first(), "is_demonstration": settings.DEMO, "site_url": settings.SITE_URL}
