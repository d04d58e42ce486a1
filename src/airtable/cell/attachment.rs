use std::borrow::Cow;

use serde_json::{Map, Value};
use url::Url;

use super::parse::{ParseContext, refused};
use super::types::{AttachmentCell, Cell};
use crate::airtable::attachments::{Links, Variant};
use crate::airtable::schema::Field;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult};
use crate::platform::ids::AttachmentId;

/// What the service adds to an attachment; clients send it back and it is not theirs to set.
const DESCRIBING: [&str; 5] = ["size", "type", "width", "height", "thumbnails"];

/// Attachments as given; those named by id must pass [`resolve_attachments`] before they are stored.
pub(super) fn parse(field: &Field, value: &Value, context: &ParseContext<'_>) -> BaseResult<Cell> {
    let list: Vec<AttachmentCell> = match value {
        Value::Array(items) => items
            .iter()
            .map(|item| attachment(field, item, context))
            .collect::<BaseResult<_>>()?,
        Value::String(text) if !context.is_strict() => {
            let addresses = text.split([',', ' ', '\n']);
            addresses
                .filter(|it| is_web_address(it))
                .map(|it| fresh(it, None))
                .collect()
        }
        _ => return Err(refused(field)),
    };
    Ok(if list.is_empty() {
        Cell::Empty
    } else {
        Cell::Attachments(list.into())
    })
}

/// Replaces attachments named by id with those of the cell as it was, and gives new ones their own ids.
pub(crate) fn resolve_attachments(field: &Field, given: Cell, before: &Cell) -> BaseResult<Cell> {
    let Cell::Attachments(list) = given else {
        return Ok(given);
    };
    let before: &[AttachmentCell] = match before {
        Cell::Attachments(kept) => kept,
        _ => &[],
    };
    let resolve = |given: AttachmentCell| {
        if let Some(kept) = before.iter().find(|kept| kept.id == given.id) {
            return Ok(kept.clone());
        }
        if given.url.is_empty() {
            return Err(invalid(field));
        }
        Ok(AttachmentCell {
            id: AttachmentId::fresh(),
            rest: Map::new(),
            ..given
        })
    };
    let resolved: Vec<_> = list.into_iter().map(resolve).collect::<BaseResult<_>>()?;
    Ok(Cell::Attachments(resolved.into()))
}

/// An attachment as clients see it: the file in the store behind links that end, or where there are to be none, bare.
pub(super) fn shown<'a>(
    attachment: &'a AttachmentCell,
    links: Option<&Links>,
) -> Cow<'a, AttachmentCell> {
    if !attachment.url.is_empty() {
        return Cow::Borrowed(attachment);
    }
    let mut shown = attachment.clone();
    let Some(links) = links else {
        shown.rest.remove("thumbnails");
        return Cow::Owned(shown);
    };
    let link = |variant| links.url(attachment.id, variant, &attachment.filename);
    shown.url = link(Variant::Original);
    if let Some(Value::Object(thumbnails)) = shown.rest.get_mut("thumbnails") {
        for (name, thumbnail) in thumbnails {
            if let (Ok(variant), Value::Object(members)) = (name.parse::<Variant>(), thumbnail) {
                members.insert("url".to_owned(), link(variant).into());
            }
        }
    }
    Cow::Owned(shown)
}

fn attachment(
    field: &Field,
    value: &Value,
    context: &ParseContext<'_>,
) -> BaseResult<AttachmentCell> {
    let given = value.as_object().ok_or_else(|| invalid(field))?;
    let id = given
        .get("id")
        .map(|id| id.as_str().and_then(|id| id.parse().ok()));
    let filename = given
        .get("filename")
        .and_then(Value::as_str)
        .filter(|name| !name.is_empty());
    let url = given.get("url").and_then(Value::as_str).unwrap_or_default();
    let is_url_fine = is_web_address(url) || (context.is_import() && !url.is_empty());
    match id {
        Some(None) if !context.is_import() => Err(invalid(field)),
        None | Some(None) if !is_url_fine => Err(invalid(field)),
        Some(Some(_)) if !url.is_empty() && !is_url_fine => Err(invalid(field)),
        // A file in the store is named by its cell alone, and an import brings none.
        Some(Some(_)) if url.is_empty() && context.is_import() => Err(invalid(field)),
        None | Some(None) => Ok(AttachmentCell {
            rest: described(given, context),
            ..fresh(url, filename)
        }),
        Some(Some(id)) => Ok(AttachmentCell {
            id,
            rest: described(given, context),
            ..fresh(url, filename)
        }),
    }
}

fn described(given: &Map<String, Value>, context: &ParseContext<'_>) -> Map<String, Value> {
    let is_own = |key: &str| matches!(key, "id" | "url" | "filename");
    let is_kept = |key: &str| DESCRIBING.contains(&key) || (context.is_import() && !is_own(key));
    let kept = given.iter().filter(|(key, _)| is_kept(key));
    kept.map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn fresh(url: &str, filename: Option<&str>) -> AttachmentCell {
    AttachmentCell {
        id: AttachmentId::fresh(),
        url: url.to_owned(),
        filename: filename.map_or_else(|| name_in(url), str::to_owned),
        rest: Map::new(),
    }
}

fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn name_in(url: &str) -> String {
    let parsed = Url::parse(url).ok();
    let last = parsed
        .as_ref()
        .and_then(|url| url.path_segments()?.next_back());
    match last.filter(|name| !name.is_empty()) {
        Some(name) => percent_decoded(name),
        None => "attachment".to_owned(),
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let pair = tail.get(..2).filter(|_| *first == b'%');
        let code = pair.and_then(|pair| std::str::from_utf8(pair).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn invalid(field: &Field) -> BaseError {
    let message = format!(
        "Invalid attachment object for field \"{}\": expected {{\"url\": \"https://…\"}} or the \
         {{\"id\": \"att…\"}} of an attachment in this cell",
        field.name
    );
    BaseError::new(BaseErrorKind::InvalidAttachmentObject, message)
}
