#!/bin/sh
# Makes the Python environment of the lock file in .venv with uv: the one on the PATH, or else one in the cache.
# This script runs before there is a Python environment; `python -m local toolchain` brings all other tools.
set -eu

cache="$HOME/.cache/ekklesia"
uv=$(command -v uv || echo "$cache/uv/bin/uv")

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

if [ ! -x "$uv" ]; then
    echo "uv                  not here; installing it with pip in $cache/uv"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
        echo "make: Python 3.11 or newer is needed; python3 is $(python3 --version)" >&2
        exit 1
    }
    # Debian's python3 lacks the module that makes environments.
    python3 -c 'import ensurepip' 2>/dev/null || {
        as_root apt-get -qq update
        as_root apt-get -qq install --yes --no-install-recommends python3-venv >/dev/null
    }
    python3 -m venv "$cache/uv"
    "$cache/uv/bin/pip" install --quiet --disable-pip-version-check uv
fi

exec "$uv" sync --locked --quiet
