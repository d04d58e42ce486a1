use std::collections::BTreeSet;

/// The names in the first column of the table under a heading, without their backticks.
pub(super) fn first_column(page: &str, heading: &str) -> BTreeSet<String> {
    let below = page.split_once(heading).map_or("", |(_, below)| below);
    let rows = below
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'));
    rows.skip(2)
        .filter_map(|row| row.split('|').nth(1))
        .map(|cell| cell.trim().trim_matches('`').to_owned())
        .collect()
}

/// Every problem code that the source names: entries of the one table, and constructors with a status in the contexts.
pub(super) fn problem_codes(source: &str) -> BTreeSet<String> {
    let entries = source
        .lines()
        .filter_map(|line| line.split_once(" = ")?.1.split_once(", "));
    let calls = source
        .split("StatusCode::")
        .skip(1)
        .filter_map(|call| call.split_once(','));
    let pairs = entries.chain(calls).filter(|(status, _)| is_status(status));
    pairs.filter_map(|(_, rest)| leading_code(rest)).collect()
}

fn is_status(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

/// The code in quotes that a text begins with; Airtable's own are in capitals and not ours to explain.
fn leading_code(text: &str) -> Option<String> {
    let code = text.trim_start().strip_prefix('"')?.split('"').next()?;
    let is_code = !code.is_empty() && code.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    is_code.then(|| code.to_owned())
}

/// Every setting in the table of keys, such as `server.listen`.
pub(super) fn settings(source: &str) -> BTreeSet<String> {
    let entries = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("key(\""));
    entries
        .filter_map(|entry| entry.split('"').next())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_column_of_a_table_is_read() {
        let page = "# A\n\n| x | y |\n| - | - |\n| no | 1 |\n\n## B\n\ntext\n\n| context | duty |\n| --- | --- |\n| `mcp` | a |\n| chat | b |\n\n| z |\n";
        let names: Vec<_> = first_column(page, "## B").into_iter().collect();
        assert_eq!(names, ["chat", "mcp"]);
        assert!(first_column(page, "## C").is_empty());
    }

    #[test]
    fn problem_codes_are_read_from_the_table_and_from_calls() {
        let source = "    forbidden = FORBIDDEN, \"forbidden\", \"You may not do this\";\n\
                      let x = Problem::new(\n StatusCode::CONFLICT,\n \"last_owner\", \"The last owner\");\nairtable(StatusCode::CONFLICT, \"TAKEN\");";
        let codes: Vec<_> = problem_codes(source).into_iter().collect();
        assert_eq!(codes, ["forbidden", "last_owner"]);
    }

    #[test]
    fn settings_are_read_from_the_table_of_keys() {
        let source = "const fn key(path: &str) {}\n    key(\"data_dir\", \"./x\", \"Folder.\"),\n    key(\"log.level\", \"info\", \"Filter.\"),";
        let names: Vec<_> = settings(source).into_iter().collect();
        assert_eq!(names, ["data_dir", "log.level"]);
    }
}
