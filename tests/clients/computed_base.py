"""A base with computed fields of every type over links, and what their values must be, worked out here from the raw cells alone."""

CUSTOMERS, ORDERS, LINES = "tblShop0000000001", "tblShop0000000002", "tblShop0000000003"
TABLES = (CUSTOMERS, ORDERS, LINES)
UTC = {"dateFormat": {"name": "iso"}, "timeFormat": {"name": "24hour"}, "timeZone": "utc"}


def document():
    """The base as `base import` reads it."""
    tables = [
        table(CUSTOMERS, "Customers", [
            field(11, "Name", "singleLineText"),
            field(12, "Orders", "multipleRecordLinks", linkedTableId=ORDERS, inverseLinkFieldId=name(22)),
            field(13, "Total", "rollup", recordLinkFieldId=name(12), fieldIdInLinkedTable=name(24), formula="SUM(values)"),
            field(14, "How many", "count", recordLinkFieldId=name(12)),
            field(15, "Summaries", "multipleLookupValues", recordLinkFieldId=name(12), fieldIdInLinkedTable=name(25)),
            field(16, "Standing", "formula", formula="IF({Total} > 100, 'big', 'small') & ' ' & {Name}"),
        ]),
        table(ORDERS, "Orders", [
            field(21, "Name", "singleLineText"),
            field(22, "Customer", "multipleRecordLinks", linkedTableId=CUSTOMERS, inverseLinkFieldId=name(12)),
            field(23, "Lines", "multipleRecordLinks", linkedTableId=LINES, inverseLinkFieldId=name(35)),
            field(24, "Amount", "rollup", recordLinkFieldId=name(23), fieldIdInLinkedTable=name(34), formula="SUM(values)"),
            field(25, "Summary", "formula", formula="{Name} & ': ' & {Amount}"),
            field(26, "Who", "multipleLookupValues", recordLinkFieldId=name(22), fieldIdInLinkedTable=name(11)),
            field(27, "Line count", "count", recordLinkFieldId=name(23)),
        ]),
        table(LINES, "Lines", [
            field(31, "Name", "singleLineText"),
            field(32, "Price", "number", precision=2),
            field(33, "Pieces", "number", precision=0),
            field(34, "Cost", "formula", formula="{Price} * {Pieces}"),
            field(35, "Order", "multipleRecordLinks", linkedTableId=ORDERS, inverseLinkFieldId=name(23)),
            field(36, "Buyer", "multipleLookupValues", recordLinkFieldId=name(35), fieldIdInLinkedTable=name(26)),
        ]),
    ]
    return {"id": "appShop0000000001", "name": "Shop", "tables": tables, "records": {}}


def name(number):
    return f"fldShop{number:010}"


def field(number, label, kind, **options):
    return {"id": name(number), "name": label, "type": kind} | ({"options": options} if options else {})


def table(identity, label, fields):
    views = [{"id": identity.replace("tbl", "viw"), "name": "Grid view", "type": "grid"}]
    return {"id": identity, "name": label, "primaryFieldId": fields[0]["id"], "fields": fields, "views": views}


def check(tables):
    """Compares every computed cell with what follows from the others; `tables` has cells by record by table. Answers how many there were."""
    customers, orders, lines = (tables[identity] for identity in TABLES)
    cost = {record: (cells.get("Price") or 0) * (cells.get("Pieces") or 0) for record, cells in lines.items()}
    amount = {record: sum(cost[line] for line in cells.get("Lines", ())) for record, cells in orders.items()}
    summary = {record: f"{cells.get('Name', '')}: {number(amount[record])}" for record, cells in orders.items()}
    who = {
        record: [customers[one]["Name"] for one in cells.get("Customer", ()) if customers[one].get("Name")]
        for record, cells in orders.items()
    }
    checked = 0
    for record, cells in lines.items():
        buyers = [buyer for order in cells.get("Order", ()) for buyer in who[order]]
        checked += same(record, cells, {"Cost": cost[record], "Buyer": buyers or None})
    for record, cells in orders.items():
        wanted = {"Amount": amount[record], "Summary": summary[record], "Who": who[record] or None}
        checked += same(record, cells, wanted | {"Line count": len(cells.get("Lines", ()))})
    for record, cells in customers.items():
        theirs = cells.get("Orders", [])
        total = sum(amount[order] for order in theirs)
        standing = f"{'big' if total > 100 else 'small'} {cells.get('Name', '')}"
        wanted = {"Total": total, "How many": len(theirs), "Standing": standing}
        checked += same(record, cells, wanted | {"Summaries": [summary[order] for order in theirs] or None})
    for here, there, one, other in ((CUSTOMERS, ORDERS, "Orders", "Customer"), (ORDERS, LINES, "Lines", "Order")):
        forth = {(record, target) for record, cells in tables[here].items() for target in cells.get(one, ())}
        back = {(target, record) for record, cells in tables[there].items() for target in cells.get(other, ())}
        assert forth == back, f"links are not in step: {sorted(forth ^ back)[:5]}"
    return checked


def number(value):
    return str(int(value)) if value == int(value) else str(value)


def same(record, cells, wanted):
    for label, value in wanted.items():
        found = cells.get(label)
        assert found == value, f"{label} of {record} is {found!r} instead of {value!r}, beside {cells}"
    return len(wanted)
