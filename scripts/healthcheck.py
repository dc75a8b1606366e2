"""`healthcheck.py URL`: exit with 0 if this URL of the portal returns 200. Used by the health checks of containers."""

import os
import sys
import urllib.request
from urllib.parse import urlsplit


def main(url: str) -> int:
    """Return 0 if the response is 200, else 1. The Host header is the site's own, because others are rejected."""
    host = urlsplit(os.environ.get("SITE_URL", "")).netloc or urlsplit(url).netloc
    request = urllib.request.Request(url, headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=4) as response:
            return int(response.status != 200)
    except OSError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
