//! Passwords: which are accepted, and how they are hashed and checked.

mod hasher;
mod policy;

pub(crate) use hasher::{PasswordHasher, Verdict};
pub(crate) use policy::check_password;
