//! What people say about records.

mod change;
mod count;
mod emoji;
mod mentions;
mod react;
mod service;
