//! The metadata endpoints below `/v0/meta`.

pub(super) mod bases;
pub(super) mod fields;
pub(super) mod tables;
pub(super) mod views;
pub(super) mod whoami;
