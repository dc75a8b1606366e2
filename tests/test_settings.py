"""Every setting is written down where people look for it, and a wrong one is one line that says which."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings

from tests.warm import MANAGEMENT, WarmProcess

ROOT = settings.BASE_DIR
READ = re.compile(r'(?:env\.str|(?:read|parse)_\w+)\("([A-Z_]+)"')


def read_by_the_settings_file() -> set[str]:
    return set(READ.findall((ROOT / "sos_portal" / "settings.py").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def warm() -> Iterator[WarmProcess]:
    """A process that has imported Django and has read no settings."""
    process = WarmProcess(*MANAGEMENT, env={"PATH": os.environ["PATH"]})
    yield process
    process.close()


@pytest.fixture
def check(warm, tmp_path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`manage.py check` with nothing in its environment but the variables that are given."""

    def run(command: str = "check", **variables: str) -> subprocess.CompletedProcess[str]:
        values = {"PATH": os.environ["PATH"], "SECRET_KEY": "a-secret-of-the-suite-that-signs-nothing-at-all"}
        values |= {"VAR_DIR": os.environ["VAR_DIR"]} if os.environ.get("VAR_DIR") else {}
        return warm.run("manage.py", *command.split(), env=values | variables, folder=tmp_path)

    return run


def test_the_readme_lists_every_setting_and_no_other():
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Settings")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", section, re.MULTILINE)) == read_by_the_settings_file()


def test_the_example_file_explains_every_setting_and_no_other():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    names = [match.group(1) for line in lines if (match := re.match(r"# ([A-Z_]+)=", line))]
    assert set(names) == read_by_the_settings_file()
    assert len(names) == len(set(names))
    for number, line in enumerate(lines):
        if re.match(r"# [A-Z_]+=", line):
            assert re.match(r"# [A-Za-z]", lines[number - 1]), f"{line} is not explained"


def test_only_the_settings_file_reads_the_environment():
    entries = {"sos_portal/celery.py", "sos_portal/asgi.py", "sos_portal/wsgi.py"}
    for app in (*settings.LOCAL_APPS, "sos_portal"):
        for path in (ROOT / app).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            if name != "sos_portal/settings.py" and name not in entries:
                assert "os.environ" not in path.read_text(encoding="utf-8"), name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "too short"),
        ("SECRET_KEY", "django-insecure-0123456789012345678901234567890123456789"),
        ("DEBUG", "maybe"),
        ("DEMO", "2"),
        ("PORT", "eighty"),
        ("SITE_URL", "sos.example.gov"),
        ("SITE_URL", "ftp://sos.example.gov"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://root@localhost/sos"),
        ("REDIS_URL", "http://localhost"),
        ("TIME_ZONE", "California"),
        ("TIME_ZONE", "../etc/passwd"),
        ("EMAIL_URL", "nonsense"),
        ("REQUIRE_STAFF_MFA", "sometimes"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("TRUST_FORWARDED_PROTO", "perhaps"),
        ("LOG_LEVEL", "LOUD"),
        ("OIDC_ISSUER", "https://login.example.gov"),
        ("OIDC_CLIENT_ID", "portal"),
        ("OIDC_CLIENT_SECRET", "half-of-it"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_setting(check, name, value):
    answer = check(**{name: value})
    assert answer.returncode != 0
    lines = (answer.stdout + answer.stderr).strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("settings: ")
    assert name in lines[0]


@pytest.mark.parametrize("issuer", ["login.example.gov", "http://login.example.gov", "ftp://localhost"])
def test_single_sign_on_over_an_open_line_is_refused(check, issuer):
    answer = check(OIDC_ISSUER=issuer, OIDC_CLIENT_ID="portal", OIDC_CLIENT_SECRET="secret")
    assert answer.returncode != 0
    assert (answer.stdout + answer.stderr).startswith("settings: OIDC_ISSUER")


def test_single_sign_on_with_all_three_settings_starts(check):
    answer = check(OIDC_ISSUER="https://login.example.gov", OIDC_CLIENT_ID="portal", OIDC_CLIENT_SECRET="secret")
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(
    "address", ["postgres://unknown@127.0.0.1:1/sos", "sqlite:////proc/no/such/folder/portal.sqlite3"]
)
def test_a_database_out_of_reach_is_one_line(check, address):
    answer = check("migrate --plan", DATABASE_URL=address)
    assert answer.returncode != 0
    lines = (answer.stdout + answer.stderr).strip().splitlines()
    assert len(lines) == 1, lines
    assert "DATABASE_URL" in lines[0]


def test_the_command_itself_says_a_wrong_setting_in_one_line():
    answer = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "SECRET_KEY": "too short", "VAR_DIR": os.environ["VAR_DIR"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (1, "", 1)
    assert answer.stderr.startswith("settings: SECRET_KEY")


def test_production_settings_pass_the_deployment_checks_without_a_warning(check):
    answer = check(
        "check --deploy --fail-level WARNING",
        SITE_URL="https://sos.example.gov",
        DATABASE_URL="postgres://sos@127.0.0.1:1/sos",
        REDIS_URL="redis://127.0.0.1:1/0",
        EMAIL_URL="smtp://127.0.0.1:25",
        SECRET_KEY="5f0e7a1c9b3d4e6f8a2b7c1d0e9f3a4b5c6d7e8f9a0b1c2d3e4f",
    )
    assert answer.returncode == 0, answer.stderr
    assert "no issues" in answer.stdout
