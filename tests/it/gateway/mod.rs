mod documents;
mod headers;
mod health;
mod limits;
mod paths;
mod settings;
mod stop;
#[cfg(feature = "web-ui")]
mod ui;
