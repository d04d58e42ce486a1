use tokio::sync::oneshot;

use super::client::Lost;
use super::joined::Write;
use super::kept::{Freshness, Told};
use super::offers::Offer;
use super::request::{Answer, Effect, Kept, Request, Subject, subject};
use super::screen::Screened;
use super::typed::refused;
use crate::airtable::Airtable;
use crate::airtable::service::not_found;
use crate::contracts::{Actor, BaseError, BaseErrorKind, BaseResult};
use crate::platform::ids::TenantId;
use crate::platform::outbound::StatusCode;

impl Airtable {
    /// Sends what a client of `/v0` asks of an offered base to Airtable, or answers from what was kept.
    pub(in crate::airtable) async fn relay(
        &self,
        actor: &Actor,
        request: &Request,
        freshness: Freshness,
    ) -> BaseResult<Told> {
        let subject = subject_of(request)
            .ok_or_else(|| BaseError::new(BaseErrorKind::NotFound, "no such path"))?;
        let offer = self.offer(actor, subject.base, subject.permission).await?;
        let offer = offer.ok_or_else(not_found)?;
        let screened = Box::pin(self.screened(actor.tenant, &offer, request)).await?;
        let Some(Screened { request, reply }) = screened else {
            return self.sent(actor, offer, (request, subject), freshness).await;
        };
        let subject = subject_of(&request).ok_or_else(not_found)?;
        let told = self
            .sent(actor, offer, (&request, subject), freshness)
            .await?;
        Ok(Told {
            answer: reply.tell(told.answer)?,
            ..told
        })
    }

    async fn sent(
        &self,
        actor: &Actor,
        offer: Offer,
        (request, subject): (&Request, Subject),
        freshness: Freshness,
    ) -> BaseResult<Told> {
        let sent = match subject.kept {
            Some(kept) => {
                let asked = self.kept(actor.tenant, &offer, (request, kept), freshness);
                Box::pin(asked).await?
            }
            None => {
                // It goes on when the client leaves, so that nobody reads what was kept before it.
                let (engine, request) = (self.shared(), request.clone());
                let tenant = actor.tenant;
                let write = async move {
                    let sent = engine.write_at(tenant, &offer, (&request, &subject));
                    sent.await
                };
                self.apart("airtable.relay", write).await?
            }
        };
        sent.map_err(lost).and_then(accepted)
    }

    /// The answer to a change of this instance itself, whatever its status.
    pub(in crate::airtable) async fn changed_at(
        &self,
        tenant: TenantId,
        offer: &Offer,
        request: &Request,
    ) -> BaseResult<Answer> {
        let subject = subject_of(request).ok_or_else(not_found)?;
        let sent = self.write_at(tenant, offer, (request, &subject)).await?;
        let told = sent.map_err(lost).and_then(accepted)?;
        match told.answer.status {
            StatusCode::OK => Ok(told.answer),
            status => Err(refused(status, &told.answer.body)),
        }
    }

    /// Does something to its end, though nobody may wait for it any more.
    pub(in crate::airtable) async fn apart<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl Future<Output = BaseResult<T>> + Send + 'static,
    ) -> BaseResult<T> {
        let (answer, answered) = oneshot::channel();
        self.tasks.spawn(name, async move {
            // Who left hears nothing.
            let _ = answer.send(work.await);
        });
        answered.await.map_err(BaseError::internal)?
    }

    /// What was kept of the base is forgotten before the caller hears of the change.
    async fn write_at(
        &self,
        tenant: TenantId,
        offer: &Offer,
        (request, subject): (&Request, &Subject),
    ) -> BaseResult<Result<Told, Lost>> {
        let bearer = self.bearer_of(tenant, offer).await?;
        let sent = match Write::read(request, subject) {
            Some(write) => self.write_joined(&bearer, offer, write).await,
            None => self.remote.send(&bearer, request, subject.effect).await,
        };
        let sent = match sent {
            Ok(answer) => Ok(self.settled_deletion(&bearer, request, answer).await),
            lost => lost,
        };
        if subject.effect != Effect::None {
            self.forget_pages(tenant, offer, Kept::Records).await;
            // With typecast, a record may bring a new choice.
            self.forget_pages(tenant, offer, Kept::Schema).await;
        }
        Ok(sent.map(|answer| Told {
            answer,
            age: None,
            is_stale: false,
        }))
    }
}

fn subject_of(request: &Request) -> Option<Subject> {
    subject(&request.method, &request.path, &request.body)
}

/// What a client is told when there is no answer of Airtable.
pub(super) fn lost(lost: Lost) -> BaseError {
    match lost {
        Lost::Crowded(crowded) => BaseError::new(
            BaseErrorKind::TooOften {
                seconds: crowded.seconds,
            },
            "More requests wait for this base than Airtable takes in time",
        ),
        Lost::Unavailable => BaseError::new(
            BaseErrorKind::Unavailable,
            "Airtable does not answer right now",
        ),
        Lost::Unknown => BaseError::new(
            BaseErrorKind::Unanswered,
            "Airtable did not answer, so that this write may have been made or not: look before you repeat it",
        ),
        Lost::Refused(error) => BaseError {
            source: Some(error.into()),
            ..BaseError::new(
                BaseErrorKind::Unavailable,
                "This instance may not call airtable.api_url; its outbound settings say so",
            )
        },
    }
}

/// A token that Airtable takes no more is not the caller's.
pub(super) fn accepted(told: Told) -> BaseResult<Told> {
    if told.answer.status != StatusCode::UNAUTHORIZED {
        return Ok(told);
    }
    let message = "Airtable accepts the token of this base's connection no more; an admin of the workspace can renew it";
    Err(BaseError::new(BaseErrorKind::Forbidden, message))
}
