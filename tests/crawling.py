"""Going through the whole site by its links, as someone who follows each."""

import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

LINK = re.compile(r'(?:href|src)="([^"#]+)"')
PLACES = ("/", "/home/", "/staff/", "/search/", "/meetings.ics", "/accessibility/", "/privacy/", "/progress/")
NEVER = {"account_logout"}


def crawl(client: Client) -> dict[str, str]:
    """Pages that can be reached by links from the main places, up to three of each view, by their address.

    Fails on a link that leads nowhere.
    """
    waiting, pages, of_view = [(place, "") for place in PLACES], {}, Counter()
    while waiting:
        address, page = waiting.pop()
        view = view_of(address)
        if address in pages or view is None or of_view[view] == 3:
            continue
        of_view[view] += 1
        response = client.get(address, follow=True)
        assert response.status_code == 200 or not page, f"{address} on {page} answered {response.status_code}"
        pages[address] = "" if response.streaming else response.content.decode(errors="replace")
        for link in LINK.findall(pages[address]):
            target = urlsplit(urljoin(address, link.replace("&amp;", "&")))
            if not target.netloc or target.netloc == "testserver":
                waiting.append((target.path + (f"?{target.query}" if target.query else ""), address))
    return pages


def view_of(address: str) -> str | None:
    """The name of the view behind an address; None for files and for what ends the visit."""
    try:
        name = resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None
    return None if name in NEVER else name
