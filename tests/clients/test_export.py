"""Export, import, export: the same document, byte for byte, for what we import, sample and generate."""

import json
import sys
from pathlib import Path

from instance import Instance

HERE = Path(__file__).resolve().parent
EMAIL = "owner@example.com"
GENERATE = ["--tables", "34", "--fields", "539", "--links", "88", "--records", "2000", "--seed", "1"]


def export(instance, base, name):
    path = Path(instance.data_dir) / name
    path.write_text(json.dumps(instance.cli("base", "export", base), ensure_ascii=False))
    return path


def check(binary, title, make):
    with Instance(binary) as first, Instance(binary) as second:
        for instance in (first, second):
            instance.add_user(EMAIL, "owner")
        base = make(first)
        one = export(first, base, "one.json")
        assert second.import_base(one) == base, "an import keeps the ids"
        other = export(second, base, "other.json")
        assert one.read_bytes() == other.read_bytes(), f"{title}: the second export differs"
        document = json.loads(one.read_text())
        records = sum(len(table) for table in document["records"].values())
        print(f"export, import, export of {title}: {len(document['tables'])} tables, {records} records: ok", flush=True)


def main(binary):
    check(binary, "an imported base", lambda instance: instance.import_base(HERE / "base.json"))
    check(binary, "the sample base", lambda instance: instance.cli("base", "sample")["base_id"])
    check(binary, "a generated base", lambda instance: instance.cli("base", "generate", *GENERATE)["base_id"])


main(sys.argv[1])
