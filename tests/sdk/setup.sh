#!/usr/bin/env bash
# The clouds' official SDKs in a virtual environment of the project, for tests/tests/huawei_sdk.rs,
# volcengine_sdk.rs and balance_sdks.rs.
# Does nothing when they are there.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
venv="$here/../../.cache/sdk-venv"
stamp="$venv/requirements.installed"

if cmp -s "$here/requirements.txt" "$stamp" && "$venv/bin/python" -c 'import huaweicloudsdkcore, boto3, volcengine' 2>/dev/null; then
    exit 0
fi
if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
    echo "The SDK tests need Python 3 with venv: install the packages python3 and python3-venv, then 'make test' again." >&2
    exit 1
fi
echo "installing the official cloud SDKs (once)"
rm -rf "$venv"
python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
cp "$here/requirements.txt" "$stamp"
