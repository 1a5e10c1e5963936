#!/usr/bin/env bash
# Installs what is missing, and nothing else. On Debian and Ubuntu by apt (as root, or by sudo); elsewhere it prints
# the exact list and stops. Arguments: the groups that are needed (`build`, `ui`, `test`, `bundle`, `lint`).
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

# Each line: the group, what must work, and the Debian package that brings it.
needs='build cc build-essential
build pkg-config pkg-config
build webkit libwebkit2gtk-4.1-dev
ui node nodejs
ui npm npm
test Xvfb xvfb
test openbox openbox
test WebKitWebDriver webkit2gtk-driver
test cjk fonts-noto-cjk
test xwininfo x11-utils
test dunstctl dunst
test dbus-run-session dbus
test gnome-keyring-daemon gnome-keyring
test secret-tool libsecret-tools
test python3 python3
test python3-venv python3-venv
test desktop-file-validate desktop-file-utils
test imapd dovecot-imapd
test promtool prometheus
test curl curl
test dpkg-shlibdeps dpkg-dev
test systemd-analyze systemd
bundle strip binutils
bundle dpkg-shlibdeps dpkg-dev
bundle python3 python3
lint shellcheck shellcheck'

works() {
    case $1 in
        # A Debian python has the module but not pip's wheels until python3-venv is there.
        python3-venv) python3 -c 'import venv, ensurepip' >/dev/null 2>&1 ;;
        cjk) fc-list :lang=zh 2>/dev/null | grep -q . ;;
        # A server program lies outside the PATH of a person.
        imapd) [[ -x /usr/sbin/dovecot && -x /usr/lib/dovecot/imap ]] ;;
        webkit) pkg-config --exists webkit2gtk-4.1 2>/dev/null ;;
        *) has "$1" ;;
    esac
}

missing_packages() {
    local group need package
    while read -r group need package; do
        [[ " $* " == *" $group "* ]] || continue
        works "$need" || printf '%s\n' "$package"
    done <<<"$needs" | sort -u
}

# How apt may be called here: nothing for root, sudo where it may be used, else fails.
privilege() {
    if [[ $(id -u) == 0 ]]; then
        echo env
    elif has sudo && { sudo -n true 2>/dev/null || [[ -t 0 && -t 2 ]]; }; then
        echo sudo
    else
        return 1
    fi
}

apt_install() {
    local as
    as=$(privilege) || die "These packages are missing, and this user may not install them. Run:
    sudo apt-get install --no-install-recommends $*"
    say "installing: $*"
    "$as" DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 update
    "$as" DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"
}

install_packages() {
    local missing
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    has apt-get || die "These are missing (named as Debian packages); install them, then try again:
    ${missing[*]}"
    apt_install "${missing[@]}"
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]} == 0)) || die "Still missing after the installation: ${missing[*]}"
}

rust_advice() {
    die "Rust $RUST_LEAST or newer is needed, and this machine's packages have none. Install it with rustup:
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal -c rustfmt -c clippy
then open a new shell and try again."
}

# A distribution's cargo is mostly too old; its rustup, where there is one, brings a fitting toolchain.
install_rust() {
    rust_suffices && return 0
    if ! has rustup && has apt-get && apt-cache show rustup >/dev/null 2>&1; then
        apt_install rustup
        hash -r
    fi
    has rustup || rust_advice
    say "installing a Rust toolchain"
    rustup toolchain install stable --profile minimal -c rustfmt -c clippy
    rustup default stable
    rust_suffices || rust_advice
}

# Debian's node is older than the window's tools need; npm itself brings a newer one.
install_node() {
    node_suffices && return 0
    say "installing node $NODE_FETCHED below target/"
    npm install --silent --no-audit --no-fund --no-save --prefix "$ROOT/target/node" "node@$NODE_FETCHED"
    settle_node
    node_suffices || die "node $NODE_LEAST or newer is needed, and npm brought none. Install it, then try again."
}

(($#)) || set -- build ui test
install_packages "$@"
install_rust
[[ " $* " != *" ui "* ]] || install_node
