use super::error::Error;

/// Longest name of a person, workspace or key, in characters.
pub(crate) const LONGEST_NAME: usize = 100;
/// Longest e-mail address, in characters.
pub(crate) const LONGEST_EMAIL: usize = 254;

/// A name for people to read: 1 to 100 characters, no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Checks and trims a name; the error tells of `field`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Error> {
        let trimmed = text.trim_matches([' ', '\n']);
        if trimmed.is_empty() || trimmed.chars().any(is_control) {
            return Err(Error::invalid(
                field,
                "must have at least one visible character and no control characters",
            ));
        }
        if text.chars().count() > LONGEST_NAME {
            return Err(Error::invalid(
                field,
                format!("must have at most {LONGEST_NAME} characters"),
            ));
        }
        Ok(Self(trimmed.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An e-mail address in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Checks and lowers an address.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let lowered = text.trim_matches([' ', '\n']).to_lowercase();
        let (local, domain) = lowered.split_once('@').unwrap_or_default();
        let clean = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c > ' ' && c != '@' && !is_control(c))
        };
        if !clean(local) || !clean(domain) || text.chars().count() > LONGEST_EMAIL {
            return Err(Error::invalid("email", "must be an e-mail address"));
        }
        Ok(Self(lowered))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.split('@').next().unwrap_or_default()
    }
}

fn is_control(character: char) -> bool {
    character < ' ' || character == '\u{7f}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(Name::parse("name", "  Ada  ").unwrap().as_str(), "Ada");
        assert!(Name::parse("name", &"ä".repeat(100)).is_ok());
        for bad in ["", "   ", "a\u{0}b", "a\tb", &"a".repeat(101)] {
            assert!(Name::parse("name", bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn addresses_are_lowered_and_need_two_parts() {
        assert_eq!(
            EmailAddress::parse("Ada@Example.COM").unwrap().as_str(),
            "ada@example.com"
        );
        assert_eq!(
            EmailAddress::parse("ada@localhost").unwrap().local_part(),
            "ada"
        );
        for bad in ["", "ada", "@b", "a@", "a@b@c", "a b@c", "a@b\u{0}c"] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad:?}");
        }
    }
}
