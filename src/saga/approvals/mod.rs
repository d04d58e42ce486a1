//! Questions to people before something is changed.

mod answer;
mod ask;
mod seal;
