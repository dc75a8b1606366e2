#!/bin/sh
# Style, types, floors, templates, migrations and the deployment checks, each with its name; ends at the first that fails.
set -eu
cd "$(dirname "$0")/.."
PATH="$(pwd)/.venv/bin:$PATH"
export PATH

check() { printf 'lint: %s\n' "$*"; "$@"; }

check ruff check .
check ruff format --check .
check lint-imports
check mypy .
check djlint --lint --quiet templates
check pip check
SECRET_KEY=a-key-that-signs-nothing-$(date +%s)-0123456789abcdefghijklmnopqrstuvwxyz
export SECRET_KEY
check python manage.py makemigrations --check --dry-run
# The deployment checks look at the settings of a production site, whatever .env says here.
check env DEBUG=off DEMO=off SITE_URL=https://sos.example.gov ALLOWED_HOSTS=sos.example.gov \
    REQUIRE_STAFF_MFA=on DATABASE_URL=postgres://sos@localhost/sos REDIS_URL=redis://localhost:6379/0 \
    EMAIL_URL=smtp://localhost:25 python manage.py check --deploy --fail-level WARNING
printf 'lint: all clean\n'
