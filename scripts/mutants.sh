#!/usr/bin/env bash
# cargo mutants over the crates in which a wrong line is dearest: vocabulary, judgement, the states of an intent. Shards
# (SHARD=0/8) cut it into pieces; --iterate goes on where a run ended. The results stand in docs/mutants.md.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

has cargo-mutants || die "cargo-mutants is missing: cargo install --locked cargo-mutants@27.1.0"
# A copy of the tree is built apart, so the target folder of the shell is not used.
unset CARGO_TARGET_DIR
export CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0
out=$ROOT/target/mutants
mkdir -p "$out"
shard=()
[[ -n ${SHARD:-} ]] && shard=(--shard "$SHARD")

run() {
    local name=$1
    shift
    say "mutants of $name"
    cargo mutants --jobs "${JOBS:-1}" --iterate -o "$out/$name" "${shard[@]}" "$@" || failed=1
}

failed=0
case ${ONLY:-all} in
    all | meter) run meter -p tidegate-meter ;;&
    all | guard) run guard -p tidegate-guard ;;&
    # Each mutant is a build of the engine and of every test asked: all of them take minutes. These two walk every state
    # by every answer, refusal and wait (`intents`: servers; `closing`: pieces of sub-accounts) in seconds of virtual time. The
    # engine is built without the optimisation that its long simulations want: its build is what a mutant costs.
    all | intent)
        run intent -p tidegate-engine -f 'src-tauri/crates/engine/src/intent/**' \
            --cargo-arg=--config=profile.dev.package.tidegate-engine.opt-level=0 \
            --test-package tidegate-engine-tests -- -- intents:: closing::
        ;;
esac
exit "$failed"
