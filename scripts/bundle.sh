#!/usr/bin/env bash
# Makes the installers for this system, in target/installers: a Debian package, and its files as an archive for other
# distributions. The same sources and tools make the same bytes.
#   --programs DIR   packs the programs that lie there and builds nothing; for tests
#   --out DIR        where the installers go
#   --version V      the package's version, instead of the workspace's
#   --quick          the package alone, not compressed
# No maintainer script is in the package: nothing is started, stopped or deleted by it. A guard that runs goes on with
# the program it was started from until a person ends it; what belongs to the user is never in the package.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

SIZES=(32 64 128 256 512)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
target=${CARGO_TARGET_DIR:-$ROOT/target}
out=$target/installers
programs=
quick=

while (($#)); do
    case $1 in
        --programs) programs=$2 && shift 2 ;;
        --out) out=$2 && shift 2 ;;
        --version) version=$2 && shift 2 ;;
        --quick) quick=yes && shift ;;
        *) die "unknown: $1; see the head of scripts/bundle.sh" ;;
    esac
done

# The window's pages are built into the program, so they come first.
build_pages() {
    [[ -f ui/package.json ]] || return 0
    has npm || die "The window's pages are built by npm, which comes with Node.js 20.19 or newer; install it, then try again."
    say "the window's pages"
    (cd ui && npm ci --no-audit --no-fund && npm run build)
}

# Two builds on purpose: in one they would share features that each has not asked for. Folders of this machine are kept
# out of the programs.
build_programs() {
    say "the programs (some minutes: optimised as a whole)"
    local flags="--remap-path-prefix=$ROOT=tidegate --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo"
    RUSTFLAGS="${RUSTFLAGS:-} $flags" cargo build --locked --profile bundle \
        --package tidegate --features tauri/custom-protocol
    RUSTFLAGS="${RUSTFLAGS:-} $flags" cargo build --locked --profile bundle --package tidegate-cli
    programs=$target/bundle
}

# What is installed, as it will lie below the root.
lay_out() {
    local tree=$1 documents=$1/usr/share/doc/tidegate program size picture
    for program in tidegate tidegated; do
        install -D -m 755 "$programs/$program" "$tree/usr/bin/$program"
        strip --strip-unneeded "$tree/usr/bin/$program"
    done
    install -D -m 644 scripts/bundle/tidegate.desktop "$tree/usr/share/applications/tidegate.desktop"
    # For machines without a desktop; there for who enables it.
    install -D -m 644 packaging/systemd/tidegated.service "$tree/usr/lib/systemd/system/tidegated.service"
    for size in "${SIZES[@]}"; do
        picture=icons/app/${size}x$size.png
        if [[ $size == 512 ]]; then picture=icons/app/icon.png; fi
        install -D -m 644 "$picture" "$tree/usr/share/icons/hicolor/${size}x$size/apps/tidegate.png"
    done
    install -D -m 644 icons/app/app.svg "$tree/usr/share/icons/hicolor/scalable/apps/tidegate.svg"
    install -D -m 644 scripts/bundle/copyright "$documents/copyright"
    scripts/bundle/licences.py "$(rustc -vV | sed -n 's/^host: //p')" >"$documents/licences.txt"
    chmod -R u=rwX,go=rX "$tree"
}

# The packages whose libraries the programs are linked with, in the versions they need.
needed_packages() {
    mkdir -p "$work/shlibs/debian"
    printf 'Source: tidegate\n\nPackage: tidegate\nArchitecture: any\n' >"$work/shlibs/debian/control"
    (cd "$work/shlibs" && dpkg-shlibdeps -O --warnings=0 "$1/usr/bin/tidegate" "$1/usr/bin/tidegated") |
        sed -n 's/^shlibs:Depends=//p'
}

describe() {
    local tree=$1
    cat <<CONTROL
Package: tidegate
Version: $version
Architecture: $(dpkg --print-architecture)
Maintainer: The Tidegate authors <tidegate@localhost>
Section: utils
Priority: optional
Installed-Size: $(du -sk --apparent-size "$tree/usr" | cut -f 1)
Depends: $(needed_packages "$tree")
Recommends: default-dbus-session-bus | dbus-session-bus, gnome-keyring, notification-daemon, fonts-noto-cjk
Description: watches what cloud accounts use up, from the tray
 Tidegate (潮闸) warns in steps before a package or quota runs out. When the line you drew is crossed, and only if you
 armed it, it stops the server, and calls it stopped only when the cloud itself says so.
 .
 tidegate is the program in the tray, tidegated the same guard and its tools for the command line.
CONTROL
}

pack_debian() {
    local tree=$1 package
    package=$out/tidegate_${version}_$(dpkg --print-architecture).deb
    mkdir -p "$tree/DEBIAN"
    describe "$tree" >"$tree/DEBIAN/control"
    (cd "$tree" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
    chmod 644 "$tree/DEBIAN/control" "$tree/DEBIAN/md5sums"
    dpkg-deb --root-owner-group ${quick:+-Znone} --build "$tree" "$package" >&2
    echo "$package"
}

pack_archive() {
    local archive
    archive=$out/tidegate-$version-linux-$(uname -m).tar.xz
    tar --create --xz --file "$archive" --directory "$1" --sort=name --owner=0 --group=0 --numeric-owner \
        --mtime="@$SOURCE_DATE_EPOCH" --transform "s,^usr,tidegate-$version," usr
    echo "$archive"
}

[[ $(uname -s) == Linux ]] || die "Here the installers come from Tauri's own bundler; .github/workflows/bundle.yml has the steps."
for tool in dpkg-deb dpkg-shlibdeps strip python3; do
    has "$tool" || scripts/install.sh bundle
done
has dpkg-deb || die "A Debian package is made with dpkg-deb, which this system has not."
# Times in the package are the sources' own; a folder that is no clone has the beginning of 1980.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 315532800)}
export SOURCE_DATE_EPOCH

if [[ -z $programs ]]; then
    scripts/install.sh build
    build_pages
    build_programs
fi
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lay_out "$work/tree"
say "the installers"
pack_debian "$work/tree"
if [[ -z $quick ]]; then
    pack_archive "$work/tree"
    say "left out: AppImage and rpm. The first fetches its tools while it is made, the second needs a distribution to test on."
fi
