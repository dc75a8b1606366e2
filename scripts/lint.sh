#!/bin/sh
# Check style, types, import layers, templates, migrations, and deployment settings. Stops at the first failure.
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
check sh -c "git ls-files | grep -v '\\.png$' | xargs codespell"
check pip check
SECRET_KEY=a-key-that-signs-nothing-$(date +%s)-0123456789abcdefghijklmnopqrstuvwxyz
export SECRET_KEY
check python manage.py makemigrations --check --dry-run
# The deployment checks use the settings of a production site and ignore the local .env.
check env DEBUG=off DEMO=off SITE_URL=https://sos.example.gov ALLOWED_HOSTS=sos.example.gov \
    REQUIRE_STAFF_MFA=on DATABASE_URL=postgres://sos@localhost/sos REDIS_URL=redis://localhost:6379/0 \
    EMAIL_URL=smtp://localhost:25 python manage.py check --deploy --fail-level WARNING
printf 'lint: all checks passed\n'
