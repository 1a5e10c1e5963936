"""What every judge needs: counts of checks, the simulator's control routes, one way to end. Import it before any SDK: it
clears what the environment would tell them."""

import json
import os
import sys
import urllib.request

# The SDKs honour proxies even for loopback, and read a person's keys where they find some.
for name in list(os.environ):
    if name.lower().endswith("_proxy") or name.startswith("VOLC"):
        os.environ.pop(name)
os.environ["NO_PROXY"] = "*"
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

COUNT = {"passed": 0, "failed": 0}


def check(name, good, detail=""):
    COUNT["passed" if good else "failed"] += 1
    if not good:
        print(f"FAILED {name}: {detail}")


def equal(name, seen, wanted):
    check(name, seen == wanted, f"{seen!r} instead of {wanted!r}")


def tell(base, what, body=None, method="POST"):
    """Asks or tells the simulator at `base` something below its control routes."""
    request = urllib.request.Request(
        f"{base}/_sim/{what}",
        data=None if body is None else json.dumps(body).encode(),
        method=method,
        headers={"content-type": "application/json"},
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        return json.load(answer)


def first_line():
    """The simulator's first line, from the file that the program was given."""
    with open(sys.argv[1], encoding="utf-8") as file:
        return json.load(file)


def chapter(name, work, *args):
    """A chapter that breaks off is a failure, and the others still count."""
    try:
        work(*args)
    except Exception as error:
        check(name, False, f"{type(error).__name__}: {error}")


def verdict():
    """The last line, and the exit code."""
    print(f"{COUNT['passed']} passed, {COUNT['failed']} failed")
    return 1 if COUNT["failed"] else 0
