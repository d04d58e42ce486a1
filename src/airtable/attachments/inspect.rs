use std::path::Path;

/// The images that browsers show and thumbnails are made of; all other types are only ever downloaded.
const SHOWN: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const UNKNOWN: &str = "application/octet-stream";
const LONGEST_TYPE: usize = 255;
const LONGEST_NAME: usize = 255;

/// Whether files of this type, which was told by what is in them, may be shown in a page.
pub(in crate::airtable) fn is_shown_inline(media_type: &str) -> bool {
    SHOWN.contains(&media_type)
}

/// The name of a file without folders and without what no file name has.
pub(in crate::airtable) fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = last.chars().filter(|character| !character.is_control());
    plain
        .take(LONGEST_NAME)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// The type of a file: as its first bytes tell; where they tell none, as it was declared.
pub(in crate::airtable) fn media_type(head: &[u8], declared: Option<&str>) -> String {
    let told = infer::get(head).map(|kind| kind.mime_type());
    let declared = declared.and_then(essence);
    match (told, declared) {
        // What tells formats apart that lie in the same container, such as spreadsheets in archives.
        (Some("application/zip" | "application/x-ole-storage" | "text/xml"), Some(declared))
            if !is_told_by_bytes(&declared) =>
        {
            declared
        }
        (Some(told), _) => told.to_owned(),
        (None, Some(declared)) if !is_told_by_bytes(&declared) => declared,
        (None, _) => UNKNOWN.to_owned(),
    }
}

/// Whether files of the type begin in a way that would have told it.
fn is_told_by_bytes(media_type: &str) -> bool {
    is_shown_inline(media_type) || media_type == "application/pdf"
}

/// A media type without its parameters; `None` for what is none.
fn essence(text: &str) -> Option<String> {
    let essence = text.split(';').next()?.trim().to_ascii_lowercase();
    let is_token = |part: &str| {
        let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte);
        !part.is_empty() && part.bytes().all(is_fine)
    };
    let (kind, name) = essence.split_once('/')?;
    let is_type = is_token(kind) && is_token(name) && essence.len() <= LONGEST_TYPE;
    is_type.then_some(essence)
}

/// Width and height of an image, of which only the beginning is read; `None` where it is none.
pub(in crate::airtable) fn dimensions(path: &Path, media_type: &str) -> Option<(u32, u32)> {
    let format = image::ImageFormat::from_mime_type(media_type)?;
    if !is_shown_inline(media_type) {
        return None;
    }
    let file = std::io::BufReader::new(std::fs::File::open(path).ok()?);
    image::ImageReader::with_format(file, format)
        .into_dimensions()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    #[test]
    fn what_is_in_a_file_outweighs_what_is_said_of_it() {
        let html = b"<!DOCTYPE html><script>alert(1)</script>";
        for (head, declared, expected) in [
            (PNG, Some("text/html"), "image/png"),
            (PNG, None, "image/png"),
            (html, Some("image/png"), "text/html"),
            (b"%PDF-1.7", Some("image/jpeg"), "application/pdf"),
            (
                b"just text",
                Some("text/plain; charset=utf-8"),
                "text/plain",
            ),
            (b"just text", Some("IMAGE/PNG"), UNKNOWN),
            (b"just text", Some("application/pdf"), UNKNOWN),
            (b"{}", Some("application/json"), "application/json"),
            (b"just text", None, UNKNOWN),
            (b"just text", Some("no type"), UNKNOWN),
            (b"just text", Some("a/b\r\nx: y"), UNKNOWN),
            (b"", None, UNKNOWN),
        ] {
            assert_eq!(media_type(head, declared), expected, "{declared:?}");
        }
    }

    #[test]
    fn a_picture_that_is_a_program_is_never_shown() {
        for head in [
            b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>".as_slice(),
            b"<?xml version='1.0'?><svg/>",
            b"<html></html>",
        ] {
            for declared in ["image/svg+xml", "image/png", "text/html"] {
                assert!(!is_shown_inline(&media_type(head, Some(declared))));
            }
        }
    }
}
