use std::time::Duration;

use bytes::Bytes;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::lane::Class;
use crate::contracts::Permission;
use crate::platform::ids::{BaseId, RecordId};
use crate::platform::outbound::{Method, StatusCode};

/// What is known when an answer was lost: whether the request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It changes nothing.
    None,
    /// It says how things shall be: sent twice, it does what it does once.
    Absolute,
    /// Sent twice, it may do it twice.
    Repeats,
}

/// A request to Airtable's Web API.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct Request {
    pub(in crate::airtable) method: Method,
    /// Below `/v0`, decoded.
    pub(in crate::airtable) path: Vec<String>,
    /// As it came.
    pub(in crate::airtable) query: String,
    pub(in crate::airtable) content_type: Option<String>,
    pub(in crate::airtable) body: Bytes,
    pub(in crate::airtable) class: Class,
}

impl Request {
    /// A question with neither query nor body.
    pub(in crate::airtable) fn get(path: &[&str]) -> Self {
        Self {
            method: Method::GET,
            path: path.iter().map(|part| (*part).to_owned()).collect(),
            query: String::new(),
            content_type: None,
            body: Bytes::new(),
            class: Class::Interactive,
        }
    }

    /// One that says in its body what it wants.
    pub(in crate::airtable) fn with_body(
        method: Method,
        path: &[&str],
        body: &impl Serialize,
    ) -> Self {
        let body = serde_json::to_vec(body).expect("what is made here always serialises");
        Self {
            method,
            content_type: Some("application/json".to_owned()),
            body: body.into(),
            ..Self::get(path)
        }
    }

    /// The same for who can wait.
    pub(in crate::airtable) fn of_class(self, class: Class) -> Self {
        Self { class, ..self }
    }

    /// The same with a query.
    pub(in crate::airtable) fn with_query(self, query: String) -> Self {
        Self { query, ..self }
    }

    /// Whether it goes to the host that takes files.
    pub(super) fn is_upload(&self) -> bool {
        self.path
            .last()
            .is_some_and(|part| part == "uploadAttachment")
    }
}

/// An answer of Airtable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::airtable) struct Answer {
    pub(in crate::airtable) status: StatusCode,
    pub(in crate::airtable) content_type: String,
    pub(in crate::airtable) body: Bytes,
    /// How long the request waited for its turn.
    pub(in crate::airtable) waited: Duration,
    /// Whether it was sent before, and may have been carried out then.
    pub(super) is_again: bool,
}

impl Answer {
    /// Whether it is about what was asked, and not about who asks or Airtable itself.
    pub(super) fn is_about_request(&self) -> bool {
        matches!(self.status.as_u16(), 200 | 400 | 403 | 404 | 413 | 422)
    }
}

/// What a path below `/v0` is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) base: BaseId,
    /// The id or name of the table, where it is about one.
    pub(super) table: Option<String>,
    pub(super) permission: Permission,
    pub(super) effect: Effect,
    /// Whether its answer may be kept, and of what kind it is.
    pub(super) kept: Option<Kept>,
}

/// What answers are kept of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::airtable) enum Kept {
    Records,
    Schema,
}

/// The base that a path below `/v0` names.
pub(in crate::airtable) fn base_of(path: &[String]) -> Option<BaseId> {
    let place = match path.first()?.as_str() {
        "meta" if path.get(1)? == "bases" => 2,
        "bases" => 1,
        _ => 0,
    };
    path.get(place)?.parse().ok()
}

/// What a request is about; `None` for what Airtable's Web API does not have.
pub(super) fn subject(method: &Method, path: &[String], body: &[u8]) -> Option<Subject> {
    let base = base_of(path)?;
    if path.iter().any(|part| part == "." || part == "..") {
        return None;
    }
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let read = *method == Method::GET;
    let of = |permission, kept: Option<Kept>| Subject {
        base,
        table: None,
        permission,
        effect: effect(method, body),
        kept: kept.filter(|_| read),
    };
    let either = |reading, writing| if read { reading } else { writing };
    match parts.as_slice() {
        ["meta", "bases", _, ..] => Some(of(
            either(Permission::SchemaRead, Permission::SchemaWrite),
            Some(Kept::Schema),
        )),
        ["bases", _, "webhooks", ..] => Some(of(Permission::WebhooksManage, None)),
        [_, table, "listRecords"] if *method == Method::POST => Some(Subject {
            table: Some((*table).to_owned()),
            effect: Effect::None,
            kept: Some(Kept::Records),
            ..of(Permission::RecordsRead, None)
        }),
        [_, table] | [_, table, _] => Some(Subject {
            table: Some((*table).to_owned()),
            ..of(
                either(Permission::RecordsRead, Permission::RecordsWrite),
                Some(Kept::Records),
            )
        }),
        [_, table, record, "comments", ..] if is_record(record) => Some(Subject {
            table: Some((*table).to_owned()),
            ..of(
                either(Permission::CommentsRead, Permission::CommentsWrite),
                None,
            )
        }),
        [_, record, _, "uploadAttachment"] if is_record(record) => {
            Some(of(Permission::RecordsWrite, None))
        }
        [_, table, "sync", _] => Some(Subject {
            table: Some((*table).to_owned()),
            ..of(Permission::RecordsWrite, None)
        }),
        _ => None,
    }
}

