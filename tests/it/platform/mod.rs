mod durable;
mod events;
mod files;
mod letters;
mod migrations;
mod recorder;
mod retention;
mod vault;
