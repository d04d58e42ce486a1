use std::fmt;

/// One thing wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The key at fault, or what stands in its place.
    pub key: String,
    /// Where the value comes from, such as `env PYAIRTABLE__SERVER__LISTEN`.
    pub origin: String,
    /// What is wrong; never the value of a secret.
    pub message: String,
}

/// Everything wrong with the settings.
#[derive(Clone, Debug, Default, thiserror::Error)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Adds one.
    pub(super) fn push(
        &mut self,
        key: impl Into<String>,
        origin: impl Into<String>,
        message: impl Into<String>,
    ) {
        let (key, origin, message) = (key.into(), origin.into(), message.into());
        self.0.push(Fault {
            key,
            origin,
            message,
        });
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The faults in the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the settings have {} fault(s)", self.0.len())?;
        for fault in &self.0 {
            write!(
                formatter,
                "\n  {} (from {}): {}",
                fault.key, fault.origin, fault.message
            )?;
        }
        Ok(())
    }
}
