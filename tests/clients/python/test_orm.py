"""pyairtable's models and formula builders over fields of every type: plain asserts, in the order of a day's work."""

import datetime
import json
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import requests
from pyairtable import Api
from pyairtable import formulas as F
from pyairtable.orm import Model
from pyairtable.orm import fields as M

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))
from computed_base import CUSTOMERS, UTC, document, field, name, table
from instance import Instance

EMAIL = "owner@example.com"
TICKETS = "tblShop0000000004"
CHOICES = {"choices": [{"id": f"selShop{number:010}", "name": label} for number, label in enumerate(["New", "It's open", "Done"])]}
FILES = [{"id": "attShop0000000001", "url": "https://example.org/a.png", "filename": "a.png", "size": 3, "type": "image/png"}]
MADE = "2024-03-05T07:08:09.000Z"
ODD = "Odd \"name\", it's {so"
ZONE = datetime.timezone.utc
# Known once there is an instance.
KNOWN = {}
PLACE = {"api_key": lambda: KNOWN["key"], "base_id": lambda: KNOWN["base"]}


def shop():
    """The base with computed fields, and a table with fields of all other types."""
    base = document()
    base["tables"].append(table(TICKETS, "Tickets", [
        field(41, "Title", "singleLineText"),
        field(42, "Body", "multilineText"),
        field(43, "Points", "number", precision=1),
        field(44, "State", "singleSelect", **CHOICES),
        field(45, "Urgent", "checkbox", icon="check", color="greenBright"),
        field(46, "Due", "date", dateFormat={"name": "iso"}),
        field(47, "At", "dateTime", **UTC),
        field(48, "Customer", "multipleRecordLinks", linkedTableId=CUSTOMERS),
        field(49, "Names", "multipleLookupValues", recordLinkFieldId=name(48), fieldIdInLinkedTable=name(11)),
        field(50, "Turnover", "rollup", recordLinkFieldId=name(48), fieldIdInLinkedTable=name(13), formula="SUM(values)"),
        field(51, "Label", "formula", formula="UPPER({Title}) & IF({Urgent}, '!', '')"),
        field(52, "Customers", "count", recordLinkFieldId=name(48)),
        field(53, "Files", "multipleAttachments"),
        field(54, "Made", "createdTime", result={"type": "dateTime", "options": UTC}),
        field(55, "No", "autoNumber"),
        field(56, "Tags", "multipleSelects", choices=[{"id": "selShop0000000011", "name": "a"}, {"id": "selShop0000000012", "name": "b, c"}]),
        field(57, "Took", "duration", durationFormat="h:mm"),
        field(58, "Price", "currency", precision=2, symbol="€"),
        field(59, "Stars", "rating", icon="star", color="yellowBright", max=5),
        field(60, "Mail", "email"),
        field(61, ODD, "singleLineText"),
        field(62, "Changed", "lastModifiedTime", referencedFieldIds=[], result={"type": "dateTime", "options": UTC}),
        field(63, "By", "createdBy"),
        field(64, "Half", "formula", formula="{Points} / 2"),
        field(65, "Overdue", "formula", formula="IS_BEFORE({Due}, '2024-06-01')"),
    ]))
    files = {"Title": "With files", "Files": FILES, "No": 1}
    base["records"][TICKETS] = [{"id": "recShop0000000001", "createdTime": MADE, "fields": files}]
    return base


class Customer(Model):
    title = M.TextField("Name")
    orders = M.LinkField("Orders", "Order")
    total = M.NumberField("Total", readonly=True)
    how_many = M.CountField("How many", readonly=True)
    standing = M.TextField("Standing", readonly=True)

    Meta = PLACE | {"table_name": "Customers"}


class Order(Model):
    title = M.TextField("Name")
    customer = M.SingleLinkField("Customer", Customer)
    lines = M.LinkField("Lines", "Line")
    amount = M.NumberField("Amount", readonly=True)
    who = M.LookupField[str]("Who")

    Meta = PLACE | {"table_name": "Orders"}


