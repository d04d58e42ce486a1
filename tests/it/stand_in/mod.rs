mod control;
mod faults;
mod ledger;
mod limits;
