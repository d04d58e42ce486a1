mod cases;
mod errors;
mod hostile;
mod programs;
mod shown;
mod table;

pub(super) use shown::render;
pub(super) use table::{NOW, Table, table};
