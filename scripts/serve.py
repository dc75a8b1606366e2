"""Run the portal for `make run`: settings, data, then the web server, worker, and beat until Ctrl-C.

`serve.py --check-port` only checks that the port is free. Uses only the standard library.
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
TRUE_VALUES = {"1", "true", "yes", "on"}
STARTUP_TIMEOUT_SECONDS = 60


def read_env_file() -> dict[str, str]:
    """Return the settings in `.env`, without quotes."""
    if not ENV_FILE.exists():
        return {}
    pairs = (line.split("=", 1) for line in ENV_FILE.read_text(encoding="utf-8").splitlines() if "=" in line)
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs if not name.lstrip().startswith("#")}


def get_setting(name: str) -> str:
    """Return a setting as the settings file reads it. The environment overrides `.env`."""
    return os.environ.get(name) or read_env_file().get(name, "")


def read_port() -> int:
    """Return the port to serve. Exit with 1 and a message if it is not valid."""
    port = get_setting("PORT") or "8000"
    if not port.isdigit() or not 0 < int(port) < 65536:
        sys.exit(f"PORT={port!r} is not a valid port. Use a number such as PORT=8001.")
    return int(port)


def check_port(port: int) -> None:
    """Exit with 1 and a message if the port cannot be used."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            other = port + 8000 if port < 1024 else port + 1
            sys.exit(f"you are not allowed to use port {port}: make run PORT={other}")
        except OSError:
            sys.exit(f"port {port} is taken: make run PORT={port + 1}")


def write_env_file() -> None:
    """Add a secret key to `.env` if it has none, and DEMO=on if no database is set."""
    known = read_env_file()
    lines = []
    if not known.get("SECRET_KEY"):
        lines.append(f"SECRET_KEY={secrets.token_urlsafe(50)}")
    if "DEMO" not in known and not known.get("DATABASE_URL") and not os.environ.get("DATABASE_URL"):
        lines.append("DEMO=on")
    if lines:
        before = ENV_FILE.read_text(encoding="utf-8") if ENV_FILE.exists() else ""
        head = "" if before else "# Created by the first `make run`. All settings are explained in .env.example.\n"
        ENV_FILE.touch(mode=0o600)
        ENV_FILE.write_text(
            head + before + ("\n" if before and not before.endswith("\n") else "") + "\n".join(lines) + "\n",
            encoding="utf-8",
        )


def environment(port: int) -> dict[str, str]:
    """Return the environment of the processes. With DATABASE_URL set, DEMO is off unless it is set too."""
    values = dict(os.environ)
    values["PATH"] = f"{BIN}{os.pathsep}{values.get('PATH', '')}"
    values["PORT"] = str(port)
    # honcho changes PORT for each process, but the worker writes links with this one.
    values["SITE_URL"] = get_setting("SITE_URL") or f"http://{HOST}:{port}"
    # Log only warnings and errors, so that the address and the password stay the last lines of output.
    values["LOG_LEVEL"] = get_setting("LOG_LEVEL") or "WARNING"
    values.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser privileges")
    if os.environ.get("DATABASE_URL") and not os.environ.get("DEMO"):
        values["DEMO"] = "off"
    return values


def is_responding(port: int) -> bool:
    """Return whether the web process responds, even with an error."""
    try:
        urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def closing_lines(port: int, demonstration: bool) -> list[str]:
    """Return the address, the accounts, and the password."""
    lines = [f"The portal is at http://{HOST}:{port} (press Ctrl-C to stop it)"]
    accounts = Path(get_setting("VAR_DIR") or ROOT / "var") / "demo-accounts.txt"
    if demonstration and accounts.exists():
        return [*lines, *accounts.read_text(encoding="utf-8").splitlines()]
    return [
        *lines,
        "This is not a demonstration. To create the first account: .venv/bin/python manage.py createsuperuser",
    ]


class Processes:
    """honcho with the web server, worker, and beat. All of them end together."""

    def __init__(self, values: dict[str, str]) -> None:
        # In its own session, honcho gets the signal of Ctrl-C only once, from this process.
        self.honcho = subprocess.Popen(
            [str(BIN / "honcho"), "-e", os.devnull, "start", "--port", values["PORT"]],
            cwd=ROOT,
            env=values,
            start_new_session=True,
        )
        self.is_stopping = threading.Event()

    def stop(self, *_: object) -> None:
        """Tell honcho to stop all processes."""
        if not self.is_stopping.is_set():
            self.is_stopping.set()
            self.honcho.send_signal(signal.SIGINT)

    def wait_until_up(self, port: int) -> bool:
        """Wait for the site to respond. Return False after the timeout, or if a process has ended."""
        deadline = time.monotonic() + STARTUP_TIMEOUT_SECONDS
        while time.monotonic() < deadline and self.honcho.poll() is None and not self.is_stopping.is_set():
            if is_responding(port):
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
        signal.signal(number, processes.stop)
    if processes.wait_until_up(port):
        demonstration = values.get("DEMO", read_env_file().get("DEMO", "")).lower() in TRUE_VALUES
        print("\n".join(["", *closing_lines(port, demonstration)]), flush=True)
    code = processes.honcho.wait()
    if processes.is_stopping.is_set():
        return 0
    print("One of the processes ended unexpectedly. See the output above.", file=sys.stderr)
    return code or 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(0)
