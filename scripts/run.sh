#!/usr/bin/env bash
# Starts Tidegate as a person has it: the guard in the tray, with its window. Without a display it says so and shows the
# demonstration in the terminal. Arguments go to the program.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

if [[ -z ${DISPLAY:-}${WAYLAND_DISPLAY:-} && $(uname) == Linux ]]; then
    say "no display here: the demonstration runs in the terminal instead"
    scripts/install.sh build
    exec cargo run --quiet --locked --package tidegate-cli --bin tidegated -- demo "$@"
fi
scripts/install.sh build ui
scripts/ui.sh build
exec cargo run --quiet --locked --package tidegate -- "$@"
