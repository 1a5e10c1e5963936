#!/usr/bin/env bash
# The count of proxy traffic against real kernels, a minute each: writes the table of docs/proxy-accounting.md. Ends with
# 1 when a bar is missed.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

scripts/install.sh build test
tests/proxy/setup.sh
exec cargo run --locked --package tidegate-tests --example accuracy
