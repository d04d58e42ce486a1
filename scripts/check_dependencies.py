#!/usr/bin/env python3
"""Holds the dependency tree to deny.toml's licences, bans and sources, with cargo alone."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RULES = tomllib.loads((ROOT / "deny.toml").read_text())
LINE = re.compile(r"^(?P<name>\S+) v(?P<version>\S+)(?P<notes>(?: \([^)]*\))*)\t(?P<licence>.*)$")


def packages():
    """What is really built with all features; `cargo metadata` also lists optional crates that never are."""
    command = ["cargo", "tree", "--locked", "--workspace", "--all-features"]
    shape = ["--prefix", "none", "--no-dedupe", "--format", "{p}\t{l}"]
    done = subprocess.run([*command, *shape], cwd=ROOT, check=True, capture_output=True, text=True)
    lines = sorted({line for line in done.stdout.splitlines() if line})
    found = [LINE.match(line) for line in lines]
    assert all(found), "cargo tree prints lines of an unknown shape"
    return [match.groupdict() for match in found]


def is_allowed(expression, allowed):
    """Evaluates an SPDX expression; a slash is the old way to write OR."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))

    def either():
        value = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            value = both() or value
        return value

    def both():
        value = single()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            value = single() and value
        return value

    def single():
        token = tokens.pop(0)
        if token == "(":
            value = either()
            tokens.pop(0)
            return value
        if tokens and tokens[0] == "WITH":
            # An exception only adds permissions to its licence.
            del tokens[:2]
        return token in allowed

    return either()


def faults(tree):
    allowed = set(RULES["licenses"]["allow"])
    exceptions = {entry["crate"]: set(entry["allow"]) for entry in RULES["licenses"].get("exceptions", [])}
    banned = {ban["crate"]: ban["reason"] for ban in RULES["bans"]["deny"]}
    for package in tree:
        name = f"{package['name']} {package['version']}"
        notes = package["notes"].replace("(proc-macro)", "").strip()
        is_ours = notes.startswith(f"({ROOT}")
        if package["name"] in banned:
            yield f"{name} is banned: {banned[package['name']]}"
        if notes and not is_ours:
            yield f"{name} does not come from the registry: {notes}"
        if not package["licence"]:
            yield f"{name} names no licence"
        elif not is_allowed(package["licence"], allowed | exceptions.get(package["name"], set())):
            yield f"{name} has the licence {package['licence']}, which deny.toml does not allow"


def check_the_check():
    """A rule that cannot fail protects nothing."""
    assert is_allowed("MIT OR GPL-3.0", {"MIT"}) and not is_allowed("MIT AND GPL-3.0", {"MIT"})
    assert is_allowed("(A OR MIT) AND MIT", {"MIT"}) and not is_allowed("GPL-3.0", {"MIT"})
    sample = {"version": "1.0.0", "notes": "", "licence": "MIT"}
    assert not list(faults([sample | {"name": "fine"}]))
    assert len(list(faults([sample | {"name": "ring"}]))) == 1
    assert len(list(faults([sample | {"name": "copyleft", "licence": "GPL-3.0"}]))) == 1
    assert len(list(faults([sample | {"name": "elsewhere", "notes": " (https://example.org/x)"}]))) == 1


def main():
    check_the_check()
    tree = packages()
    found = list(faults(tree))
    print("\n".join(found) or f"{len(tree)} packages keep the rules of deny.toml")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
