#!/usr/bin/env bash
# The small static collector, `tidegate-agent`, for routers and machines without a desktop. Writes one program for each
# target into target/agents and says how large it is. Arguments: targets of the list below; without one, this machine's.
# `scripts/agent.sh --list` tells the targets, and which of them were built and run where this project is made.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

# The most that a program may take: it is put on routers with 16 MiB of flash.
MOST_BYTES=$((8 * 1024 * 1024))

# Each line: the target of Rust, the C compiler that ring is built with (as a Debian package where there is one), and how
# far the result was tried. A C compiler is all that is needed beside Rust: linking is done by Rust's own linker, with
# the C library that comes with the target.
targets='x86_64-unknown-linux-gnu     cc                            built and run where this project is made; static, but looks names up with the glibc of the machine
x86_64-unknown-linux-musl    clang                         built and run where this project is made; static, nothing of the machine is needed
aarch64-unknown-linux-musl   clang                         built where this project is made, not run there
armv7-unknown-linux-musleabihf clang                       a recipe: not built where this project is made
mipsel-unknown-linux-musl    clang                         a recipe: Rust brings no library for it, so it takes nightly and -Z build-std
x86_64-pc-windows-msvc       cl                            a recipe: on Windows itself
aarch64-apple-darwin         cc                            a recipe: on macOS itself'

list() { printf '%s\n' "$targets"; }

host() { rustc -vV | sed -n 's/^host: //p'; }

known() { list | grep -q "^$1 "; }

# Flags for one target: without the C library as a file of its own, and linked by Rust's own linker where the host's
# cannot.
flags() {
    case $1 in
        *-linux-gnu | *-windows-msvc) echo "-C target-feature=+crt-static" ;;
        "$(host)" | x86_64-*-musl) echo "-C target-feature=+crt-static -C link-self-contained=yes" ;;
        *-musl*) echo "-C target-feature=+crt-static -C link-self-contained=yes -C linker=rust-lld" ;;
        *) echo "" ;;
    esac
}

# The C compiler for one target, in the variable that the crate `cc` looks at. Its headers need no C library: ring's
# sources bring what they use.
compiler() {
    case $1 in
        *-musl*)
            has clang || die "ring's C sources for $1 are built with clang: install the Debian package clang."
            export "CC_${1//-/_}=clang" "CFLAGS_${1//-/_}=--target=$(llvm "$1")"
            has llvm-ar && export "AR_${1//-/_}=llvm-ar"
            ;;
    esac
}

llvm() {
    case $1 in
        armv7-*) echo armv7a-linux-musleabihf ;;
        *) echo "${1/-unknown-/-}" ;;
    esac
}

build() {
    local target=$1
    local cargo=(cargo build --locked --profile agent --package tidegate-agent --bin tidegate-agent --target "$target")
    if [[ $target == mipsel-* ]]; then
        cargo=(cargo +nightly "${cargo[@]:1}" -Z "build-std=std,panic_abort")
    elif has rustup && ! rustup target list --installed | grep -qx "$target"; then
        rustup target add "$target"
    fi
    compiler "$target"
    local upper=${target^^}
    export "CARGO_TARGET_${upper//-/_}_RUSTFLAGS=$(flags "$target")"
    "${cargo[@]}"
}

# Where cargo put the program.
built() {
    local suffix=
    [[ $1 != *windows* ]] || suffix=.exe
    echo "${CARGO_TARGET_DIR:-$ROOT/target}/$1/agent/tidegate-agent$suffix"
}

finish() {
    local target=$1 program bytes out=$ROOT/target/agents
    program=$(built "$target")
    bytes=$(wc -c <"$program")
    mkdir -p "$out"
    cp "$program" "$out/tidegate-agent-$target${program##*tidegate-agent}"
    say "$target: $bytes bytes ($((bytes / 1024)) KiB)"
    ((bytes <= MOST_BYTES)) || die "$target: more than $MOST_BYTES bytes"
}

case ${1:-} in
    --list)
        list
        exit
        ;;
    "") set -- "$(host)" ;;
esac
for target in "$@"; do
    known "$target" || die "$target is no target of this script:
$(list)"
done
for target in "$@"; do
    build "$target"
    finish "$target"
done
