#!/usr/bin/env bash
# libFuzzer over one target (TARGET) or all of them, TIME seconds each (600). Stable Rust suffices: the product has no
# unsafe code, so no sanitizer is used. What it finds lies in tests/fuzz/programs/artifacts; made small (`cargo fuzz tmin`) it belongs
# into tests/fuzz/corpus, where the tests run it for ever.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

has cargo-fuzz || die "cargo-fuzz is missing: cargo install --locked cargo-fuzz@0.13.2"
programs=tests/fuzz/programs

time=${TIME:-600}
targets=${TARGET:-$(cargo fuzz list --fuzz-dir "$programs")}
for target in $targets; do
    say "fuzz $target, $time s"
    # The first folder takes what is new; the others are read. The seeds are those of tests/fuzz/src/lib.rs.
    folders=("$programs/corpus/$target" "tests/fuzz/corpus/$target")
    case $target in
        spec) folders+=(src-tauri/crates/providers/specs) ;;
        frame) folders+=(src-tauri/crates/providers/src/proxy/fixtures) ;;
        mail) folders+=(src-tauri/crates/providers/src/mailbox/fixtures) ;;
        subscription) folders+=(src-tauri/crates/providers/src/subscription_info/fixtures) ;;
        huawei | volcengine) folders+=("src-tauri/crates/providers/src/$target/fixtures") ;;
    esac
    present=()
    mkdir -p "${folders[0]}"
    for folder in "${folders[@]}"; do
        [[ -d $folder ]] && present+=("$folder")
    done
    cargo fuzz run --fuzz-dir "$programs" --sanitizer none "$target" "${present[@]}" -- -max_total_time="$time" -max_len=16384 -timeout=20
done