fn is_record(text: &str) -> bool {
    text.parse::<RecordId>().is_ok()
}

/// The member of a body that makes it an upsert.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Upsert {
    perform_upsert: Option<IgnoredAny>,
}

/// An upsert may make records, and who sends it twice may make them twice while the first is still under way.
fn effect(method: &Method, body: &[u8]) -> Effect {
    let is_upsert = || {
        let body = serde_json::from_slice::<Upsert>(body);
        body.is_ok_and(|body| body.perform_upsert.is_some())
    };
    match *method {
        Method::GET => Effect::None,
        Method::DELETE | Method::PUT | Method::PATCH if !is_upsert() => Effect::Absolute,
        _ => Effect::Repeats,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "app00000000000001";

    fn about(method: Method, path: &str) -> Option<(Permission, Effect, bool)> {
        let path: Vec<String> = path.split('/').map(str::to_owned).collect();
        let subject = subject(&method, &path, b"{}")?;
        assert_eq!(subject.base.to_string(), BASE);
        Some((subject.permission, subject.effect, subject.kept.is_some()))
    }

    #[test]
    fn every_path_of_the_web_api_asks_for_its_right() {
        use Effect::{Absolute, None as Nothing, Repeats};
        use Permission as P;
        let record = format!("{BASE}/Tasks/rec00000000000001");
        let cases = [
            (
                Method::GET,
                format!("{BASE}/Tasks"),
                (P::RecordsRead, Nothing, true),
            ),
            (
                Method::POST,
                format!("{BASE}/Tasks"),
                (P::RecordsWrite, Repeats, false),
            ),
            (
                Method::POST,
                format!("{BASE}/Tasks/listRecords"),
                (P::RecordsRead, Nothing, true),
            ),
            (Method::GET, record.clone(), (P::RecordsRead, Nothing, true)),
            (
                Method::PATCH,
                record.clone(),
                (P::RecordsWrite, Absolute, false),
            ),
            (
                Method::DELETE,
                record.clone(),
                (P::RecordsWrite, Absolute, false),
            ),
            (
                Method::GET,
                format!("{record}/comments"),
                (P::CommentsRead, Nothing, false),
            ),
            (
                Method::POST,
                format!("{record}/comments"),
                (P::CommentsWrite, Repeats, false),
            ),
            (
                Method::GET,
                format!("meta/bases/{BASE}/tables"),
                (P::SchemaRead, Nothing, true),
            ),
            (
                Method::POST,
                format!("meta/bases/{BASE}/tables"),
                (P::SchemaWrite, Repeats, false),
            ),
            (
                Method::GET,
                format!("bases/{BASE}/webhooks"),
                (P::WebhooksManage, Nothing, false),
            ),
            (
                Method::POST,
                format!("{BASE}/rec00000000000001/Files/uploadAttachment"),
                (P::RecordsWrite, Repeats, false),
            ),
        ];
        for (method, path, wanted) in cases {
            assert_eq!(about(method, &path), Some(wanted), "{path}");
        }
        for path in ["meta/whoami", "app1/Tasks", &format!("{BASE}/a/b/c/d")] {
            assert_eq!(about(Method::GET, path), None, "{path}");
        }
    }

    #[test]
    fn an_upsert_is_not_sent_twice() {
        let path = vec![BASE.to_owned(), "Tasks".to_owned()];
        let body = br#"{"perform\u0055psert":{"fieldsToMergeOn":["Name"]},"records":[]}"#;
        let upsert = subject(&Method::PATCH, &path, body).unwrap();
        assert_eq!(upsert.effect, Effect::Repeats);
        let body = br#"{"records":[{"fields":{"Name":"\"performUpsert\""}}]}"#;
        let update = subject(&Method::PATCH, &path, body).unwrap();
        assert_eq!(update.effect, Effect::Absolute);
    }
}
