/// Items joined with `, `, those that contain a comma in double quotes.
pub(super) fn joined(items: impl Iterator<Item = String>) -> String {
    let mut out = String::new();
    for item in items {
        if !out.is_empty() {
            out.push_str(", ");
        }
        if item.contains(',') {
            out.push('"');
            out.push_str(&item);
            out.push('"');
        } else {
            out.push_str(&item);
        }
    }
    out
}

/// The items of a text as [`joined`] writes it; empty ones are left out.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut is_quoted = false;
    for character in text.chars() {
        match (character, items.last_mut()) {
            ('"', Some(item)) if is_quoted || item.trim().is_empty() => is_quoted = !is_quoted,
            (',', _) if !is_quoted => items.push(String::new()),
            (_, Some(item)) => item.push(character),
            (_, None) => {}
        }
    }
    let trimmed = items.iter().map(|item| item.trim().to_owned());
    trimmed.filter(|item| !item.is_empty()).collect()
}
