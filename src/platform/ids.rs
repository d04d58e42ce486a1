//! Typed, prefixed, time-sortable identifiers in Airtable's 17-character form.

use std::cell::RefCell;
use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BODY: usize = 14;
/// Low bits left for randomness once the millisecond has its 42 bits of the 83 that 14 characters hold.
const RANDOM_BITS: u32 = 41;

/// A text is not an identifier of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed {0} id")]
pub struct ParseIdError(&'static str);

static LAST_MILLISECOND: AtomicU64 = AtomicU64::new(0);

/// A body that sorts after every body made earlier in this process.
#[expect(
    clippy::disallowed_methods,
    reason = "ids sort by when they were made, whatever a test's clock says"
)]
fn fresh_body() -> [u8; BODY] {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| {
            u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
        });
    let random = u128::from(random_u64()) & ((1 << RANDOM_BITS) - 1);
    // The clock is stretched to 1/16 ms so that a batch made inside one millisecond keeps its order.
    let wanted = now << 4;
    let previous = LAST_MILLISECOND
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
            Some(wanted.max(last + 1))
        })
        .unwrap_or(wanted);
    let tick = wanted.max(previous + 1);
    encode((u128::from(tick) << (RANDOM_BITS - 4)) | (random >> 4))
}

/// Randomness fetched for many ids at once: each visit to the operating system costs more than an id.
const STOCK: usize = 256;

thread_local! {
    static RANDOM: RefCell<(usize, [u8; STOCK])> = const { RefCell::new((STOCK, [0; STOCK])) };
}

fn random_u64() -> u64 {
    RANDOM.with_borrow_mut(|(used, stock)| {
        if *used == STOCK {
            getrandom::fill(stock).expect("the operating system provides randomness");
            *used = 0;
        }
        let next = *used + size_of::<u64>();
        let mut bytes = [0; size_of::<u64>()];
        bytes.copy_from_slice(&stock[*used..next]);
        *used = next;
        u64::from_le_bytes(bytes)
    })
}

fn encode(mut value: u128) -> [u8; BODY] {
    let mut body = [b'0'; BODY];
    for slot in body.iter_mut().rev() {
        *slot = ALPHABET[(value % 62) as usize];
        value /= 62;
    }
    body
}

/// Text of `length` random base-62 characters, fit for secrets.
pub fn random_text(length: usize) -> String {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut bytes = [0_u8; 64];
        getrandom::fill(&mut bytes).expect("the operating system provides randomness");
        // 248 is the largest multiple of 62 in a byte; values above it would bias the alphabet.
        let unbiased = bytes.iter().filter(|byte| **byte < 248);
        text.extend(unbiased.map(|byte| char::from(ALPHABET[usize::from(byte % 62)])));
    }
    text.truncate(length);
    text
}

macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; BODY]);

        impl $name {
            /// The three letters every such id begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A new id that sorts after all earlier ones of this process.
            pub fn fresh() -> Self {
                Self(fresh_body())
            }

            /// The id that sorts before every other.
            pub const MIN: Self = Self([b'0'; BODY]);

            /// The 14 characters after the prefix.
            pub fn body(&self) -> &str {
                std::str::from_utf8(&self.0).expect("an id body is ASCII")
            }

            /// The id made of `PREFIX` and the given number, for deterministic data.
            pub fn from_number(number: u128) -> Self {
                Self(encode(number))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str($prefix)?;
                formatter.write_str(self.body())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, formatter)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let body = text.strip_prefix($prefix).ok_or(ParseIdError(stringify!($name)))?;
                let body: [u8; BODY] =
                    body.as_bytes().try_into().map_err(|_| ParseIdError(stringify!($name)))?;
                let clean = body.iter().all(u8::is_ascii_alphanumeric);
                clean.then_some(Self(body)).ok_or(ParseIdError(stringify!($name)))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "[0-9A-Za-z]{14}$")))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )*};
}

id_types! {
    /// A tenant: the wall that no data crosses.
    TenantId = "ten";
    /// A workspace inside a tenant.
    WorkspaceId = "wsp";
    /// A person.
    UserId = "usr";
    /// An API key (not its secret).
    ApiKeyId = "key";
    /// A browser or client session.
    SessionId = "ses";
    /// A base.
    BaseId = "app";
    /// A table of a base.
    TableId = "tbl";
    /// A field of a table.
    FieldId = "fld";
    /// A view of a table.
    ViewId = "viw";
    /// A record of a table.
    RecordId = "rec";
    /// A choice of a select field.
    ChoiceId = "sel";
    /// An attachment in a cell.
    AttachmentId = "att";
    /// A comment on a record.
    CommentId = "com";
    /// A webhook of a base.
    WebhookId = "ach";
    /// A connection to an account at Airtable.
    ConnectionId = "con";
    /// A domain event.
    EventId = "evt";
    /// One commit's worth of record changes.
    TransactionId = "trx";
    /// Writes that belong together and are undone together.
    ChangeSetId = "chg";
    /// A question to a person before something is changed.
    ApprovalId = "apr";
    /// A durable run.
    RunId = "run";
    /// One start of this process.
    BootId = "bot";
    /// One request, as sent back in `X-Request-Id`.
    RequestId = "req";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_ids_sort_in_the_order_they_were_made() {
        let ids: Vec<RecordId> = (0..10_000).map(|_| RecordId::fresh()).collect();
        assert!(ids.is_sorted());
        let mut texts: Vec<String> = ids.iter().map(RecordId::to_string).collect();
        assert!(texts.is_sorted());
        texts.dedup();
        assert_eq!(texts.len(), 10_000);
    }

    #[test]
    fn text_form_round_trips_and_foreign_prefixes_are_refused() {
        let id = BaseId::fresh();
        assert_eq!(id.to_string().len(), 17);
        assert_eq!(id.to_string().parse::<BaseId>(), Ok(id));
        assert!(id.to_string().parse::<TableId>().is_err());
        assert!("app123".parse::<BaseId>().is_err());
        assert!("app1234567890123-".parse::<BaseId>().is_err());
    }
}
