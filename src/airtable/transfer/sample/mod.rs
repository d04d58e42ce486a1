//! The sample base: a small agency at work, so that the first look shows what a base is for.

mod data;
mod handler;

use std::collections::HashMap;

use serde_json::{Value, json};

pub(crate) use self::handler::SampleBase;
use super::build::{self, Ids};
use crate::airtable::{ImportDocument, ImportRecord};
use crate::contracts::TableSchema;
use crate::platform::clock::{Millis, rfc3339};
use crate::platform::ids::{BaseId, FieldId, RecordId, TableId};

const DAY: Millis = 86_400_000;
const PEOPLE: usize = 0;
const PROJECTS: usize = 1;
const TASKS: usize = 2;
const INVOICES: usize = 3;
const NOTES: usize = 4;

/// The sample base with fresh ids; its dates lie around `now`.
pub(crate) fn document(id: BaseId, now: Millis) -> ImportDocument {
    let frame = Frame::new(now);
    let tables = vec![
        people_table(&frame),
        projects_table(&frame),
        tasks_table(&frame),
        invoices_table(&frame),
        notes_table(&frame),
    ];
    let rows = [people(&frame), projects(&frame), tasks(&frame), invoices(&frame), notes(&frame)];
    let keys = frame.tables.iter().map(TableId::to_string);
    let records: HashMap<_, _> = keys.zip(rows).collect();
    ImportDocument { id: Some(id), name: "Studio Lindwurm (sample)".to_owned(), tables, records }
}

/// Ids made beforehand, because tables and records point at one another.
struct Frame {
    now: Millis,
    tables: [TableId; 5],
    records: [Vec<RecordId>; 5],
    /// Lead of a project; its inverse.
    lead: [FieldId; 2],
    /// Project of a task; its inverse.
    project: [FieldId; 2],
    /// Assignee of a task; its inverse.
    assignee: [FieldId; 2],
    /// Project of an invoice; its inverse.
    billed: [FieldId; 2],
    /// Project of a note; its inverse.
    noted: [FieldId; 2],
}

impl Frame {
    fn new(now: Millis) -> Self {
        let mut ids = Ids::Fresh;
        let mut two = || [ids.field(), ids.field()];
        let (lead, project, assignee, billed, noted) = (two(), two(), two(), two(), two());
        let sizes = [
            data::PEOPLE.len(),
            data::PROJECTS.len(),
            data::TASKS.len(),
            data::INVOICES.len(),
            data::NOTES.len(),
        ];
        let tables = sizes.map(|_| ids.table());
        let records = sizes.map(|size| (0..size).map(|_| ids.record()).collect());
        Self { now, tables, records, lead, project, assignee, billed, noted }
    }

    fn day(&self, offset: i64) -> String {
        rfc3339(self.now + offset * DAY)[..10].to_owned()
    }

    fn link(&self, table: usize, index: usize) -> Value {
        json!([self.records[table][index]])
    }

    /// The records of `table` for which `wanted` holds, as the inverse of their link.
    fn inverse(&self, table: usize, wanted: impl Fn(usize) -> bool) -> Value {
        let all = self.records[table].iter().enumerate();
        let ids: Vec<&RecordId> = all.filter(|(index, _)| wanted(*index)).map(|(_, id)| id).collect();
        if ids.is_empty() { Value::Null } else { json!(ids) }
    }

