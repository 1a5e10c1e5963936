#!/usr/bin/env bash
# A mail server in a virtual environment of the project, for tests/tests/smtp.rs. Does nothing when it is there. Not a
# Debian package: installing one would replace the mail server of whoever runs the tests.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/venv.sh
source "$here/../venv.sh"
settle "$here" mail-venv aiosmtpd "a mail server"
