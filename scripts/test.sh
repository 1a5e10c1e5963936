#!/usr/bin/env bash
# Every test of the project, from a fresh clone: installs what is missing, builds once, runs all, sums up.
# Arguments go to the test runner, e.g. a filter.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

say "what the tests need"
scripts/install.sh build ui test
if [[ -x tests/sdk/setup.sh ]]; then
    tests/sdk/setup.sh
fi
tests/mail/setup.sh
tests/http/setup.sh
tests/proxy/setup.sh

say "the window"
scripts/ui.sh test build

# One build for everything: with all targets the features are the same as for the tests, so nothing is built twice,
# and the end-to-end tests find `tidegated` beside them.
say "build"
cargo build --locked --workspace --all-targets

say "documentation examples"
cargo test --locked --workspace --doc --quiet

say "tests"
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --locked --workspace --no-fail-fast "$@"
else
    cargo test --locked --workspace --all-targets --no-fail-fast "$@"
fi
say "all tests passed"
