#!/usr/bin/env bash
# The clouds' official SDKs in a virtual environment of the project, for tests/tests/huawei_sdk.rs,
# volcengine_sdk.rs and balance_sdks.rs.
# Does nothing when they are there.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/venv.sh
source "$here/../venv.sh"
settle "$here" sdk-venv 'huaweicloudsdkcore, boto3, volcengine' "the official cloud SDKs"
