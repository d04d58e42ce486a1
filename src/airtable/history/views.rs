use super::super::schema::{Table, View};

/// What a person would say was done to the views of a table.
pub(super) fn view_sentences(before: &Table, table: &Table) -> Vec<String> {
    let find = |table: &Table, id| table.views.iter().position(|view| view.id == id);
    let place = &table.name;
    let mut said = Vec::new();
    for view in &table.views {
        let name = &view.name;
        match find(before, view.id).map(|at| &before.views[at]) {
            None => said.push(format!("View \"{name}\" was added to \"{place}\"")),
            Some(old) => {
                if old.name != *name {
                    let old = &old.name;
                    said.push(format!(
                        "View \"{old}\" of \"{place}\" was renamed to \"{name}\""
                    ));
                }
                said.extend(
                    changed_parts(old, view)
                        .map(|parts| format!("View \"{name}\" of \"{place}\" got {parts}")),
                );
            }
        }
    }
    let gone = before.views.iter();
    let gone = gone.filter(|view| find(table, view.id).is_none());
    said.extend(gone.map(|view| format!("View \"{}\" of \"{place}\" was deleted", view.name)));
    said
}

fn changed_parts(old: &View, new: &View) -> Option<String> {
    let formula = |view: &View| view.filter.as_ref().map(|filter| filter.formula.clone());
    let parts = [
        (formula(old) != formula(new), "another filter"),
        (old.sort != new.sort, "another sort"),
        (old.hidden != new.hidden, "other hidden fields"),
        (old.order != new.order, "another order of its fields"),
    ];
    let parts = parts.iter().filter(|(is_changed, _)| *is_changed);
    let parts: Vec<&str> = parts.map(|(_, part)| *part).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
