#!/usr/bin/env python3
"""Prints whose work the shipped programs contain, and under which licences: first a line each, then the texts.

    licences.py TARGET-TRIPLE

Reads `cargo metadata` of the programs that are shipped (what only tests use is not in them), and the lock file of the
window's pages. Ends with 1 and the names when something has neither a licence nor a text of one. Sorted, without dates
and without folders of this machine, so that the same sources print the same list.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("tidegate", "tidegate-cli")
TEXTS = ("licen", "copying", "notice", "unlicense")
# Longer than any licence that anybody wrote; what is longer is something else.
TEXT_BYTES_MAX = 200_000


def cargo(target):
    """Every crate the shipped programs are made of, but our own: name, version, licence, folder."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target]
    told = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    packages = {package["id"]: package for package in told["packages"]}
    nodes = {node["id"]: node for node in told["resolve"]["nodes"]}
    ours = set(told["workspace_members"])
    ahead = [one for one in ours if packages[one]["name"] in SHIPPED]
    reached = set()
    while ahead:
        one = ahead.pop()
        if one in reached:
            continue
        reached.add(one)
        for edge in nodes[one]["deps"]:
            if any(kind["kind"] != "dev" for kind in edge["dep_kinds"]):
                ahead.append(edge["pkg"])
    for one in reached - ours:
        package = packages[one]
        yield package["name"], package["version"], package["license"], Path(package["manifest_path"]).parent


def npm():
    """Every package the window's pages may contain: name, version, licence, folder."""
    lock = ROOT / "ui" / "package-lock.json"
    if not lock.exists():
        return
    for path, package in json.loads(lock.read_text(encoding="utf-8"))["packages"].items():
        if path and not package.get("dev") and not package.get("devOptional") and not package.get("link"):
            name = path.rsplit("node_modules/", 1)[1]
            yield name, package["version"], licence_of(package), ROOT / "ui" / path


def licence_of(package):
    """The licence a lock file names; older packages write it as an object."""
    licence = package.get("license")
    return licence.get("type") if isinstance(licence, dict) else licence


def texts_of(folder):
    """The texts of licences that lie beside the sources, by their names."""
    if not folder.is_dir():
        return []
    found = []
    for file in sorted(folder.iterdir()):
        if file.is_file() and file.name.lower().startswith(TEXTS) and file.stat().st_size <= TEXT_BYTES_MAX:
            text = file.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n").strip()
            if text:
                found.append(text)
    return found


def listed(title, packages, holders, nameless):
    """Prints one part of the list, and notes who holds which text."""
    print(f"{title}\n{'-' * len(title)}")
    for name, version, licence, folder in packages:
        texts = texts_of(folder)
        if not licence and not texts:
            nameless.append(f"{name} {version}")
        print(f"{name} {version}: {licence or 'see its text below'}")
        for text in texts:
            holders.setdefault(text, []).append(f"{name} {version}")
    print("" if packages else "none\n")


def main():
    holders, nameless = {}, []
    own = (ROOT / "LICENSE").read_text(encoding="utf-8").strip("\n")
    print("Tidegate is under the Apache License 2.0. Its programs contain the work of others:\n")
    by_name = lambda package: package[:2]
    listed("Rust crates", sorted(cargo(sys.argv[1]), key=by_name), holders, nameless)
    listed("npm packages", sorted(set(npm()), key=by_name), holders, nameless)
    print(f"{'=' * 80}\nTidegate\n\n{own}\n")
    for text, names in sorted(holders.items(), key=lambda holder: holder[1]):
        print(f"{'=' * 80}\n{', '.join(names)}\n\n{text}\n")
    if nameless:
        sys.exit(f"no licence is named by: {', '.join(nameless)}")


main()
