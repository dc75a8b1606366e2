"""What `make run` does once the environment stands: settings, data, then web, worker and beat until Ctrl-C.

`serve.py --check-port` only says whether the port is free. Uses nothing but the standard library.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
ENV_FILE = ROOT / ".env"
HOST = "127.0.0.1"
ON_WORDS = {"1", "true", "yes", "on"}
PATIENCE_SECONDS = 60


def read_env_file() -> dict[str, str]:
    """The names and values in `.env`, without their quotes."""
    if not ENV_FILE.exists():
        return {}
    pairs = (line.split("=", 1) for line in ENV_FILE.read_text(encoding="utf-8").splitlines() if "=" in line)
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs if not name.lstrip().startswith("#")}


def said(name: str) -> str:
    """A setting as the settings file will read it: what the environment sets wins over `.env`."""
    return os.environ.get(name) or read_env_file().get(name, "")


def read_port() -> int:
    """The port to serve; exits 1 with one line when it is not a number that can be one."""
    word = said("PORT") or "8000"
    if not word.isdigit() or not 0 < int(word) < 65536:
        sys.exit(f"PORT={word!r} is not a port. Write for example PORT=8001.")
    return int(word)


def check_port(port: int) -> None:
    """Exits 1 with one line when somebody listens there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            sys.exit(f"port {port} is not yours to use: make run PORT={port + 8000 if port < 1024 else port + 1}")
        except OSError:
            sys.exit(f"port {port} is taken: make run PORT={port + 1}")


def write_env_file() -> None:
    """Add to `.env` what it lacks: a secret, and on a site of its own database that it is a demonstration."""
    known = read_env_file()
    lines = []
    if not known.get("SECRET_KEY"):
        lines.append(f"SECRET_KEY={secrets.token_urlsafe(50)}")
    if "DEMO" not in known and not known.get("DATABASE_URL") and not os.environ.get("DATABASE_URL"):
        lines.append("DEMO=on")
    if lines:
        before = ENV_FILE.read_text(encoding="utf-8") if ENV_FILE.exists() else ""
        head = "" if before else "# Written by the first `make run`. Every setting is explained in .env.example.\n"
        ENV_FILE.touch(mode=0o600)
        ENV_FILE.write_text(
            head + before + ("\n" if before and not before.endswith("\n") else "") + "\n".join(lines) + "\n",
            encoding="utf-8",
        )


def environment(port: int) -> dict[str, str]:
    """What the processes get. A named database is a demonstration only where that is said beside it."""
    values = dict(os.environ)
    values["PATH"] = f"{BIN}{os.pathsep}{values.get('PATH', '')}"
    values["PORT"] = str(port)
    # honcho hands each process another PORT, and the worker writes links.
    values["SITE_URL"] = said("SITE_URL") or f"http://{HOST}:{port}"
    # The address and the password stay the last lines; a request is not worth one, a failure is.
    values["LOG_LEVEL"] = said("LOG_LEVEL") or "WARNING"
    values.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser privileges")
    if os.environ.get("DATABASE_URL") and not os.environ.get("DEMO"):
        values["DEMO"] = "off"
    return values


def answers(port: int) -> bool:
    """Whether the web process answers at all, be it with an error."""
    try:
        urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def closing_lines(port: int, demonstration: bool) -> list[str]:
    """The address, the accounts and the password."""
    lines = [f"The portal is at http://{HOST}:{port} (Ctrl-C ends it)"]
    accounts = Path(said("VAR_DIR") or ROOT / "var") / "demo-accounts.txt"
    if demonstration and accounts.exists():
        return [*lines, *accounts.read_text(encoding="utf-8").splitlines()]
    return [*lines, "No demonstration. The first account: .venv/bin/python manage.py createsuperuser"]


class Processes:
    """honcho with web, worker and beat; it and they end together."""

    def __init__(self, values: dict[str, str]) -> None:
        # A session of its own, so that a Ctrl-C reaches honcho once, from here.
        self.honcho = subprocess.Popen(
            [str(BIN / "honcho"), "-e", os.devnull, "start", "--port", values["PORT"]],
            cwd=ROOT,
            env=values,
            start_new_session=True,
        )
        self.asked_to_end = threading.Event()

    def end(self, *_: object) -> None:
        """Ask honcho once to end everything."""
        if not self.asked_to_end.is_set():
            self.asked_to_end.set()
            self.honcho.send_signal(signal.SIGINT)

    def wait_until_up(self, port: int) -> bool:
        """Whether the site answered in time and everything still runs."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and self.honcho.poll() is None and not self.asked_to_end.is_set():
            if answers(port):
                return True
            time.sleep(0.2)
        return False


def main() -> int:
    os.chdir(ROOT)
    port = read_port()
    check_port(port)
    if "--check-port" in sys.argv:
        return 0
    write_env_file()
    values = environment(port)
    prepared = subprocess.run([str(BIN / "python"), "manage.py", "prepare"], env=values, check=False)
    if prepared.returncode:
        return prepared.returncode
    processes = Processes(values)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, processes.end)
    if processes.wait_until_up(port):
        demonstration = values.get("DEMO", read_env_file().get("DEMO", "")).lower() in ON_WORDS
        print("\n".join(["", *closing_lines(port, demonstration)]), flush=True)
    code = processes.honcho.wait()
    if processes.asked_to_end.is_set():
        return 0
    print("One of the processes ended by itself; the lines above say which.", file=sys.stderr)
    return code or 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(0)
