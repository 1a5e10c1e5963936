#!/usr/bin/env bash
# The schema-driven tester in a virtual environment of the project, for tests/tests/openapi.rs. Does nothing when it is
# there.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/venv.sh
source "$here/../venv.sh"
settle "$here" judge-venv schemathesis "the tester of the OpenAPI document"
