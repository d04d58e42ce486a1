//! Webhooks: what of a base's change log their payloads tell, and the pings that say there are some.

mod broken;
mod definitions;
mod maker;
mod past;
mod payload;
mod ping;
#[cfg(test)]
mod properties;
mod records;
mod specification;
mod subscription;
mod value;
mod watch;

pub(super) use maker::Maker;
pub(super) use payload::{ErrorCode, error_payload};
pub(super) use ping::Pings;
pub(super) use specification::{DataType, Specification};
pub(super) use subscription::{Changes, announce};
pub(super) use watch::Watch;
