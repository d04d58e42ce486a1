"""A base of three linked tables with fields of every type, large enough that copying it takes a while."""

CUSTOMERS, ORDERS, LINES = "tblMirr0000000001", "tblMirr0000000002", "tblMirr0000000003"
MANY = {CUSTOMERS: 200, ORDERS: 800, LINES: 2000}
COLOURS = ["rot", "grün", "青い", "žlutý"]
ISO = {"dateFormat": {"name": "iso", "format": "YYYY-MM-DD"}}
TIME = ISO | {"timeFormat": {"name": "24hour", "format": "HH:mm"}, "timeZone": "Europe/Berlin"}


def document(many=None):
    """The base as `base import` reads it, with so many records by table."""
    many = many or MANY
    records = {table: [made(table, number, many) for number in range(many[table])] for table in MANY}
    return {"id": "appMirr0000000001", "name": "Spiegel 鏡", "tables": tables(), "records": records}


def tables():
    return [
        table(CUSTOMERS, "Kunden 客戶", [
            field(101, "Name", "singleLineText"),
            link(102, "Aufträge", ORDERS, 202),
            field(103, "Umsatz", "rollup", recordLinkFieldId=name(102), fieldIdInLinkedTable=name(204), formula="SUM(values)"),
            field(104, "Anzahl", "count", recordLinkFieldId=name(102)),
            lookup(105, "Zeilen", 102, 205),
            field(106, "Stand", "formula", formula="IF({Umsatz} > 500, 'groß', 'klein') & ' ' & {Name}"),
            field(107, "Telefon", "phoneNumber"),
            field(108, "Seite", "url"),
            field(109, "Notiz", "richText"),
        ]),
        table(ORDERS, "Aufträge", [
            field(201, "Name", "singleLineText"),
            link(202, "Kunde", CUSTOMERS, 102),
            link(203, "Posten", LINES, 305),
            field(204, "Betrag", "rollup", recordLinkFieldId=name(203), fieldIdInLinkedTable=name(304), formula="SUM(values)"),
            field(205, "Zeile", "formula", formula="{Name} & ': ' & {Betrag}"),
            lookup(206, "Wer", 202, 101),
            field(207, "Fällig", "date", **ISO),
            field(208, "Stufe", "singleSelect", choices=choices()),
            field(209, "Eilig", "checkbox", icon="check", color="greenBright"),
            field(210, "Geändert", "lastModifiedTime", isValid=True, referencedFieldIds=[], result={"type": "dateTime", "options": TIME}),
            field(211, "Nummer", "autoNumber"),
        ]),
        table(LINES, "Posten – 項", [
            field(301, "Name", "singleLineText"),
            field(302, "Preis", "currency", precision=2, symbol="€"),
            field(303, "Stück", "number", precision=0),
            field(304, "Kosten", "formula", formula="{Preis} * {Stück}"),
            link(305, "Auftrag", ORDERS, 203),
            lookup(306, "Käufer", 305, 206),
            field(307, "Rabatt", "percent", precision=1),
            field(308, "Dauer", "duration", durationFormat="h:mm"),
            field(309, "Wertung", "rating", icon="star", max=5, color="yellowBright"),
            field(310, "Wann", "dateTime", **TIME),
            field(311, "Farben", "multipleSelects", choices=choices()),
            field(312, "Mail", "email"),
            field(313, "Code", "barcode"),
            field(314, "Text", "multilineText"),
            field(315, "Mensch", "singleCollaborator"),
            field(316, "Gruppe", "multipleCollaborators"),
            field(317, "Gemacht", "createdTime", result={"type": "dateTime", "options": TIME}),
        ]),
    ]


def made(kind, number, many):
    """A record whose values follow from its number."""
    identity = record(kind, number)
    if kind == CUSTOMERS:
        fields = {"Name": f"Kundin {number} Ž", "Telefon": f"+49 30 {number}", "Notiz": f"**fett** {number}\n"}
    elif kind == ORDERS:
        fields = {"Name": f"Auftrag {number}", "Kunde": [record(CUSTOMERS, number % many[CUSTOMERS])], "Fällig": f"2026-{number % 12 + 1:02}-07"}
        fields |= {"Stufe": COLOURS[number % 4], "Eilig": True} if number % 3 else {}
    else:
        fields = {"Name": f"項 {number}", "Preis": number % 90 / 4, "Stück": number % 7, "Auftrag": [record(ORDERS, number % many[ORDERS])]}
        fields |= {"Rabatt": 0.125, "Farben": COLOURS[: number % 3 + 1], "Code": {"text": str(number)}, "Dauer": number * 60, "Wertung": number % 5 + 1} if number % 2 else {}
    return {"id": identity, "createdTime": f"2026-01-{number % 28 + 1:02}T07:08:09.000Z", "fields": fields}


def record(kind, number):
    return f"rec{kind[-1]}{number:013}"


def name(number):
    return f"fldMirr{number:010}"


def field(number, label, kind, **options):
    return {"id": name(number), "name": label, "type": kind} | ({"options": options} if options else {})


def link(number, label, target, inverse):
    options = {"linkedTableId": target, "isReversed": False, "prefersSingleRecordLink": False}
    return field(number, label, "multipleRecordLinks", **options, inverseLinkFieldId=name(inverse))


def lookup(number, label, via, what):
    return field(number, label, "multipleLookupValues", recordLinkFieldId=name(via), fieldIdInLinkedTable=name(what))


def choices():
    return [{"id": f"selMirr{number:010}", "name": colour} for number, colour in enumerate(COLOURS, 1)]


def table(identity, label, fields):
    views = [{"id": identity.replace("tbl", "viw"), "name": "Grid view", "type": "grid"}]
    return {"id": identity, "name": label, "primaryFieldId": fields[0]["id"], "fields": fields, "views": views}
