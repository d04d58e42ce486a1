use super::frame::Frame;
use super::{INVOICES, NOTES, PEOPLE, PROJECTS, TASKS, data};
use crate::airtable::transfer::build::{self, Ids};
use crate::contracts::TableSchema;

pub(super) fn people_table(frame: &Frame) -> TableSchema {
    let ids = &mut Ids::Fresh;
    frame.table(
        PEOPLE,
        "People",
        vec![
            ("Name", None, build::plain("singleLineText")),
            (
                "Role",
                None,
                build::select(ids, "singleSelect", &data::ROLES),
            ),
            ("Email", None, build::plain("email")),
            ("Phone", None, build::plain("phoneNumber")),
            ("Hourly rate", None, build::currency("€", 0)),
            (
                "Skills",
                None,
                build::select(ids, "multipleSelects", &data::SKILLS),
            ),
            ("Since", None, build::date()),
            (
                "Leads",
                Some(frame.lead[1]),
                build::link(frame.tables[PROJECTS], Some(frame.lead[0])),
            ),
            (
                "Tasks",
                Some(frame.assignee[1]),
                build::link(frame.tables[TASKS], Some(frame.assignee[0])),
            ),
        ],
    )
}

pub(super) fn projects_table(frame: &Frame) -> TableSchema {
    let ids = &mut Ids::Fresh;
    frame.table(
        PROJECTS,
        "Projects",
        vec![
            ("Project", None, build::plain("singleLineText")),
            ("Client", None, build::plain("singleLineText")),
            (
                "Status",
                None,
                build::select(ids, "singleSelect", &data::PROJECT_STATES),
            ),
            (
                "Lead",
                Some(frame.lead[0]),
                build::link(frame.tables[PEOPLE], Some(frame.lead[1])),
            ),
            ("Start", None, build::date()),
            ("Deadline", None, build::date()),
            ("Budget", None, build::currency("€", 0)),
            ("Progress", None, build::number("percent", 0)),
            ("Priority", None, build::rating()),
            (
                "Services",
                None,
                build::select(ids, "multipleSelects", &data::SERVICES),
            ),
            ("Website", None, build::plain("url")),
            (
                "Tasks",
                Some(frame.project[1]),
                build::link(frame.tables[TASKS], Some(frame.project[0])),
            ),
            ("Number of tasks", None, build::count(frame.project[1])),
            (
                "Invoices",
                Some(frame.billed[1]),
                build::link(frame.tables[INVOICES], Some(frame.billed[0])),
            ),
            (
                "Notes",
                Some(frame.noted[1]),
                build::link(frame.tables[NOTES], Some(frame.noted[0])),
            ),
        ],
    )
}

pub(super) fn tasks_table(frame: &Frame) -> TableSchema {
    let ids = &mut Ids::Fresh;
    frame.table(
        TASKS,
        "Tasks",
        vec![
            ("Task", None, build::plain("singleLineText")),
            ("Done", None, build::checkbox()),
            (
                "Status",
                None,
                build::select(ids, "singleSelect", &data::TASK_STATES),
            ),
            (
                "Project",
                Some(frame.project[0]),
                build::link(frame.tables[PROJECTS], Some(frame.project[1])),
            ),
            (
                "Assignee",
                Some(frame.assignee[0]),
                build::link(frame.tables[PEOPLE], Some(frame.assignee[1])),
            ),
            ("Due", None, build::date()),
            ("Estimate", None, build::duration()),
            ("Created", None, build::created_time()),
        ],
    )
}

pub(super) fn invoices_table(frame: &Frame) -> TableSchema {
    let ids = &mut Ids::Fresh;
    frame.table(
        INVOICES,
        "Invoices",
        vec![
            ("Number", None, build::plain("singleLineText")),
            (
                "Project",
                Some(frame.billed[0]),
                build::link(frame.tables[PROJECTS], Some(frame.billed[1])),
            ),
            ("Amount", None, build::currency("€", 2)),
            (
                "Status",
                None,
                build::select(ids, "singleSelect", &data::INVOICE_STATES),
            ),
            ("Issued", None, build::date()),
            ("Due", None, build::date()),
            ("Paid", None, build::checkbox()),
        ],
    )
}

pub(super) fn notes_table(frame: &Frame) -> TableSchema {
    let ids = &mut Ids::Fresh;
    frame.table(
        NOTES,
        "Notes",
        vec![
            ("Title", None, build::plain("singleLineText")),
            (
                "Project",
                Some(frame.noted[0]),
                build::link(frame.tables[PROJECTS], Some(frame.noted[1])),
            ),
            (
                "Kind",
                None,
                build::select(ids, "singleSelect", &data::NOTE_KINDS),
            ),
            ("Held at", None, build::date_time()),
            ("Text", None, build::plain("multilineText")),
        ],
    )
}
