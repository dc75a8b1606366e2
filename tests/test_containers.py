"""The container files say what they should: health checks, named volumes, no one is root, no secret is written down."""

import re

import pytest
import yaml
from django.conf import settings

ROOT = settings.BASE_DIR
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
OURS = ("web", "worker", "beat", "migrate")


def test_the_five_services_and_the_migration_are_there():
    assert set(COMPOSE["services"]) == {"web", "worker", "beat", "postgres", "redis", "migrate"}


@pytest.mark.parametrize("name", ["worker", "beat", "postgres", "redis"])
def test_each_service_has_a_health_check(name):
    assert COMPOSE["services"][name]["healthcheck"]["test"]


def test_the_image_has_the_webs_health_check_and_runs_as_nobody_special():
    assert "HEALTHCHECK" in DOCKERFILE
    last_stage = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER portal$", last_stage, re.MULTILINE)
    assert last_stage.index("collectstatic") < last_stage.index("USER portal") < last_stage.index("\nCMD")


def test_what_must_last_lies_on_named_volumes():
    named = set(COMPOSE["volumes"])
    for name in ("postgres", "redis", "web"):
        mounts = COMPOSE["services"][name]["volumes"]
        assert mounts
        assert {mount.split(":")[0] for mount in mounts} <= named


def test_every_secret_comes_from_the_environment():
    for name, service in COMPOSE["services"].items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"SECRET|PASSWORD|_URL", variable) and variable != "REDIS_URL":
                assert "${" in str(value), f"{name}: {variable}"
    for variable in ("SECRET_KEY", "SITE_URL", "POSTGRES_PASSWORD"):
        assert re.search(rf"\$\{{{variable}:\?", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_all_of_ours_run_one_image_and_wait_for_the_migration():
    for name in OURS:
        assert COMPOSE["services"][name]["image"] == "sos-portal"
    for name in ("web", "worker", "beat"):
        assert COMPOSE["services"][name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_every_variable_that_is_handed_over_is_a_setting_of_ours():
    text = (ROOT / "sos_portal" / "settings.py").read_text(encoding="utf-8")
    for variable in COMPOSE["services"]["web"]["environment"]:
        assert f'"{variable}"' in text


def test_every_setting_is_handed_over_but_those_that_the_containers_answer():
    text = (ROOT / "sos_portal" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'(?:env\.str|(?:read|parse)_\w+)\("([A-Z_]+)"', text))
    assert read - set(COMPOSE["services"]["web"]["environment"]) == {"DEBUG", "PORT", "VAR_DIR"}


def test_nothing_private_goes_into_the_image():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".env", ".git", "var", ".venv", "node_modules"} <= set(ignored)


def test_the_worker_starts_the_same_way_everywhere():
    flags = {"--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat"}
    assert flags <= set(COMPOSE["services"]["worker"]["command"])
    procfile = (ROOT / "Procfile").read_text(encoding="utf-8")
    assert flags <= set(next(line for line in procfile.splitlines() if line.startswith("worker:")).split())
    assert "--no-control-socket" in DOCKERFILE
    assert "--no-control-socket" in procfile
