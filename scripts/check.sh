#!/usr/bin/env bash
# What every change must keep: format, shell scripts, lints, documentation, laws, generated types. Runs every part,
# then names those that failed. `scripts/check.sh quick` runs only the parts that need no build.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

failed=()
part() {
    local name=$1
    shift
    say "$name"
    "$@" || failed+=("$name")
}

shells() {
    local files
    mapfile -t files < <(git ls-files -co --exclude-standard -- '*.sh' .ci/run)
    shellcheck -x "${files[@]}"
}
bindings() {
    cargo run --quiet --locked --package tidegate-api --example bindings -- --check
}
providers() {
    cargo run --quiet --locked --package tidegate-providers --example providers
}
icons() {
    cargo run --quiet --locked --package tidegate-tests --example icons -- --check
}
laws() {
    cargo test --quiet --locked --package tidegate-tests --test architecture --test hygiene
}
documentation() {
    RUSTDOCFLAGS='-D warnings' cargo doc --quiet --locked --workspace --no-deps --document-private-items
}

scripts/install.sh build ui lint
part "format" cargo fmt --all --check
part "shell scripts" shells
part "window: lint and types" scripts/ui.sh lint types
if [[ ${1:-} != quick ]]; then
    part "workflows" scripts/workflows.sh
    part "lints" cargo clippy --quiet --locked --workspace --all-targets -- -D warnings
    part "documentation" documentation
    part "laws of the house" laws
    part "page of providers (renew: cargo run -p tidegate-providers --example providers -- --write)" providers
    part "pictures (renew: scripts/icons.sh)" icons
    part "generated types (renew: cargo run -p tidegate-api --example bindings -- --write)" bindings
fi
if ((${#failed[@]})); then
    die "failed: $(printf '%s; ' "${failed[@]}")"
fi
say "all checks passed"
