#!/usr/bin/env bash
# Speed and memory against their budgets, as ratios to a control in the same run. Writes the table into
# docs/performance.md and ends with 1 when a budget is missed. Arguments choose benches by name.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

scripts/install.sh build ui test
scripts/ui.sh build
# Separate builds on purpose: together they would share features that the bench adds to the shipped programs. The bare
# example is the control of the desktop's rows.
cargo build --locked --release --package tidegate-cli
cargo build --locked --release --package tidegate
cargo build --locked --release --package tidegate --example bare
cargo build --locked --release --package tidegate-agent
# The program that is put on routers, as it is shipped.
scripts/agent.sh
TIDEGATE_AGENT_PROGRAM=$ROOT/target/agents/tidegate-agent-$(rustc -vV | sed -n 's/^host: //p')
export TIDEGATE_AGENT_PROGRAM
cargo build --locked --release --package tidegate-bench
exec "${CARGO_TARGET_DIR:-$ROOT/target}/release/tidegate-bench" --write docs/performance.md "$@"