class Line(Model):
    title = M.TextField("Name")
    price = M.NumberField("Price")
    pieces = M.IntegerField("Pieces")
    cost = M.NumberField("Cost", readonly=True)
    order = M.SingleLinkField("Order", Order)
    buyer = M.LookupField[str]("Buyer")

    Meta = PLACE | {"table_name": "Lines"}


class Ticket(Model):
    title = M.TextField("Title")
    body = M.MultilineTextField("Body")
    points = M.NumberField("Points")
    state = M.SelectField("State")
    urgent = M.CheckboxField("Urgent")
    due = M.DateField("Due")
    at = M.DatetimeField("At")
    customer = M.LinkField("Customer", Customer)
    names = M.LookupField[str]("Names")
    turnover = M.NumberField("Turnover", readonly=True)
    label = M.TextField("Label", readonly=True)
    customers = M.CountField("Customers", readonly=True)
    files = M.AttachmentsField("Files")
    made = M.CreatedTimeField("Made")
    no = M.AutoNumberField("No")
    tags = M.MultipleSelectField("Tags")
    took = M.DurationField("Took")
    price = M.CurrencyField("Price")
    stars = M.RatingField("Stars")
    mail = M.EmailField("Mail")
    odd = M.TextField(ODD)
    changed = M.LastModifiedTimeField("Changed")
    by = M.CreatedByField("By")

    Meta = PLACE | {"table_name": "Tickets"}


def round_trip():
    ada = Customer(title="Ada")
    ada.save()
    ticket = Ticket(
        title="Léo's \"roof\"", body="one\ntwo", points=2.5, state="It's open", urgent=True, due=datetime.date(2024, 2, 29),
        at=datetime.datetime(2024, 3, 5, 7, 8, 9, tzinfo=ZONE), customer=[ada], tags=["b, c", "a"], took=datetime.timedelta(minutes=90),
        price=12.25, stars=4, mail="a@example.org", odd="x",
    )
    assert not ticket.exists()
    saved = ticket.save()
    assert saved.created and ticket.exists()
    read = Ticket.from_id(ticket.id)
    assert (read.label, read.customers, read.names, read.turnover) == ("LÉO'S \"ROOF\"!", 1, ["Ada"], 0)
    for label in ("title", "body", "points", "state", "urgent", "due", "at", "tags", "took", "price", "stars", "mail", "odd"):
        assert getattr(read, label) == getattr(ticket, label), label
    assert read.due == datetime.date(2024, 2, 29) and read.at == datetime.datetime(2024, 3, 5, 7, 8, 9, tzinfo=ZONE)
    assert read.no == 2 and read.by["email"] == EMAIL
    assert abs(datetime.datetime.now(ZONE) - read.made) < datetime.timedelta(minutes=5)
    read.points, read.urgent, read.state, read.at, read.customer = 4, False, None, None, []
    assert read.changed is None and read.save().updated
    again = Ticket.from_id(ticket.id)
    assert again.changed >= again.made
    assert (again.points, again.urgent, again.state, again.at, again.customer, again.names) == (4, False, None, None, [], [])
    assert (again.label, again.customers, again.turnover) == ("LÉO'S \"ROOF\"", 0, 0)
    assert not again.save().updated, "nothing has changed"
    again.state = "Never heard of"
    again.save()
    again.fetch()
    assert again.state == "Never heard of"
    assert "Never heard of" in [choice.name for choice in Ticket.meta.table.schema(force=True).field("State").options.choices]
    assert again.delete()
    assert Ticket.first(formula=F.match({"Title": ticket.title})) is None


def attachments():
    ticket = Ticket.from_id("recShop0000000001")
    assert ticket.files == FILES and ticket.no == 1 and ticket.made == datetime.datetime(2024, 3, 5, 7, 8, 9, tzinfo=ZONE)
    ticket.points = 1
    ticket.save()
    assert Ticket.from_id(ticket.id).files == FILES, "what is not named stays"


