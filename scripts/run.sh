#!/usr/bin/env bash
# Shows Tidegate at work: until the window exists, the demonstration on a simulated cloud. Arguments go to `demo`.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

scripts/install.sh build
exec cargo run --quiet --locked --package tidegate-cli --bin tidegated -- demo "$@"
