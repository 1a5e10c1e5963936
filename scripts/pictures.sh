#!/usr/bin/env bash
# Renews the pictures of the window in docs/pictures: the real window over a real guard and the simulated cloud, in both
# languages and looks. Needs what `make test` needs.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

scripts/install.sh build ui test
scripts/ui.sh build
cargo build --locked --package tidegate --package tidegate-cli
TIDEGATE_PICTURES=$ROOT/docs/pictures cargo test --locked --package tidegate-tests --test window -- every_page first_run runs_dry