def links():
    """Across three tables there and back, with what follows."""
    ada = Customer(title="Ada L.")
    ada.save()
    orders = [Order(title=f"order {number}", customer=ada) for number in range(12)]
    Order.batch_save(orders)
    lines = [Line(title=f"line {number}", price=number + 0.5, pieces=2, order=orders[number % 12]) for number in range(30)]
    Line.batch_save(lines)
    ada.fetch()
    total = sum((number + 0.5) * 2 for number in range(30))
    assert (ada.total, ada.how_many, ada.standing) == (total, 12, "big Ada L.")
    assert [order.id for order in ada.orders] == [order.id for order in orders]
    assert ada.orders[0].lines[0].buyer == ["Ada L."] and ada.orders[0].lines[0].order.customer.id == ada.id
    assert sum(order.amount for order in ada.orders) == total
    for line in lines[:11]:
        line.price = 0
    Line.batch_save(lines[:11])
    ada.fetch()
    assert ada.total == sum((number + 0.5) * 2 for number in range(11, 30))
    moved = Order.from_id(orders[3].id)
    moved.customer = None
    moved.save()
    moved.fetch()
    assert moved.who == [] and Line.from_id(lines[3].id).buyer == []
    found = Order.all(formula=F.EQ(Order.customer, "Ada L."))
    assert len(found) == 11 and moved.id not in {order.id for order in found}
    Line.batch_delete(lines)
    ada.fetch()
    assert (ada.total, ada.standing) == (0, "small Ada L.")
    Order.batch_delete(orders)
    ada.delete()


