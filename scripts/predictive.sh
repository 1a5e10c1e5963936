#!/usr/bin/env bash
# The rule of the systems before ours against ours, on fifty worlds at every lag and speed: writes the tables of
# docs/predictive.md. Ends with 1 when a bar is missed.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

scripts/install.sh build
exec cargo run --locked --release --package tidegate-lab --example predictive
