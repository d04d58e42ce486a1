use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::client::Bearer;
use super::offers::Offer;
use super::relay::lost;
use super::request::{Answer, Effect, Request};
use super::typed::answered;
use crate::airtable::Airtable;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, TableSchema};
use crate::platform::ids::{BaseId, TenantId};
use crate::platform::outbound::{Method, StatusCode};

/// The tables of a base, as Airtable tells them.
#[derive(Deserialize)]
pub(in crate::airtable) struct Tables {
    pub(in crate::airtable) tables: Vec<TableSchema>,
}

/// Asks for the tables of a base.
pub(in crate::airtable) fn tables_of(base: BaseId) -> Request {
    Request::get(&["meta", "bases", &base.to_string(), "tables"])
}

impl Airtable {
    /// What Airtable itself answers to a request of this instance, which does no harm when it is sent again: a question,
    /// or the making of a webhook, of which one too many ends by itself.
    pub(in crate::airtable) async fn asked_at<T: DeserializeOwned>(
        &self,
        tenant: TenantId,
        offer: &Offer,
        request: &Request,
    ) -> BaseResult<T> {
        let bearer = self.bearer_of(tenant, offer).await?;
        let answer = self.asked_with(&bearer, request).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            let message = "Airtable accepts the token of this base's connection no more";
            return Err(BaseError::new(BaseErrorKind::Forbidden, message));
        }
        answered(answer)
    }

    /// The same with a token, whatever the answer's status.
    pub(in crate::airtable) async fn asked_with(
        &self,
        bearer: &Bearer,
        request: &Request,
    ) -> BaseResult<Answer> {
        let is_list = request
            .path
            .last()
            .is_some_and(|part| part == "listRecords");
        let effect = match request.method == Method::GET || is_list {
            true => Effect::None,
            false => Effect::Absolute,
        };
        let sent = self.remote.send(bearer, request, effect).await;
        sent.map_err(lost)
    }
}