    fn rows(&self, table: usize, cells: impl Fn(usize) -> Vec<(&'static str, Value)>) -> Vec<ImportRecord> {
        let all = self.records[table].iter().enumerate();
        let rows = all.map(|(index, id)| {
            let created = rfc3339(self.now - 40 * DAY + index as Millis * 3_600_000);
            let cells = cells(index).into_iter().map(|(name, value)| (name.to_owned(), value));
            build::record(*id, &created, cells)
        });
        rows.collect()
    }

    fn table(
        &self,
        table: usize,
        name: &str,
        fields: Vec<(&'static str, Option<FieldId>, build::Shape)>,
    ) -> TableSchema {
        let mut ids = Ids::Fresh;
        let fields = fields.into_iter().map(|(name, id, shape)| {
            build::field(id.unwrap_or_else(|| ids.field()), name, shape)
        });
        let fields = fields.collect();
        build::table(&mut ids, self.tables[table], name, fields)
    }
}

fn people_table(frame: &Frame) -> TableSchema {
    let ids = &mut Ids::Fresh;
    frame.table(PEOPLE, "People", vec![
        ("Name", None, build::plain("singleLineText")),
        ("Role", None, build::select(ids, "singleSelect", &data::ROLES)),
        ("Email", None, build::plain("email")),
        ("Phone", None, build::plain("phoneNumber")),
        ("Hourly rate", None, build::currency("€", 0)),
        ("Skills", None, build::select(ids, "multipleSelects", &data::SKILLS)),
        ("Since", None, build::date()),
        ("Leads", Some(frame.lead[1]), build::link(frame.tables[PROJECTS], Some(frame.lead[0]))),
        ("Tasks", Some(frame.assignee[1]), build::link(frame.tables[TASKS], Some(frame.assignee[0]))),
    ])
}

fn projects_table(frame: &Frame) -> TableSchema {
    let ids = &mut Ids::Fresh;
    frame.table(PROJECTS, "Projects", vec![
        ("Project", None, build::plain("singleLineText")),
        ("Client", None, build::plain("singleLineText")),
        ("Status", None, build::select(ids, "singleSelect", &data::PROJECT_STATES)),
        ("Lead", Some(frame.lead[0]), build::link(frame.tables[PEOPLE], Some(frame.lead[1]))),
        ("Start", None, build::date()),
        ("Deadline", None, build::date()),
        ("Budget", None, build::currency("€", 0)),
        ("Progress", None, build::number("percent", 0)),
        ("Priority", None, build::rating()),
        ("Services", None, build::select(ids, "multipleSelects", &data::SERVICES)),
        ("Website", None, build::plain("url")),
        ("Tasks", Some(frame.project[1]), build::link(frame.tables[TASKS], Some(frame.project[0]))),
        ("Number of tasks", None, build::count(frame.project[1])),
        ("Invoices", Some(frame.billed[1]), build::link(frame.tables[INVOICES], Some(frame.billed[0]))),
        ("Notes", Some(frame.noted[1]), build::link(frame.tables[NOTES], Some(frame.noted[0]))),
    ])
}

fn tasks_table(frame: &Frame) -> TableSchema {
    let ids = &mut Ids::Fresh;
    frame.table(TASKS, "Tasks", vec![
        ("Task", None, build::plain("singleLineText")),
        ("Done", None, build::checkbox()),
        ("Status", None, build::select(ids, "singleSelect", &data::TASK_STATES)),
        ("Project", Some(frame.project[0]), build::link(frame.tables[PROJECTS], Some(frame.project[1]))),
        ("Assignee", Some(frame.assignee[0]), build::link(frame.tables[PEOPLE], Some(frame.assignee[1]))),
        ("Due", None, build::date()),
        ("Estimate", None, build::duration()),
        ("Created", None, build::created_time()),
    ])
}

fn invoices_table(frame: &Frame) -> TableSchema {
    let ids = &mut Ids::Fresh;
    frame.table(INVOICES, "Invoices", vec![
        ("Number", None, build::plain("singleLineText")),
        ("Project", Some(frame.billed[0]), build::link(frame.tables[PROJECTS], Some(frame.billed[1]))),
        ("Amount", None, build::currency("€", 2)),
        ("Status", None, build::select(ids, "singleSelect", &data::INVOICE_STATES)),
        ("Issued", None, build::date()),
        ("Due", None, build::date()),
        ("Paid", None, build::checkbox()),
    ])
}

fn notes_table(frame: &Frame) -> TableSchema {
    let ids = &mut Ids::Fresh;
    frame.table(NOTES, "Notes", vec![
        ("Title", None, build::plain("singleLineText")),
        ("Project", Some(frame.noted[0]), build::link(frame.tables[PROJECTS], Some(frame.noted[1]))),
        ("Kind", None, build::select(ids, "singleSelect", &data::NOTE_KINDS)),
        ("Held at", None, build::date_time()),
        ("Text", None, build::plain("multilineText")),
    ])
}

fn people(frame: &Frame) -> Vec<ImportRecord> {
    frame.rows(PEOPLE, |index| {
        let person = &data::PEOPLE[index];
        let handle = person.name.split(' ').next().unwrap_or_default().to_lowercase();
        vec![
            ("Name", json!(person.name)),
            ("Role", json!(person.role)),
            ("Email", json!(format!("{handle}@lindwurm.example"))),
            ("Phone", json!(format!("+49 30 5550 1{index:02}"))),
            ("Hourly rate", json!(person.rate)),
            ("Skills", json!(person.skills)),
            ("Since", json!(frame.day(-400 - 170 * index as i64))),
            ("Leads", frame.inverse(PROJECTS, |project| data::PROJECTS[project].lead == index)),
            ("Tasks", frame.inverse(TASKS, |task| data::TASKS[task].assignee == index)),
        ]
    })
}

fn projects(frame: &Frame) -> Vec<ImportRecord> {
    frame.rows(PROJECTS, |index| {
        let project = &data::PROJECTS[index];
        let tasks = data::TASKS.iter().filter(|task| task.project == index).count();
        vec![
            ("Project", json!(project.name)),
            ("Client", json!(project.client)),
            ("Status", json!(project.status)),
            ("Lead", frame.link(PEOPLE, project.lead)),
            ("Start", json!(frame.day(project.start))),
            ("Deadline", json!(frame.day(project.deadline))),
            ("Budget", json!(project.budget)),
            ("Progress", json!(f64::from(project.progress) / 100.0)),
            ("Priority", json!(project.priority)),
            ("Services", json!(project.services)),
            ("Website", json!(format!("https://{}.example", project.site))),
            ("Tasks", frame.inverse(TASKS, |task| data::TASKS[task].project == index)),
            ("Number of tasks", json!(tasks)),
            ("Invoices", frame.inverse(INVOICES, |invoice| data::INVOICES[invoice].project == index)),
            ("Notes", frame.inverse(NOTES, |note| data::NOTES[note].project == index)),
        ]
    })
}

fn tasks(frame: &Frame) -> Vec<ImportRecord> {
    frame.rows(TASKS, |index| {
        let task = &data::TASKS[index];
        let is_done = task.status == "Done";
        vec![
            ("Task", json!(task.name)),
            ("Done", if is_done { json!(true) } else { Value::Null }),
            ("Status", json!(task.status)),
            ("Project", frame.link(PROJECTS, task.project)),
            ("Assignee", frame.link(PEOPLE, task.assignee)),
            ("Due", json!(frame.day(task.due))),
            ("Estimate", json!(task.hours * 3600)),
        ]
    })
}

fn invoices(frame: &Frame) -> Vec<ImportRecord> {
    let year = rfc3339(frame.now)[..4].to_owned();
    frame.rows(INVOICES, |index| {
        let invoice = &data::INVOICES[index];
        let is_paid = invoice.status == "Paid";
        vec![
            ("Number", json!(format!("{year}-{:03}", index + 101))),
            ("Project", frame.link(PROJECTS, invoice.project)),
            ("Amount", json!(invoice.amount)),
            ("Status", json!(invoice.status)),
            ("Issued", json!(frame.day(invoice.issued))),
            ("Due", json!(frame.day(invoice.issued + 14))),
            ("Paid", if is_paid { json!(true) } else { Value::Null }),
        ]
    })
}

fn notes(frame: &Frame) -> Vec<ImportRecord> {
    frame.rows(NOTES, |index| {
        let note = &data::NOTES[index];
        let at = frame.now.div_euclid(DAY) * DAY + note.day * DAY + note.hour * 3_600_000;
        vec![
            ("Title", json!(note.title)),
            ("Project", frame.link(PROJECTS, note.project)),
            ("Kind", json!(note.kind)),
            ("Held at", json!(rfc3339(at))),
            ("Text", json!(note.text)),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_a_sound_document() {
        let document = document(BaseId::fresh(), 1_760_000_000_000);
        assert_eq!(crate::airtable::transfer::document::check(&document), []);
        let sizes: Vec<usize> =
            document.tables.iter().map(|table| document.records[&table.id.to_string()].len()).collect();
        assert_eq!(sizes, [8, 12, 40, 15, 10]);
    }
}
