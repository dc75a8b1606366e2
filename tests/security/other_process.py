"""A second process of the site: `python -m tests.security.other_process` signs in by what it reads, line by line.

Each line is a moment, an address and a code of an authenticator app; the answer is whether the portal opened.
"""

import sys

import django
import time_machine


def opens(moment: str, email: str, code: str) -> bool:
    """Whether a new browser comes in at that moment with the suite's password and this code."""
    from django.test import Client  # noqa: PLC0415 - Django is set up by now

    from tests.factories import PASSWORD  # noqa: PLC0415

    client = Client()
    with time_machine.travel(moment, tick=False):
        client.post("/accounts/login/", {"login": email, "password": PASSWORD})
        client.post("/accounts/2fa/authenticate/", {"code": code})
        return client.get("/profile/").status_code == 200


def main() -> None:
    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.test import override_settings  # noqa: PLC0415

    print("ready", flush=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES={**settings.STORAGES, "staticfiles": plain},
    ):
        for line in sys.stdin:
            print("in" if opens(*line.split()) else "out", flush=True)


if __name__ == "__main__":
    main()
