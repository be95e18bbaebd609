#!/bin/sh
# Make the virtual environment; where Python comes without venv (Debian), install that first.
set -eu
python=$1
venv=$2
command -v "$python" >/dev/null 2>&1 || python=python3
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "Orderveil needs Python 3.11 or later, found: $("$python" --version 2>&1)." >&2
    echo "Install it, then name it: make PYTHON=/path/to/python3.11 ..." >&2
    exit 1
}
if ! "$python" -m venv "$venv" >/dev/null 2>&1; then
    rm -rf "$venv"
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "This Python has no venv module; installing python$version-venv." >&2
    sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    if ! { command -v apt-get >/dev/null && $sudo apt-get update -qq &&
        $sudo apt-get install -y -qq "python$version-venv" >/dev/null; }; then
        echo "That failed. Install the venv module of $python, then run make again." >&2
        exit 1
    fi
    "$python" -m venv "$venv"
fi
# The package is installed in place, which needs setuptools and wheel in the environment.
"$venv/bin/python" -c 'import setuptools' 2>/dev/null ||
    "$venv/bin/pip" install --quiet --disable-pip-version-check setuptools
