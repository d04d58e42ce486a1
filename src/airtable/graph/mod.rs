//! Which computed fields a base has, what each follows from, and the order in which they are computed. No I/O, no records.

mod compile;
mod node;
mod plan;
mod resolve;
mod result;
mod views;

pub(super) use node::{Column, Gather, Node, Part, Source, Work};
pub(super) use plan::Graph;
pub(super) use resolve::{Failure, resolve};
