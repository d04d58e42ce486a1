use std::borrow::Cow;

use serde_json::json;

use super::client::Bearer;
use super::joined::Made;
use super::request::{Answer, Effect, Request};
use crate::airtable::Airtable;
use crate::airtable::formula::any_record;
use crate::platform::ids::RecordId;
use crate::platform::outbound::{Method, StatusCode};

impl Airtable {
    /// What a deletion comes to that was sent again after its answer was lost: Airtable then refuses what it has done.
    pub(super) async fn settled_deletion(
        &self,
        bearer: &Bearer,
        request: &Request,
        answer: Answer,
    ) -> Answer {
        let is_refused = answer.status.is_client_error();
        let Some(deletion) = Deletion::read(request).filter(|_| answer.is_again && is_refused)
        else {
            return answer;
        };
        let list = deletion.list(request);
        let found = self.remote.send(bearer, &list, Effect::None).await;
        let page = found.ok().filter(|page| page.status == StatusCode::OK);
        let page = page.and_then(|page| serde_json::from_slice::<Made>(&page.body).ok());
        match page {
            Some(page) if page.records.is_empty() => Answer {
                status: StatusCode::OK,
                body: deletion.done().into(),
                ..answer
            },
            _ => answer,
        }
    }
}

/// Records that shall go.
struct Deletion {
    ids: Vec<String>,
    /// Whether the path names the one record.
    is_single: bool,
}

impl Deletion {
    /// `None` for what deletes no records.
    fn read(request: &Request) -> Option<Self> {
        if request.method != Method::DELETE {
            return None;
        }
        let (ids, is_single) = match request.path.as_slice() {
            [_, _, record] => (vec![record.clone()], true),
            [_, _] => {
                let query = url::form_urlencoded::parse(request.query.as_bytes());
                let named = query.filter(|(name, _)| name.starts_with("records"));
                (named.map(|(_, id)| Cow::into_owned(id)).collect(), false)
            }
            _ => return None,
        };
        let are_records = ids.iter().all(|id| id.parse::<RecordId>().is_ok());
        (are_records && !ids.is_empty()).then_some(Self { ids, is_single })
    }

    /// Asks which of them are still there.
    fn list(&self, request: &Request) -> Request {
        let path = [&request.path[0], &request.path[1], "listRecords"];
        let body = json!({"filterByFormula": any_record(&self.ids)});
        Request::with_body(Method::POST, &path, &body).of_class(request.class)
    }

    /// What Airtable would have answered.
    fn done(&self) -> String {
        let gone = self.ids.iter().map(|id| json!({"id": id, "deleted": true}));
        let gone: Vec<_> = gone.collect();
        match (self.is_single, gone.as_slice()) {
            (true, [one]) => one.to_string(),
            _ => json!({"records": gone}).to_string(),
        }
    }
}
