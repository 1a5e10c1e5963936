#!/usr/bin/env bash
# The window's pages: `scripts/ui.sh build|test|lint|types`, several at once in order. Installs the locked packages first,
# anew only when the lock has changed.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

cd ui
stamp=node_modules/.tidegate-lock
if ! cmp -s package-lock.json "$stamp"; then
    npm ci --no-audit --no-fund
    cp package-lock.json "$stamp"
fi
for part in "$@"; do
    case $part in
        # The pages, and the proof that the first of them loads little.
        build) npm run --silent build && npm run --silent size ;;
        test) npm run --silent test ;;
        lint) npm run --silent lint ;;
        types) npm run --silent types ;;
        *) die "scripts/ui.sh knows build, test, lint and types, not $part" ;;
    esac
done
