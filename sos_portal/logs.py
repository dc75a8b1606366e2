"""The logging configuration: JSON in production, readable lines for developers."""

import sys

import structlog

from core.logs import mask_event

_APP_LOGGERS = ("mail", "reminders", "accounts", "members", "django_structlog")
# These log the address of a request, which may contain a token.
_REQUEST_LOGGERS = ("django.request", "django.security.csrf")


def logging_config(*, readable: bool, level: str) -> dict[str, object]:
    """Return Django's LOGGING setting; `level` is that of the portal's own loggers."""
    renderer = (
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The default formatter prints local variables, which may contain secrets.
            exception_formatter=structlog.dev.plain_traceback,
        )
        if readable
        else structlog.processors.JSONRenderer()
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processor": renderer,
                "foreign_pre_chain": [
                    structlog.contextvars.merge_contextvars,
                    structlog.processors.TimeStamper(fmt="iso", utc=True),
                    structlog.stdlib.add_log_level,
                ],
            }
        },
        "filters": {"secrets": {"()": "core.logs.MaskSecrets"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            **{name: {"level": level} for name in _APP_LOGGERS},
            **{name: {"filters": ["secrets"]} for name in _REQUEST_LOGGERS},
        },
    }


def configure_structlog() -> None:
    """Route structlog through the standard library's logging, with secrets masked."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            mask_event,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
