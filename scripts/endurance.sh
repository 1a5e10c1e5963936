#!/usr/bin/env bash
# A guard over many accounts and many virtual days, through real HTTP with a cloud that fails: what it holds on the last
# day against the second. Takes hours; writes its table into docs/performance.md and ends with 1 when something grew.
# ACCOUNTS, DAYS and MINUTES (between two looks at an account) make it shorter.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

scripts/install.sh build
cargo build --locked --release --package tidegate-bench
exec nice "${CARGO_TARGET_DIR:-$ROOT/target}/release/tidegate-bench" endurance "${ACCOUNTS:-1000}" "${DAYS:-30}" \
    "${MINUTES:-5}" --write docs/performance.md
