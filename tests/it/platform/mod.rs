mod events;
mod migrations;
