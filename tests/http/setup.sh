#!/usr/bin/env bash
# The schema-driven tester in a virtual environment of the project, for tests/tests/openapi.rs. Does nothing when it is
# there.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
venv="$here/../../.cache/judge-venv"
stamp="$venv/requirements.installed"

if cmp -s "$here/requirements.txt" "$stamp" && "$venv/bin/python" -c 'import schemathesis' 2>/dev/null; then
    exit 0
fi
if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
    echo "The OpenAPI test needs Python 3 with venv: install the packages python3 and python3-venv, then 'make test' again." >&2
    exit 1
fi
echo "installing the tester of the OpenAPI document (once)"
rm -rf "$venv"
python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
cp "$here/requirements.txt" "$stamp"
