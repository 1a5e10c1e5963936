#!/usr/bin/env bash
# Makes every picture in icons/ from its drawing. With --check it compares instead.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

exec cargo run --quiet --locked --package tidegate-tests --example icons -- "${1:---write}"
