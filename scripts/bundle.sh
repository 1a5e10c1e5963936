#!/usr/bin/env bash
# Installers come with the desktop shell; until then the program is one file that needs none.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

die "There is nothing to bundle yet: installers come with the desktop window.
The headless program is one file:
    cargo build --release --package tidegate-cli    ->    target/release/tidegated"
