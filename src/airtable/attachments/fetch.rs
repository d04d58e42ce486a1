use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::DbErr;
use serde_json::{Value, json};

use super::super::service::Airtable;
use super::super::store::{self, AttachmentRow, StoredFile};
use super::inspect;
use super::settle::Wanted;
use super::thumbnails;
use crate::contracts::{BaseError, BaseErrorKind};
use crate::platform::durable::{AtOnce, Class, Fault, Policy, Run, Step, StepError};
use crate::platform::files;
use crate::platform::ids::TenantId;
use crate::platform::jobs::{Job, input, unavailable};
use crate::platform::outbound::{self, Method, StatusCode, Streamed};

pub(super) const KIND: &str = "airtable.attachment";
/// With the delays below, the last attempt is made within about half an hour.
const MOST_ATTEMPTS: i64 = 7;
const FIRST_DELAY: Duration = Duration::from_secs(30);
const LONGEST_DELAY: Duration = Duration::from_secs(1800);
const WINDOW: Duration = Duration::from_secs(24 * 3600);
/// What an attempt takes beside fetching.
const BESIDE: Duration = Duration::from_secs(120);
/// Servers that do not answer must not hold up the other runs of everybody.
const AT_ONCE: u32 = 4;
const MOST_REDIRECTS: u8 = 3;

/// Completes attachments: fetches the files of those given by URL, makes thumbnails, and tells their cells.
pub(in crate::airtable) struct Fetches(pub(in crate::airtable) Arc<Airtable>);

/// Why there is no file.
#[derive(Debug)]
struct Failure {
    code: &'static str,
    message: String,
    may_pass: bool,
}

#[async_trait]
impl Job for Fetches {
    fn kind(&self) -> &str {
        KIND
    }

    /// What was fetched twice is kept once, and a cell that is complete is not changed.
    fn class(&self) -> Class {
        Class::BlindResend
    }

    fn policy(&self) -> Policy {
        Policy {
            first: FIRST_DELAY,
            cap: LONGEST_DELAY,
            // The last attempt ends well, by noting why there is no file.
            attempts: MOST_ATTEMPTS + 1,
            window: WINDOW,
            attempt: self.0.platform.settings.files.fetch_timeout + BESIDE,
            holds: true,
        }
    }

    fn at_once(&self) -> AtOnce {
        AtOnce {
            of_a_name: Some(1),
            of_a_tenant: Some(AT_ONCE),
        }
    }

    async fn run(&self, run: &Run, step: &Step) -> Result<Value, StepError> {
        let wanted: Wanted = input(run)?;
        let row = self.find(run.tenant, &wanted).await.map_err(unavailable)?;
        let Some(mut row) = row else {
            return Ok(json!({"stored": false}));
        };
        if let Some(failure) = self.complete(run.tenant, &mut row).await {
            let is_last = !failure.may_pass || step.attempts >= MOST_ATTEMPTS;
            count(if is_last { "failed" } else { "put_off" });
            if !is_last {
                return Err(StepError::Transient {
                    fault: Fault::new(failure.code, failure.message),
                    retry_after: None,
                });
            }
            tracing::info!(attachment = %row.id, reason = failure.code, "airtable.attachment_failed");
            let error = json!({"type": failure.code, "message": failure.message});
            row.error = Some(error.to_string());
        } else {
            count("stored");
        }
        let told = self.0.tell_attachment(run.tenant, &row).await;
        let stored = told.map_err(unavailable)?;
        Ok(json!({"stored": stored}))
    }
}

impl Fetches {
    async fn find(
        &self,
        tenant: TenantId,
        wanted: &Wanted,
    ) -> Result<Option<AttachmentRow>, DbErr> {
        let tx = self.0.platform.db.read(tenant).await?;
        store::find_attachment(&tx, wanted.attachment).await
    }

    /// Brings the file and its thumbnails; what went wrong otherwise.
    async fn complete(&self, tenant: TenantId, row: &mut AttachmentRow) -> Option<Failure> {
        if row.file.is_none() {
            match self.bring(tenant, row).await {
                Ok(file) => row.file = Some(file),
                Err(failure) => return Some(failure),
            }
            row.error = None;
        }
        let file = row.file.as_mut()?;
        if file.thumbnails.is_some() || !inspect::is_shown_inline(&file.media_type) {
            return None;
        }
        match thumbnails::make(&self.0, tenant, file).await {
            Ok(made) => file.thumbnails = serde_json::to_string(&made).ok(),
            Err(error) => return Some(Failure::from(error)),
        }
        None
    }

