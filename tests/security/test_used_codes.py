"""A code of an authenticator app works once, whichever of the site's processes is asked."""

import datetime as dt
import os
import subprocess
import sys

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client

from tests.conftest import NOW
from tests.factories import PASSWORD
from tests.faults.processes import ROOT, database_url

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LATER = NOW + dt.timedelta(minutes=1)


def code_at(moment: dt.datetime) -> str:
    return format_hotp_value(hotp_value(SECRET, int(moment.timestamp()) // 30))


def comes_in(code: str) -> bool:
    client = Client()
    client.post("/accounts/login/", {"login": "staff@example.org", "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": code})
    return client.get("/profile/").status_code == 200


@pytest.fixture
def other_process():
    """Asks a second process of this database and this cache."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "sos_portal.settings"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.security.other_process"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def comes_in_there(moment: dt.datetime, code: str) -> bool:
            process.stdin.write(f"{moment.isoformat()} staff@example.org {code}\n")
            process.stdin.flush()
            return process.stdout.readline() == "in\n"

        assert process.stdout.readline() == "ready\n"
        yield comes_in_there
        process.stdin.close()


@pytest.mark.django_db(transaction=True)
def test_a_code_that_one_process_has_taken_is_refused_by_every_other(cast, other_process):
    TOTP.activate(cast.staff, SECRET)
    with time_machine.travel(NOW, tick=False):
        assert comes_in(code_at(NOW))
        assert not comes_in(code_at(NOW))
    assert not other_process(NOW, code_at(NOW))
    assert other_process(LATER, code_at(LATER)), "the other process lets no one in at all"
    with time_machine.travel(LATER, tick=False):
        assert not comes_in(code_at(LATER)), "what the other process has taken works here"
