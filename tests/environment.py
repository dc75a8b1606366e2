"""Loaded before Django's settings: the suite's own environment, whatever `.env` and the shell say.

`TEST_DATABASE_URL` and `TEST_REDIS_URL` run the same suite on PostgreSQL and Redis.
"""

import atexit
import os
import shutil
import tempfile


def own_redis() -> str:
    """The Redis that is named, for each further process of the suite one database lower: clearing empties it whole."""
    address, _, number = os.environ.get("TEST_REDIS_URL", "").rpartition("/")
    if not address or not number.isdigit():
        return os.environ.get("TEST_REDIS_URL", "")
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return f"{address}/{(int(number) - process) % 16}"


folder = tempfile.mkdtemp(prefix="sos-suite-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
os.mkdir(f"{folder}/static")  # WhiteNoise warns of a missing folder, and warnings are errors
os.environ.update(
    {
        "SECRET_KEY": "the-suite-signs-with-this-and-nothing-else-does",
        "DEBUG": "off",
        "DEMO": "off",
        "SITE_URL": "http://portal.test",
        "ALLOWED_HOSTS": "portal.test,testserver,localhost,127.0.0.1",
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", ""),
        "REDIS_URL": own_redis(),
        "EMAIL_URL": "",
        "VAR_DIR": folder,
        "MAIL_DIR": f"{folder}/mail",
        "TIME_ZONE": "America/Los_Angeles",
        "REQUIRE_STAFF_MFA": "off",
        "DEMO_PASSWORD": "",
        "CLAMAV_ADDRESS": "",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright's sync API runs a loop in the test's thread
    }
)
