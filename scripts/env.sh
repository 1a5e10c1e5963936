# Finds the Rust toolchain and settles where builds go. Sourced by the other scripts, changes nothing on disk but the
# target folder. Works with an empty HOME: rustup's proxies look below $HOME unless told otherwise, so the homes are
# taken from where the `cargo` of the PATH really lies.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export ROOT
# The oldest Rust that builds Tidegate: `rust-version` of the workspace.
RUST_LEAST=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$ROOT/Cargo.toml")
export RUST_LEAST

say() { printf '\n== %s\n' "$*" >&2; }
die() {
    printf '\n%s\n' "$*" >&2
    exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

# The folder that holds bin/cargo, as rustup lays it out; empty when cargo comes from elsewhere (a distribution).
proxy_home() {
    local cargo
    cargo=$(command -v cargo || true)
    [[ -n $cargo && -e ${cargo%/*}/rustup ]] || return 0
    (cd "${cargo%/*}/.." && pwd)
}

# rustup keeps its toolchains in .rustup beside .cargo (a person's home), or in rustup beside cargo (images).
settle_rustup_home() {
    [[ -z ${RUSTUP_HOME:-} && ! -d ${HOME:-/nonexistent}/.rustup/toolchains ]] || return 0
    local base=$1 candidate
    [[ -n $base ]] || return 0
    for candidate in "$base/../.rustup" "$base/../rustup"; do
        if [[ -d $candidate/toolchains ]]; then
            RUSTUP_HOME=$(cd "$candidate" && pwd)
            export RUSTUP_HOME
            return 0
        fi
    done
}

# Downloaded crates go where they go by default; below an empty home they would be fetched again and lost, so the
# toolchain's own cache is used if it may be written, and the clone's target folder if not.
settle_cargo_home() {
    [[ -z ${CARGO_HOME:-} && ! -d ${HOME:-/nonexistent}/.cargo ]] || return 0
    local base=$1
    if [[ -n $base && -w $base ]]; then
        CARGO_HOME=$base
    else
        CARGO_HOME=$ROOT/target/cargo-home
        mkdir -p "$CARGO_HOME"
    fi
    export CARGO_HOME
}

settle_rust() {
    if ! has cargo && [[ -x ${HOME:-/nonexistent}/.cargo/bin/cargo ]]; then
        PATH=$HOME/.cargo/bin:$PATH
    fi
    local base
    base=$(proxy_home)
    settle_rustup_home "$base"
    settle_cargo_home "$base"
}

# Whether the cargo of the PATH runs and is new enough.
rust_suffices() {
    local version
    version=$(cargo --version 2>/dev/null | sed -n 's/^cargo \([0-9.]*\).*/\1/p')
    [[ -n $version ]] || return 1
    [[ $(printf '%s\n%s\n' "$RUST_LEAST" "$version" | sort -V | head -n 1) == "$RUST_LEAST" ]]
}

# The oldest node that the window's tools run on, and the one that is fetched where it is older.
NODE_LEAST=20.19
NODE_FETCHED=22.12.0
export NODE_FETCHED

settle_node() {
    local fetched=$ROOT/target/node/node_modules/node/bin
    if [[ -x $fetched/node && $PATH != *"$fetched"* ]]; then
        PATH=$fetched:$PATH
    fi
}

node_suffices() {
    local version
    version=$(node --version 2>/dev/null | sed -n 's/^v\([0-9.]*\)$/\1/p')
    [[ -n $version ]] || return 1
    [[ $(printf '%s\n%s\n' "$NODE_LEAST" "$version" | sort -V | head -n 1) == "$NODE_LEAST" ]]
}

settle_node
settle_rust
cd "$ROOT" || exit 1
