//! Reads the settings from all layers; every fault is collected, none is guessed away.

mod assemble;
mod faults;
mod files;
mod inputs;
mod keys;
mod layers;
mod parse;

pub use faults::{Fault, Faults};
pub use inputs::Inputs;
pub use keys::{KEYS, Key};

use super::Settings;

/// One key with the value that counts.
#[derive(Clone, Debug)]
pub struct Effective {
    /// Dotted path, such as `server.listen`.
    pub key: &'static Key,
    /// The value as text; a secret is only said to be set or not.
    pub value: String,
    /// Where it comes from, such as `default` or `env DATABASE_URL`.
    pub origin: String,
}

/// Settings that were read without a fault.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// Every key with its value and where it comes from, in the order of the table.
    pub effective: Vec<Effective>,
}

/// Reads all layers; what it returns depends on the inputs and the files they name alone.
pub fn load(inputs: Inputs) -> Result<Loaded, Faults> {
    let mut faults = Faults::default();
    let layers = layers::collect(&inputs, &mut faults);
    let settings = assemble::settings(&layers, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Loaded {
        settings,
        effective: layers.effective(),
    })
}
