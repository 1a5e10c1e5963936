#!/usr/bin/env bash
# A mail server in a virtual environment of the project, for tests/tests/smtp.rs. Does nothing when it is there. Not a
# Debian package: installing one would replace the mail server of whoever runs the tests.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
venv="$here/../../.cache/mail-venv"
stamp="$venv/requirements.installed"

if cmp -s "$here/requirements.txt" "$stamp" && "$venv/bin/python" -c 'import aiosmtpd' 2>/dev/null; then
    exit 0
fi
if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
    echo "The mail test needs Python 3 with venv: install the packages python3 and python3-venv, then 'make test' again." >&2
    exit 1
fi
echo "installing a mail server for the tests (once)"
rm -rf "$venv"
python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
cp "$here/requirements.txt" "$stamp"
