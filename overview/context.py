"""What every page knows: the workgroup's names, the navigation and whether this is a demonstration."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse

from accounts.permissions import is_staff
from taskforces.models import Workgroup

PUBLIC = (
    ("Overview", "overview:front"),
    ("Organizations", "overview:directory"),
    ("Task forces", "taskforces:list"),
    ("Objectives", "objectives:list"),
    ("Meetings", "meetings:list"),
)
SIGNED_IN = (("Home", "overview:home"), *PUBLIC, ("Action items", "actionitems:list"))
STAFF = (*SIGNED_IN, ("Staff console", "overview:console"))


@dataclass(frozen=True)
class NavigationItem:
    """One link of the main navigation; `current` is the value of its aria-current, or empty."""

    label: str
    url: str
    current: str


def navigation_for(request: HttpRequest) -> list[NavigationItem]:
    """The main navigation for whoever asks, with the section that the address lies in marked."""
    person = request.user if hasattr(request, "user") else AnonymousUser()
    names = STAFF if is_staff(person) else SIGNED_IN if person.is_authenticated else PUBLIC
    items = []
    for label, name in names:
        url = reverse(name)
        inside = url != "/" and request.path.startswith(url)
        current = "page" if request.path == url else "true" if inside else ""
        items.append(NavigationItem(label, url, current))
    return items


def site(request: HttpRequest) -> dict[str, object]:
    """The workgroup (None in an empty database), the site's name and address, and the way in and around."""
    workgroup = Workgroup.objects.first()
    sign_in = reverse(settings.LOGIN_URL)
    here = request.get_full_path()
    return {
        "workgroup": workgroup,
        "site_name": workgroup.name if workgroup else "Workgroup portal",
        "is_demonstration": settings.DEMO,
        "viewing": getattr(request, "viewing", None),
        "site_url": settings.SITE_URL,
        "navigation": navigation_for(request),
        "sign_in_url": sign_in if here.startswith("/accounts/") else f"{sign_in}?{urlencode({'next': here})}",
    }
