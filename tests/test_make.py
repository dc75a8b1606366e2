"""What `make run` promises: a port that is free or a line that says so, lasting settings, and a clean end."""

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PASSWORD = "a password for the demonstration"


@pytest.fixture
def serve(tmp_path, monkeypatch):
    """scripts/serve.py as a module with a folder of its own for `.env`, and nothing said in the environment."""
    spec = importlib.util.spec_from_file_location("serve", ROOT / "scripts" / "serve.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ENV_FILE = tmp_path / ".env"
    for name in ("PORT", "DEMO", "DATABASE_URL", "SITE_URL", "SECRET_KEY", "VAR_DIR"):
        monkeypatch.delenv(name, raising=False)
    return module


def taken_port() -> tuple[socket.socket, int]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener, listener.getsockname()[1]


def free_port() -> int:
    listener, port = taken_port()
    listener.close()
    return port


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_taken_port_is_one_line_with_the_way_out():
    listener, port = taken_port()
    with contextlib.closing(listener):
        answer = run(sys.executable, "scripts/serve.py", PORT=str(port))
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr == f"port {port} is taken: make run PORT={port + 1}\n"


@pytest.mark.parametrize("word", ["eighty", "-1", "0", "70000"])
def test_a_port_that_is_none_is_one_line(word):
    answer = run(sys.executable, "scripts/serve.py", PORT=word)
    assert answer.returncode == 1
    assert answer.stderr == f"PORT={word!r} is not a valid port. Use a number such as PORT=8001.\n"


def test_the_first_run_writes_a_secret_and_a_demonstration(serve):
    serve.write_env_file()
    written = serve.read_env_file()
    assert len(written["SECRET_KEY"]) >= 50
    assert written["DEMO"] == "on"
    assert serve.ENV_FILE.stat().st_mode & 0o077 == 0
    serve.write_env_file()
    assert serve.read_env_file() == written


def test_what_stands_in_the_file_stays(serve):
    serve.ENV_FILE.write_text("DEMO=off\nTIME_ZONE=America/New_York")
    serve.write_env_file()
    written = serve.read_env_file()
    assert (written["DEMO"], written["TIME_ZONE"]) == ("off", "America/New_York")
    assert written["SECRET_KEY"]


def test_with_a_named_database_a_demonstration_must_be_said(serve, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://sos@localhost/sos")
    serve.write_env_file()
    assert "DEMO" not in serve.read_env_file()
    assert serve.environment(8000)["DEMO"] == "off"
    monkeypatch.setenv("DEMO", "on")
    assert serve.environment(8000)["DEMO"] == "on"


def test_a_demonstration_in_the_file_does_not_reach_a_database_that_the_environment_names(serve, monkeypatch):
    serve.write_env_file()
    monkeypatch.setenv("DATABASE_URL", "postgres://sos@localhost/sos")
    assert serve.environment(8000)["DEMO"] == "off"


def test_every_process_writes_links_to_the_same_port(serve):
    assert serve.environment(8123)["SITE_URL"] == "http://127.0.0.1:8123"


def test_the_makefile_needs_no_more_than_make_3_81():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert not re.search(r"!=|\.ONESHELL|\$\(file |::=|--output-sync", text)
    for target in ("run", "test", "lint", "bench", "simulate"):
        assert re.search(rf"^{target}:", text, re.MULTILINE)


@pytest.fixture
def bare(tmp_path):
    """A copy of the set-up in a folder where nothing has to be installed, and a folder of programs."""
    project, programs = tmp_path / "project", tmp_path / "programs"
    (project / "scripts").mkdir(parents=True)
    programs.mkdir()
    shutil.copy(ROOT / "scripts" / "setup.sh", project / "scripts")
    (project / "scripts" / "assets.py").write_text("print('assets: copied')\n")
    (project / "node_modules").mkdir()
    for name in ("requirements.txt", "package-lock.json", "node_modules/.installed-run"):
        (project / name).write_text("# nothing\n")
    for name in ("sh", "dirname", "cat", "cmp", "cp", "rm"):
        (programs / name).symlink_to(shutil.which(name))
    return project, programs


def set_up(project: Path, programs: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "scripts/setup.sh", "run"],
        cwd=project,
        env={"PATH": str(programs), "HOME": str(project), "PIP_NO_INDEX": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def program(path: Path, lines: str) -> None:
    path.write_text(f"#!{shutil.which('sh')}\n{lines}\n")
    path.chmod(0o755)


def test_a_machine_without_python_is_told_in_one_line(bare):
    answer = set_up(*bare)
    assert answer.returncode == 1
    assert answer.stderr == (
        "Python 3.11 or newer with its venv module is missing. Install python3 and python3-venv.\n"
    )


@pytest.mark.slow
def test_shims_that_only_fail_are_passed_over_and_nothing_is_done_twice(bare):
    project, programs = bare
    program(programs / "python3.14", "echo 'no such version is set' >&2; exit 127")
    program(programs / "python3.13", "exit 1")
    program(programs / "python3", f'exec "{Path(sys.executable).resolve()}" "$@"')
    answer = set_up(project, programs)
    assert answer.returncode == 0, answer.stderr
    assert "creating .venv with Python 3." in answer.stdout
    assert "no such version" not in answer.stdout + answer.stderr
    assert set_up(project, programs).stdout == "assets: copied\n"
    (project / "requirements.txt").write_text("# changed\n")
    assert "installing the packages in requirements.txt" in set_up(project, programs).stdout


def children_of(process: int) -> list[str]:
    """Command lines of everything that was started for this run, by the port in its environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"SOS_RUN={process}".encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")
@pytest.mark.skipif(not (ROOT / ".venv" / "bin" / "honcho").exists(), reason="is about the environment of make")
def test_the_portal_comes_up_says_where_it_is_and_ends_without_a_trace(tmp_path):
    port, mark = free_port(), str(os.getpid())
    variables = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL", "SITE_URL", "ALLOWED_HOSTS", "DEMO", "MAIL_DIR", "EMAIL_URL"}
    }
    variables |= {"PORT": str(port), "VAR_DIR": str(tmp_path), "DEMO": "on", "DEMO_PASSWORD": PASSWORD, "SOS_RUN": mark}
    output = tmp_path / "output.txt"
    with output.open("w") as sink:
        server = subprocess.Popen(
            [sys.executable, "scripts/serve.py"],
            cwd=ROOT,
            env=variables,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            deadline = time.monotonic() + 240
            while f"password: {PASSWORD}\n" not in output.read_text().partition("The portal is at")[2]:
                assert time.monotonic() < deadline, output.read_text()
                assert server.poll() is None, output.read_text()
                time.sleep(0.3)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as page:
                assert page.status == 200
            assert len(children_of(mark)) >= 5
            asked = time.monotonic()
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=20) == 0
            assert time.monotonic() - asked < 8
        finally:
            if server.poll() is None:
                server.kill()
    said = output.read_text()
    closing = said.split("The portal is at ")[1].splitlines()
    assert closing[0] == f"http://127.0.0.1:{port} (press Ctrl-C to stop it)"
    assert "staff@example.org" in closing
    assert not re.search(r"error|traceback", said.split("SIGINT received")[1], re.IGNORECASE)
    assert children_of(mark) == []
