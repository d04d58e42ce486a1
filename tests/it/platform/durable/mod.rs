mod claims;
mod control;
#[cfg(feature = "fault-points")]
mod faults;
mod gate;
mod group;
mod jobs;
mod limits;
mod model;
mod recovery;
mod retries;
mod script;
mod side_by_side;
mod undo;
