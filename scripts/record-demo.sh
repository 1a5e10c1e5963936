#!/usr/bin/env bash
# Records the demonstration as it really runs: the whole of it in docs/pictures/demo.txt, the story without the
# readings between the markers of README.md. Run it when what the demonstration shows has changed.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

record=docs/pictures/demo.txt
scripts/install.sh build
cargo build --quiet --locked --package tidegate-cli
# The folder of the record is a temporary one, with another name each time.
"${CARGO_TARGET_DIR:-$ROOT/target}/debug/tidegated" demo --lang en | sed 's|^home: .*|home: (a temporary folder)|' >"$record"

readme=$(mktemp)
trap 'rm -f "$readme"' EXIT
awk -v record="$record" '
    /<!-- demo: begin -->/ {
        print
        print ""
        print "```text"
        while ((getline line <record) > 0) {
            if (line ~ /^[0-9][0-9]:.*configured/) { story = 1 }
            if (!story || line ~ /^[0-9:]+  reading/) { continue }
            print line
        }
        print "```"
        print ""
        skip = 1
    }
    /<!-- demo: end -->/ { skip = 0 }
    !skip { print }
' README.md >"$readme"
cat "$readme" >README.md
