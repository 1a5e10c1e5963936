#!/usr/bin/env bash
# Seeded worlds with faults over the real guard, in virtual time, as many as SEEDS says; ends with 1 when a promise was
# broken. What broke first is told and kept below the target folder. Arguments go to `tidegated sim run`.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

scripts/install.sh build
target="${CARGO_TARGET_DIR:-$ROOT/target}"
cargo build --locked --release --package tidegate-cli
exec "$target/release/tidegated" sim run --seeds "${SEEDS:-1000}" --keep "$target/bugbase" "$@"