def builders():
    rows = [
        {"Title": "O'Brien \"x\"", "Points": 1, "Due": "2024-03-05", "At": "2024-03-05T07:08:09.500Z", ODD: "it's \\ {odd}", "Tags": ["a"]},
        {"Title": "back\\slash", "Points": 2.5, "Urgent": True, "Due": "2024-12-24", "State": "It's open", "Mail": "B@example.org"},
        {"Title": "tab\tand\nline", "Points": -3, "Tags": ["a", "b, c"], "Body": "needle in hay"},
        {"Title": "ünï 人 🚀", "Points": 0, "State": "Done"},
    ]
    tickets = Ticket.meta.table
    made = [record["id"] for record in tickets.batch_create(rows)]

    def kept(formula):
        found = {record["id"] for record in tickets.all(formula=F.AND(F.to_formula(formula), F.GTE(F.Field("No"), 3)))}
        return [number for number, record in enumerate(made) if record in found]

    for number, row in enumerate(rows):
        assert kept(F.match({"Title": row["Title"]})) == [number], row["Title"]
        assert kept(F.EQ(F.RECORD_ID(), made[number])) == [number]
    day, moment = datetime.date(2024, 3, 5), datetime.datetime(2024, 3, 5, 7, 8, 9, 500_000, ZONE)
    cases = [
        (F.match({ODD: "it's \\ {odd}"}), [0]),
        (F.match({"Points": (">", 0), "Urgent": True}), [1]),
        (F.match({"Points": 0, "Title": "none"}, match_any=True), [3]),
        (F.match({"State": "It's open"}), [1]),
        (F.match({"Due": day}), [0]),
        (F.match({"At": moment}), [0]),
        (F.match({"Due": (">", day)}), [1]),
        (F.OR(F.EQ(F.Field("Points"), Decimal("2.5")), F.LT(F.Field("Points"), -1)), [1, 2]),
        (F.NOT(F.Field("Urgent")), [0, 2, 3]),
        (F.Field("Points").gte(1) & F.Field("Points").ne(1), [1]),
        (F.EQ(Ticket.title, "back\\slash") | Ticket.points.eq(-3), [1, 2]),
        (~F.Field("State").eq(""), [1, 3]),
        (F.FIND("needle", F.Field("Body")), [2]),
        (F.SEARCH("NEEDLE", F.Field("Body")), [2]),
        (F.FIND("b, c", F.FunctionCall("ARRAYJOIN", F.Field("Tags"))), [2]),
        (F.EQ(F.LOWER(F.Field("Mail")), "b@example.org"), [1]),
        (F.IS_AFTER(F.Field("Due"), day), [1]),
        (F.IS_SAME(F.Field("At"), moment, "day"), [0]),
        (F.EQ(F.DATETIME_FORMAT(F.Field("Due"), "D.M.YYYY"), "24.12.2024"), [1]),
        (F.GT(F.DATETIME_DIFF(F.DATEADD(F.Field("Due"), 1, "day"), day, "hours"), 24), [1]),
        (F.REGEX_MATCH(F.Field("Title"), "^(ünï|back)"), [1, 3]),
        (F.EQ(F.LEN(F.Field("Title")), 12), [2]),
        (F.IF(F.Field("Urgent"), F.TRUE(), F.FALSE()), [1]),
        (F.SWITCH(F.Field("State"), "Done", 1, 0), [3]),
        (F.XOR(F.Field("Urgent"), F.EQ(F.Field("Points"), 0)), [1, 3]),
        (F.EQ(F.Field("Half"), 1.25), [1]),
        (F.Field("Overdue"), [0]),
        (F.EQ(F.MOD(F.ABS(F.Field("Points")), 3), 0), [2, 3]),
        (F.EQ(F.CONCATENATE(F.Field("State"), "-", F.Field("Points")), "Done-0"), [3]),
        (F.GT(F.CREATED_TIME(), datetime.datetime(2020, 1, 1, tzinfo=ZONE)), [0, 1, 2, 3]),
        (F.ISERROR(F.VALUE(F.Field("Title"))), [0, 1, 2, 3]),
    ]
    for formula, wanted in cases:
        found = kept(formula)
        assert found == wanted, f"{formula} keeps {found} instead of {wanted}"
    assert [ticket.id for ticket in Ticket.all(formula=F.GT(Ticket.points, 0) & F.GTE(Ticket.no, 3), sort=["-Points"])] == [made[1], made[0]]
    assert Ticket.first(formula=Ticket.points.lt(0)).title == rows[2]["Title"]
    assert [ticket.id for ticket in Ticket.from_ids(made)] == made
    names = [field.name for field in tickets.schema().fields]
    for label in names:
        tickets.all(formula=F.NE(F.Field(label), F.BLANK()), max_records=1)
    tickets.batch_delete(made)


def talk():
    ticket = Ticket(title="talk")
    ticket.save()
    first = ticket.add_comment("Ready?")
    me = first.author
    first.text = f"Ready, @[{me.email}]?"
    first.save()
    [read] = ticket.comments()
    assert read.text == f"Ready, @[{me.id}]?" and list(read.mentioned) == [me.id] and read.mentioned[me.id].display_name
    assert read.last_updated_time >= read.created_time
    read.delete()
    assert ticket.comments() == []
    ticket.delete()
    try:
        ticket.comments()
    except (requests.HTTPError, RuntimeError):
        return
    raise AssertionError("a record that is gone has comments")


def main(binary):
    with Instance(binary) as instance:
        instance.add_user(EMAIL, "owner")
        key = instance.add_key(EMAIL)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(shop(), file)
            file.flush()
            KNOWN.update(key=key, base=instance.import_base(Path(file.name)))
        instance.start()
        for model in (Customer, Order, Line, Ticket):
            # The one thing about a model that its `Meta` does not say.
            model.meta.api = Api(key, endpoint_url=instance.url)
        for step in (round_trip, attachments, links, builders, talk):
            step()
            print(f"pyairtable models, {step.__name__}: ok", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
