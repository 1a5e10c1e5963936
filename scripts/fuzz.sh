#!/usr/bin/env bash
# libFuzzer over one target (TARGET, or several with spaces between) or all of them, TIME seconds each (600). Stable Rust
# suffices: the product has no unsafe code, so no sanitizer is used. Every target is run, also behind one that found
# something; the last lines tell runs and seconds of each, and the command fails when any found something. What it finds lies
# in tests/fuzz/programs/artifacts; made small (`cargo fuzz tmin`) it belongs into tests/fuzz/corpus, where the tests run it
# for ever.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

has cargo-fuzz || die "cargo-fuzz is missing: cargo install --locked cargo-fuzz@0.13.2"
programs=tests/fuzz/programs
# A workspace of its own with flags of its own: where nothing else is said it builds beside what the tests build.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$ROOT/target/fuzz}
logs=$CARGO_TARGET_DIR/told
mkdir -p "$logs"

time=${TIME:-600}
targets=${TARGET:-$(cargo fuzz list --fuzz-dir "$programs")}
options=(--fuzz-dir "$programs" --sanitizer none)

say "build"
if [[ -n ${TARGET:-} ]]; then
    for target in $targets; do
        cargo fuzz build "${options[@]}" "$target"
    done
else
    cargo fuzz build "${options[@]}"
fi

# The seeds of a target: those of tests/fuzz/src/lib.rs. What is new goes into the first folder.
folders() {
    local target=$1 folder all
    all=("$programs/corpus/$target" "tests/fuzz/corpus/$target")
    case $target in
        spec) all+=(src-tauri/crates/providers/specs) ;;
        frame) all+=(src-tauri/crates/providers/src/proxy/fixtures) ;;
        mail) all+=(src-tauri/crates/providers/src/mailbox/fixtures) ;;
        subscription) all+=(src-tauri/crates/providers/src/subscription_info/fixtures) ;;
        huawei | volcengine) all+=("src-tauri/crates/providers/src/$target/fixtures") ;;
    esac
    mkdir -p "${all[0]}"
    for folder in "${all[@]}"; do
        [[ ! -d $folder ]] || printf '%s\n' "$folder"
    done
}

failed=0
summary=()
for target in $targets; do
    say "fuzz $target, $time s"
    mapfile -t seeds < <(folders "$target")
    result="found nothing"
    cargo fuzz run "${options[@]}" "$target" "${seeds[@]}" -- \
        -max_total_time="$time" -max_len=16384 -timeout=20 -print_final_stats=1 2>&1 | tee "$logs/$target" >&2 || {
        result="FOUND SOMETHING: $programs/artifacts/$target"
        failed=1
    }
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$logs/$target" | tail -n 1)
    seconds=$(sed -n 's/^Done .* runs in \(.*\) second(s)$/\1/p' "$logs/$target" | tail -n 1)
    summary+=("$(printf '%-14s %12s runs %6s s  %s' "$target" "${runs:-?}" "${seconds:-?}" "$result")")
done

say "what came of it"
printf '%s\n' "${summary[@]}"
exit "$failed"
