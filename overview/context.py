"""Template context that every page gets: the workgroup, the navigation and whether this is a demonstration."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.permissions import is_staff
from taskforces.models import Workgroup

PUBLIC_PAGES = (
    (_("Overview"), "overview:front"),
    (_("Organizations"), "overview:directory"),
    (_("Task forces"), "taskforces:list"),
    (_("Objectives"), "objectives:list"),
    (_("Meetings"), "meetings:list"),
)
MEMBER_PAGES = ((_("Home"), "overview:home"), *PUBLIC_PAGES, (_("Action items"), "actionitems:list"))
STAFF_PAGES = (*MEMBER_PAGES, (_("Staff console"), "overview:console"))


@dataclass(frozen=True)
class NavigationItem:
    """One link of the main navigation; `current` is the value of its aria-current, or empty."""

    label: str | Promise
    url: str
    current: str


def navigation_for(request: HttpRequest) -> list[NavigationItem]:
    """Return the main navigation for the signed-in person or visitor, with the current section marked."""
    person = request.user if hasattr(request, "user") else AnonymousUser()
    pages = STAFF_PAGES if is_staff(person) else MEMBER_PAGES if person.is_authenticated else PUBLIC_PAGES
    items = []
    for label, name in pages:
        url = reverse(name)
        is_inside = url != "/" and request.path.startswith(url)
        current = "page" if request.path == url else "true" if is_inside else ""
        items.append(NavigationItem(label, url, current))
    return items


def site(request: HttpRequest) -> dict[str, object]:
    """Return the workgroup (None in an empty database), the site's name and address, navigation and sign-in link."""
    workgroup = Workgroup.objects.first()
    sign_in = reverse(settings.LOGIN_URL)
    path = request.get_full_path()
    return {
        "workgroup": workgroup,
        "site_name": workgroup.name if workgroup else gettext("Workgroup portal"),
        "is_demonstration": settings.DEMO,
        "viewing": getattr(request, "viewing", None),
        "site_url": settings.SITE_URL,
        "navigation": navigation_for(request),
        "sign_in_url": sign_in if path.startswith("/accounts/") else f"{sign_in}?{urlencode({'next': path})}",
    }
