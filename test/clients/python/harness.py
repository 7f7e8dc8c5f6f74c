"""What the Python clients' cases share: the conversation with the driver (see foreign.ts), names, waiting, checks."""

import itertools
import json
import os
import sys
import time
import traceback

_count = itertools.count(1)
_cases = {}


def case(name):
    """Registers a function of one argument, the context, under the name the driver asks for."""

    def register(body):
        assert name not in _cases, name
        _cases[name] = body
        return body

    return register


class Context:
    """What one run of a case may reach."""

    def __init__(self, bootstrap):
        self.bootstrap = bootstrap

    def unique(self, what):
        return f"{what}-py-{os.getpid()}-{next(_count)}"

    def ask(self, what):
        print(json.dumps({"ask": what}, separators=(",", ":")), flush=True)
        answer = sys.stdin.readline().strip()
        assert answer == "done", answer


def eventually(what, attempt, seconds=30):
    """Polls until `attempt` returns something that is not None or False."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = attempt()
        if found is not None and found is not False:
            return found
        time.sleep(0.005)
    raise AssertionError(f"not within {seconds} s: {what}")


def same(expected, actual, what):
    assert expected == actual, f"{what}: expected {expected!r}, got {actual!r}"


def refused(kind, action):
    """The error of `kind` that the action must raise."""
    try:
        action()
    except kind as error:
        return error
    raise AssertionError(f"expected {kind.__name__}, got no error")


def lately():
    """A time of an hour ago. What is older than retention.ms allows may be gone before it is read."""
    return int(time.time()) * 1000 - 3_600_000


def numbered(first, last):
    return [f"v{at}".encode() for at in range(first, last)]


def main():
    print(json.dumps({"cases": list(_cases)}, separators=(",", ":")), flush=True)
    for line in iter(sys.stdin.readline, ""):
        bootstrap, name = line.rstrip("\n").split("\t", 1)
        verdict = {"case": name, "ok": True}
        try:
            _cases[name](Context(bootstrap))
        except BaseException:  # A case may fail in any way; the process goes on with the next.
            verdict = {"case": name, "ok": False, "error": traceback.format_exc()}
        print(json.dumps(verdict, separators=(",", ":")), flush=True)
