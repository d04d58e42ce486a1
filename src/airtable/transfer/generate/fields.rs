use super::Draft;
use super::plan::Plan;
use super::random::Random;
use super::values::Fill;
use super::words;
use crate::airtable::transfer::build::{self, Ids, Shape};
use crate::contracts::FieldSchema;
use crate::platform::ids::{FieldId, TableId};

/// Name and kind of the plain fields, in about the mix that real bases have.
const MIX: [(&str, Fill); 26] = [
    ("Status", Fill::State),
    ("Owner", Fill::Person),
    ("Notes", Fill::LongText),
    ("Amount", Fill::Money),
    ("Due", Fill::Day),
    ("Tags", Fill::Tags),
    ("Done", Fill::Check),
    ("Reference", Fill::Code),
    ("Quantity", Fill::Whole),
    ("Email", Fill::Email),
    ("Started", Fill::Day),
    ("Category", Fill::State),
    ("Share", Fill::Share),
    ("Description", Fill::LongText),
    ("Website", Fill::Url),
    ("Score", Fill::Stars),
    ("Updated at", Fill::Moment),
    ("Phone", Fill::Phone),
    ("Title", Fill::Title),
    ("Time spent", Fill::Span),
    ("Weight", Fill::Decimal),
    ("Approved", Fill::Check),
    ("Comment", Fill::Sentence),
    ("Price", Fill::Money),
    ("Barcode", Fill::Barcode),
    ("Details", Fill::RichText),
];

/// The tables with all their fields, still without records.
pub(super) fn drafts(plan: &Plan, ids: &mut Ids, random: &mut Random) -> Vec<Draft> {
    let table_ids: Vec<TableId> = plan.plain.iter().map(|_| ids.table()).collect();
    let mut drafts: Vec<Draft> = table_ids
        .iter()
        .enumerate()
        .map(|(index, id)| plain_table(index, *id, plan, ids, random))
        .collect();
    for (from, to) in &plan.pairs {
        let (left, right) = (ids.field(), ids.field());
        add_link(
            &mut drafts,
            *from,
            left,
            build::link(table_ids[*to], Some(right)),
            *to,
        );
        add_link(
            &mut drafts,
            *to,
            right,
            build::link(table_ids[*from], Some(left)),
            *from,
        );
    }
    for table in &plan.loops {
        let id = ids.field();
        add_link(
            &mut drafts,
            *table,
            id,
            build::link(table_ids[*table], None),
            *table,
        );
    }
    drafts
}

fn plain_table(
    index: usize,
    id: TableId,
    plan: &Plan,
    ids: &mut Ids,
    random: &mut Random,
) -> Draft {
    let mut fields = vec![build::field(
        ids.field(),
        "Name",
        build::plain("singleLineText"),
    )];
    let mut fills = vec![(0, Fill::Title)];
    for _ in 0..plan.plain[index] {
        let (name, fill) = *random.pick(&MIX);
        fills.push((fields.len(), fill));
        let name = free_name(&fields, name);
        fields.push(build::field(ids.field(), name, shape(fill, ids)));
    }
    let base = words::TABLES[index % words::TABLES.len()];
    let name = match index / words::TABLES.len() {
        0 => base.to_owned(),
        round => format!("{base} {}", round + 1),
    };
    Draft {
        schema: build::table(ids, id, name, fields),
        fills,
        links: Vec::new(),
    }
}

fn add_link(drafts: &mut [Draft], at: usize, id: FieldId, shape: Shape, to: usize) {
    let name = free_name(&drafts[at].schema.fields, &drafts[to].schema.name);
    let draft = &mut drafts[at];
    draft.links.push(draft.schema.fields.len());
    draft.schema.fields.push(build::field(id, name, shape));
}

pub(super) fn free_name(fields: &[FieldSchema], wanted: &str) -> String {
    let is_free = |name: &str| {
        fields
            .iter()
            .all(|field| !field.name.eq_ignore_ascii_case(name))
    };
    let numbered = (2..).map(|number| format!("{wanted} {number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| is_free(name)).unwrap_or_default()
}

fn shape(fill: Fill, ids: &mut Ids) -> Shape {
    match fill {
        Fill::State => build::select(ids, "singleSelect", &words::STATES),
        Fill::Tags => build::select(ids, "multipleSelects", &words::TAGS),
        Fill::Person | Fill::Code | Fill::Title | Fill::Sentence => build::plain("singleLineText"),
        Fill::LongText => build::plain("multilineText"),
        Fill::RichText => build::plain("richText"),
        Fill::Money => build::currency("€", 2),
        Fill::Share => build::number("percent", 0),
        Fill::Whole => build::number("number", 0),
        Fill::Decimal => build::number("number", 2),
        Fill::Day => build::date(),
        Fill::Moment => build::date_time(),
        Fill::Check => build::checkbox(),
        Fill::Email => build::plain("email"),
        Fill::Url => build::plain("url"),
        Fill::Phone => build::plain("phoneNumber"),
        Fill::Stars => build::rating(),
        Fill::Span => build::duration(),
        Fill::Barcode => build::plain("barcode"),
    }
}
