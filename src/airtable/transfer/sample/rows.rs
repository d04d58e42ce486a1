use serde_json::{Value, json};

use super::frame::Frame;
use super::{DAY, INVOICES, NOTES, PEOPLE, PROJECTS, TASKS, data};
use crate::airtable::ImportRecord;
use crate::platform::clock::rfc3339;

pub(super) fn people(frame: &Frame) -> Vec<ImportRecord> {
    frame.rows(PEOPLE, |index| {
        let person = &data::PEOPLE[index];
        let handle = person
            .name
            .split(' ')
            .next()
            .unwrap_or_default()
            .to_lowercase();
        vec![
            ("Name", json!(person.name)),
            ("Role", json!(person.role)),
            ("Email", json!(format!("{handle}@lindwurm.example"))),
            ("Phone", json!(format!("+49 30 5550 1{index:02}"))),
            ("Hourly rate", json!(person.rate)),
            ("Skills", json!(person.skills)),
            ("Since", json!(frame.day(-400 - 170 * index as i64))),
            (
                "Leads",
                frame.inverse(PROJECTS, |project| data::PROJECTS[project].lead == index),
            ),
            (
                "Tasks",
                frame.inverse(TASKS, |task| data::TASKS[task].assignee == index),
            ),
        ]
    })
}

pub(super) fn projects(frame: &Frame) -> Vec<ImportRecord> {
    frame.rows(PROJECTS, |index| {
        let project = &data::PROJECTS[index];
        let tasks = data::TASKS
            .iter()
            .filter(|task| task.project == index)
            .count();
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
            (
                "Website",
                json!(format!("https://{}.example", project.site)),
            ),
            (
                "Tasks",
                frame.inverse(TASKS, |task| data::TASKS[task].project == index),
            ),
            ("Number of tasks", json!(tasks)),
            (
                "Invoices",
                frame.inverse(INVOICES, |invoice| data::INVOICES[invoice].project == index),
            ),
            (
                "Notes",
                frame.inverse(NOTES, |note| data::NOTES[note].project == index),
            ),
        ]
    })
}

pub(super) fn tasks(frame: &Frame) -> Vec<ImportRecord> {
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

pub(super) fn invoices(frame: &Frame) -> Vec<ImportRecord> {
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

pub(super) fn notes(frame: &Frame) -> Vec<ImportRecord> {
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
