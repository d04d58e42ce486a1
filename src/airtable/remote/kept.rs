use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::client::Lost;
use super::offers::Offer;
use super::request::{Answer, Kept, Request};
use crate::airtable::Airtable;
use crate::contracts::BaseResult;
use crate::platform::cache::CacheKey;
use crate::platform::clock::Millis;
use crate::platform::ids::{RequestId, TenantId};
use crate::platform::outbound::StatusCode;
use crate::platform::secrets::sha256_hex;

/// The links to attachments in an answer end two hours after Airtable made it.
const LONGEST: Duration = Duration::from_secs(100 * 60);
/// Airtable forgets the place of a page after some minutes.
const LONGEST_OF_LATER_PAGE: Duration = Duration::from_secs(120);

/// Which kept answers a caller takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::airtable) enum Freshness {
    /// Those that are not too old by the settings.
    Usual,
    /// None, with `Cache-Control: no-cache`.
    New,
}

/// An answer, and where it comes from.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct Told {
    pub(in crate::airtable) answer: Answer,
    /// How old it is, where it was kept.
    pub(in crate::airtable) age: Option<Duration>,
    /// Whether it is older than the settings allow, since Airtable does not answer.
    pub(in crate::airtable) is_stale: bool,
}

/// A kept answer.
#[derive(Clone, Serialize, Deserialize)]
struct Page {
    at: Millis,
    content_type: String,
    #[serde(serialize_with = "as_text", deserialize_with = "from_text")]
    body: Bytes,
}

fn as_text<S: Serializer>(body: &Bytes, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&String::from_utf8_lossy(body))
}

fn from_text<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
    String::deserialize(from).map(Bytes::from)
}

/// Names a kept answer.
struct PageKey(String);

impl CacheKey for PageKey {
    const SPACE: &'static str = "airtable.remote";
    const TTL: Duration = LONGEST;
    type Value = Page;

    fn key(&self) -> String {
        self.0.clone()
    }
}

/// Names the age of all kept answers of a base: with another one they are not found any more.
struct EpochKey(String);

impl CacheKey for EpochKey {
    const SPACE: &'static str = "airtable.remote_epoch";
    const TTL: Duration = Duration::from_secs(24 * 3600);
    type Value = String;

    fn key(&self) -> String {
        self.0.clone()
    }
}

impl EpochKey {
    fn new(tenant: TenantId, offer: &Offer, kept: Kept) -> Self {
        let Offer {
            base, connection, ..
        } = offer;
        Self(format!("{tenant}/{connection}/{base}/{kept:?}"))
    }
}

/// Why there is no page that could be kept.
enum Missed {
    Lost(Lost),
    /// Not 200; what it says is for who asked.
    Told(Answer),
}

impl Airtable {
    /// A kept answer, or a new one, which is asked for once by all who want it at the same time.
    pub(super) async fn kept(
        &self,
        tenant: TenantId,
        offer: &Offer,
        (request, kept): (&Request, Kept),
        freshness: Freshness,
    ) -> BaseResult<Result<Told, Lost>> {
        let epoch = self.epoch(tenant, offer, kept).await;
        let key = PageKey(page_key(offer, &epoch, request));
        let longest = self.max_age(kept, request);
        let asked = self.now();
        let is_good = |page: &Page| freshness == Freshness::Usual && age(page, asked) < longest;
        let bearer = self.bearer_of(tenant, offer).await?;
        // Boxed, since it is large and most answers need none of it.
        let load = Box::pin(async {
            let sent = self.fetch(&bearer, offer, request).await;
            let answer = sent.map_err(Missed::Lost)?;
            if answer.status != StatusCode::OK {
                return Err(Missed::Told(answer));
            }
            Ok(Page {
                at: self.now(),
                content_type: answer.content_type,
                body: answer.body,
            })
        });
        let found = self.platform.cache.get_good_or_load(&key, is_good, load);
        Ok(match found.await {
            Ok(page) => {
                let is_new = page.at >= asked;
                let age = (!is_new).then(|| age(&page, self.now()));
                count(if is_new { "miss" } else { "hit" });
                self.remote.note_answer(offer, !is_new);
                Ok(told(page, age, false))
            }
            Err(missed) => match self.stale(&key, &missed).await {
                Some(page) => {
                    count("stale");
                    self.remote.note_answer(offer, true);
                    let age = age(&page, self.now());
                    Ok(told(page, Some(age), true))
                }
                None => answered(&missed),
            },
        })
    }

    /// Kept answers of a base are not to be used any more.
    pub(super) async fn forget_pages(&self, tenant: TenantId, offer: &Offer, kept: Kept) {
        let key = EpochKey::new(tenant, offer, kept);
        self.platform.cache.invalidate(&key).await;
    }

    async fn epoch(&self, tenant: TenantId, offer: &Offer, kept: Kept) -> String {
        let fresh = async { Ok::<_, std::convert::Infallible>(RequestId::fresh().to_string()) };
        let key = EpochKey::new(tenant, offer, kept);
        match self.platform.cache.get_or_load(&key, fresh).await {
            Ok(epoch) => epoch,
            Err(never) => match *never {},
        }
    }

    fn max_age(&self, kept: Kept, request: &Request) -> Duration {
        let settings = &self.platform.settings.airtable;
        let longest = match kept {
            Kept::Records => settings.records_max_age,
            Kept::Schema => settings.schema_max_age,
        };
        let is_later = request.query.contains("offset=")
            || memchr::memmem::find(&request.body, b"\"offset\"").is_some();
        match is_later {
            true => longest.min(LONGEST_OF_LATER_PAGE),
            false => longest.min(LONGEST),
        }
    }

    /// An older answer, where Airtable gives none and the settings allow it.
    async fn stale(&self, key: &PageKey, missed: &Missed) -> Option<Page> {
        let is_down = match missed {
            Missed::Lost(lost) => !matches!(lost, Lost::Refused(_)),
            Missed::Told(answer) => {
                answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS
            }
        };
        let longest = self.platform.settings.airtable.stale_while_down;
        let page = self.platform.cache.peek(key).await?;
        (is_down && age(&page, self.now()) < longest).then_some(page)
    }
}

/// What is asked, whatever the order in which it is said.
fn page_key(offer: &Offer, epoch: &str, request: &Request) -> String {
    let mut query: Vec<(String, String)> = url::form_urlencoded::parse(request.query.as_bytes())
        .into_owned()
        .collect();
    // The order of equal names counts, as in lists.
    query.sort_by(|one, two| one.0.cmp(&two.0));
    let parts = (
        offer.connection,
        epoch,
        request.method.as_str(),
        &request.path,
        query,
        String::from_utf8_lossy(&request.body),
    );
    let text = serde_json::to_string(&parts).unwrap_or_default();
    sha256_hex(text.as_bytes())
}

fn age(page: &Page, now: Millis) -> Duration {
    Duration::from_millis(u64::try_from(now - page.at).unwrap_or(0))
}

fn told(page: Page, age: Option<Duration>, is_stale: bool) -> Told {
    Told {
        answer: Answer {
            status: StatusCode::OK,
            content_type: page.content_type,
            body: page.body,
            waited: Duration::ZERO,
            is_again: false,
        },
        age,
        is_stale,
    }
}

fn answered(missed: &Arc<Missed>) -> Result<Told, Lost> {
    match &**missed {
        Missed::Lost(lost) => Err(*lost),
        Missed::Told(answer) => Ok(Told {
            answer: answer.clone(),
            age: None,
            is_stale: false,
        }),
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("airtable_remote_cache_total", "outcome" => outcome).increment(1);
}