    async fn bring(&self, tenant: TenantId, row: &AttachmentRow) -> Result<StoredFile, Failure> {
        let source = row.source.clone().unwrap_or_default();
        if let Some(file) = self.copied(tenant, row).await? {
            return Ok(file);
        }
        let limit = self.0.platform.settings.files.fetch_timeout;
        let fetched = tokio::time::timeout(limit, self.fetch(tenant, &source)).await;
        fetched.unwrap_or(Err(outbound::Error::Timeout.into()))
    }

    /// The file behind a link of this instance to another attachment of the same tenant.
    async fn copied(
        &self,
        tenant: TenantId,
        row: &AttachmentRow,
    ) -> Result<Option<StoredFile>, Failure> {
        let engine = &self.0;
        let url = row.source.as_deref().unwrap_or_default();
        // It must have been good when it was written, which may be a while ago.
        let Some(target) = engine.signer.read(url, row.made_at) else {
            return Ok(None);
        };
        if target.tenant != tenant {
            return Ok(None);
        }
        let tx = engine.platform.db.read(tenant).await?;
        let other = store::find_attachment(&tx, target.attachment).await?;
        let other = other.filter(|other| other.base == target.base);
        Ok(other.and_then(|other| other.file))
    }

    async fn fetch(&self, tenant: TenantId, url: &str) -> Result<StoredFile, Failure> {
        let engine = &self.0;
        let settings = &engine.platform.settings.files;
        let room = engine.room_for_files(tenant).await?;
        let most = room.min(settings.fetch_limit as u64);
        let request = engine.platform.http.request(Method::GET, url);
        let mut answer = request.follow(MOST_REDIRECTS).open(most).await?;
        check_status(&answer)?;
        let declared = header(&answer, "content-type");
        let mut upload = engine.platform.files.begin(tenant, most).await?;
        while let Some(chunk) = answer.chunk().await? {
            upload.write(&chunk).await?;
        }
        Ok(engine
            .keep_file(tenant, upload, declared.as_deref())
            .await?)
    }
}

fn header(answer: &Streamed, name: &str) -> Option<String> {
    let value = answer.headers().get(name)?;
    value.to_str().ok().map(str::to_owned)
}

fn check_status(answer: &Streamed) -> Result<(), Failure> {
    let status = answer.status();
    if status == StatusCode::OK {
        return Ok(());
    }
    let passing = [
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::TOO_EARLY,
    ];
    Err(Failure {
        code: "bad_status",
        message: format!("the server answered with status {}", status.as_u16()),
        may_pass: status.is_server_error() || passing.contains(&status),
    })
}

fn count(outcome: &'static str) {
    metrics::counter!("airtable_attachments_total", "outcome" => outcome).increment(1);
}

impl From<outbound::Error> for Failure {
    fn from(error: outbound::Error) -> Self {
        let may_pass = matches!(
            error,
            outbound::Error::Timeout | outbound::Error::ConnectFailed | outbound::Error::Broken
        );
        Self {
            code: error.code(),
            message: error.to_string(),
            may_pass,
        }
    }
}

impl From<files::Error> for Failure {
    fn from(error: files::Error) -> Self {
        match error {
            files::Error::TooLarge(_) => outbound::Error::TooLarge.into(),
            files::Error::Full(_) => Self {
                code: "storage_full",
                message: "the server has no room for the file".to_owned(),
                may_pass: true,
            },
            error => Self::of_ours(&error),
        }
    }
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Self::of_ours(&error)
    }
}

impl From<BaseError> for Failure {
    fn from(error: BaseError) -> Self {
        match error.kind {
            BaseErrorKind::QuotaReached => Self {
                code: "quota_reached",
                message: "the files of this tenant take all the room they may".to_owned(),
                may_pass: false,
            },
            BaseErrorKind::StorageFull => Self {
                code: "storage_full",
                message: "the server has no room for the file".to_owned(),
                may_pass: true,
            },
            _ => Self::of_ours(&error),
        }
    }
}

impl Failure {
    /// A failure of this server, which its users cannot mend.
    fn of_ours(error: &dyn std::error::Error) -> Self {
        tracing::warn!(error = %error, "airtable.attachment_put_off");
        Self {
            code: "unavailable",
            message: "the server could not keep the file".to_owned(),
            may_pass: true,
        }
    }
}
