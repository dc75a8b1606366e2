"""Holds the whole suite's log to one rule: no secret that was issued in a test stands in what that test logged.

Loaded as a plugin. It listens where secrets are made (session keys, invitations, signed links, mailed codes, keys of
authenticator apps) and where lines are logged, and compares the two after each test.
"""

import functools
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

SHORTEST = 6
issued: set[str] = set()
lines: list[str] = []


class Listener(logging.Handler):
    """Keeps what each record says, as a line of the log would."""

    def emit(self, record: logging.LogRecord) -> None:
        lines.append(record.getMessage() + (str(record.exc_text) if record.exc_text else ""))


def heard(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, remembering each secret that it returns."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        secret = function(*args, **kwargs)
        if isinstance(secret, str) and len(secret) >= SHORTEST:
            issued.add(secret)
        return secret

    return wrapped


@pytest.fixture(scope="session", autouse=True)
def listen(request: pytest.FixtureRequest) -> Iterator[None]:
    """For the whole session: a handler at the root of the log, and ears where secrets are made."""
    from allauth.account.adapter import DefaultAccountAdapter  # noqa: PLC0415  Django is not set up before
    from allauth.mfa.totp.internal import auth  # noqa: PLC0415
    from django.contrib.sessions.backends.base import SessionBase  # noqa: PLC0415
    from django.core.signing import Signer  # noqa: PLC0415

    from members import tokens  # noqa: PLC0415

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SessionBase, "_get_new_session_key", heard(SessionBase._get_new_session_key))
        patch.setattr(Signer, "sign", heard(Signer.sign))
        for name in ("generate_login_code", "generate_password_reset_code"):
            patch.setattr(DefaultAccountAdapter, name, heard(getattr(DefaultAccountAdapter, name)))
        for function in (tokens.make_token, auth.generate_totp_secret):
            ears = heard(function)
            for module in list(sys.modules.values()):
                for name, value in list(vars(module).items()) if hasattr(module, "__dict__") else ():
                    if value is function:
                        patch.setattr(module, name, ears)
        listener = Listener(level=0)
        logging.getLogger().addHandler(listener)
        yield
        logging.getLogger().removeHandler(listener)


@pytest.fixture(autouse=True)
def no_secret_in_the_log(listen: None) -> Iterator[None]:
    """Fails a test whose log holds a secret that was issued while it ran."""
    issued.clear()
    lines.clear()
    yield
    log = "\n".join(lines)
    told = sorted(secret for secret in issued if secret in log)
    assert not told, f"the log tells {len(told)} secrets, the first of them {told[0]!r}"
