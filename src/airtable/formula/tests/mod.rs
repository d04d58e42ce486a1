mod cases;
mod errors;
mod hostile;
mod programs;
mod table;

pub(super) use table::{NOW, Table, table};
