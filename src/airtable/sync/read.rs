use super::super::service_admin::invalid;
use super::super::write::Sheet;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult};

const MOST_BYTES: usize = 2 * 1024 * 1024;
const MOST_ROWS: usize = 10_000;
const MOST_COLUMNS: usize = 500;

/// The rows of a CSV text, within the limits of the sync endpoint.
pub(super) fn sheet(body: &[u8]) -> BaseResult<Sheet> {
    if body.len() > MOST_BYTES {
        let message = "A sync takes at most 2 MB of CSV";
        return Err(BaseError::new(BaseErrorKind::TooLarge, message));
    }
    let text = std::str::from_utf8(body).map_err(|_| invalid("The CSV is not UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().map_err(unreadable)?;
    let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    if header.is_empty() {
        return Err(invalid("The first line must name the fields"));
    }
    if header.len() > MOST_COLUMNS {
        return Err(invalid("A sync takes at most 500 columns"));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        if rows.len() == MOST_ROWS {
            return Err(invalid("A sync takes at most 10,000 rows"));
        }
        let record = record.map_err(unreadable)?;
        rows.push(record.iter().map(str::to_owned).collect());
    }
    Ok(Sheet { header, rows })
}

fn unreadable(error: csv::Error) -> BaseError {
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            pos,
            expected_len,
            len,
        } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            invalid(&format!(
                "The row that begins in line {line} has {len} values for {expected_len} columns"
            ))
        }
        _ => invalid("The body is not CSV"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_with_quotes_line_breaks_and_a_mark_in_front() {
        let text = "\u{feff}Name , Note\r\n\"a,b\",\"one\ntwo\"\r\nc,\r\n";
        let read = sheet(text.as_bytes()).expect("it is CSV");
        assert_eq!(read.header, ["Name", "Note"]);
        assert_eq!(read.rows, [["a,b", "one\ntwo"], ["c", ""]]);
    }

    #[test]
    fn what_is_too_much_or_uneven_is_refused_by_name() {
        let told = |text: &[u8]| sheet(text).err().map(|error| error.message);
        let rows = |count: usize| format!("A\n{}", "x\n".repeat(count));
        assert_eq!(told(rows(10_000).as_bytes()), None);
        let most = told(rows(10_001).as_bytes());
        assert_eq!(most.as_deref(), Some("A sync takes at most 10,000 rows"));
        let wide = vec!["c"; 501].join(",");
        let most = told(wide.as_bytes());
        assert_eq!(most.as_deref(), Some("A sync takes at most 500 columns"));
        let uneven = told(b"A,B\n1,2\n3\n");
        let message = "The row that begins in line 3 has 1 values for 2 columns";
        assert_eq!(uneven.as_deref(), Some(message));
        assert_eq!(told(b"A\n\xff\n").as_deref(), Some("The CSV is not UTF-8"));
        let empty = told(b"").unwrap_or_default();
        assert_eq!(empty, "The first line must name the fields");
        let large = vec![b'x'; MOST_BYTES + 1];
        let error = sheet(&large).err().map(|error| error.kind);
        assert_eq!(error, Some(BaseErrorKind::TooLarge));
    }
}
