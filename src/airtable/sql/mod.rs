//! SQL over a base: its tables in a private SQLite in memory, filled with what a statement needs, which can only read.

mod column;
mod engine;
mod fault;
mod fill;
mod functions;
mod guard;
mod image;
mod layout;
mod pool;
mod run;
#[cfg(test)]
mod tests;
mod turns;
mod watch;

pub(super) use engine::Engine;
pub(super) use layout::Layout;
