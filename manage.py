#!/usr/bin/env python
"""Run a management command; a wrong setting or an unreachable database is one line and exit code 1."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sos_portal.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db.utils import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"settings: {error}")
    except OperationalError as error:
        first_line = str(error).strip().splitlines()[0]
        sys.exit(f"database: {first_line}. DATABASE_URL names the database; start its server or correct the address.")


if __name__ == "__main__":
    main()
