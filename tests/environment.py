"""Loaded before Django's settings: the suite's own environment, whatever `.env` and the shell say.

`TEST_DATABASE_URL` and `TEST_REDIS_URL` run the same suite on PostgreSQL and Redis.
"""

import os
import tempfile

os.environ.update(
    {
        "SECRET_KEY": "the-suite-signs-with-this-and-nothing-else-does",
        "DEBUG": "off",
        "DEMO": "off",
        "SITE_URL": "http://portal.test",
        "ALLOWED_HOSTS": "portal.test,testserver,localhost,127.0.0.1",
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", ""),
        "REDIS_URL": os.environ.get("TEST_REDIS_URL", ""),
        "EMAIL_URL": "",
        "MAIL_DIR": tempfile.mkdtemp(prefix="sos-mail-"),
        "TIME_ZONE": "America/Los_Angeles",
        "REQUIRE_STAFF_MFA": "off",
        "DEMO_PASSWORD": "",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright's sync API runs a loop in the test's thread
    }
)
