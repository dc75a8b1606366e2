"""`healthcheck.py ADDRESS` exits 0 when that address of the portal answers 200; for the containers' health checks."""

import os
import sys
import urllib.request
from urllib.parse import urlsplit


def main(address: str) -> int:
    """0 when the answer is 200, else 1 with a line. The Host is the site's own, since no other is answered."""
    host = urlsplit(os.environ.get("SITE_URL", "")).netloc or urlsplit(address).netloc
    request = urllib.request.Request(address, headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:
            return int(answer.status != 200)
    except OSError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
