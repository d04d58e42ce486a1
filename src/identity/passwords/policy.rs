use crate::identity::error::Error;

const LONGEST_PASSWORD: usize = 256;
const SHORTEST_PASSWORD: usize = 12;
const LONGEST_REPEATED_UNIT: usize = 4;
/// A word anybody would try is no harm among so many other characters.
const FEWEST_OWN_CHARACTERS: usize = 12;

const SEQUENCES: [&str; 4] = [
    "012345678901234567890123456789",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1234567890qwertyuiopasdfghjklzxcvbnm",
];

/// Refuses what is too short, too long or among the first guesses of anybody.
pub(crate) fn check_password(password: &str, local_part: &str) -> Result<(), Error> {
    let length = password.chars().count();
    if length < SHORTEST_PASSWORD {
        return Err(Error::WeakPassword("must have at least 12 characters"));
    }
    if length > LONGEST_PASSWORD {
        return Err(Error::WeakPassword("must have at most 256 characters"));
    }
    let lowered = password.to_lowercase();
    if leans_on(&lowered, local_part) {
        return Err(Error::WeakPassword(
            "must not be built on your e-mail address",
        ));
    }
    if leans_on(&lowered, "pyairtable") || leans_on(&lowered, "password") {
        return Err(Error::WeakPassword(
            "must not be built on the product's name or the word password",
        ));
    }
    if is_repetition(&lowered) || is_sequence(&lowered) {
        return Err(Error::WeakPassword(
            "must not be one repetition or sequence",
        ));
    }
    Ok(())
}

/// Whether the password holds the word and little beside it; one-letter names would refuse everything.
fn leans_on(lowered: &str, word: &str) -> bool {
    let word = word.to_lowercase();
    if word.chars().count() < 4 || !lowered.contains(&word) {
        return false;
    }
    lowered.replace(&word, "").chars().count() < FEWEST_OWN_CHARACTERS
}

fn is_repetition(lowered: &str) -> bool {
    let characters: Vec<char> = lowered.chars().collect();
    (1..=LONGEST_REPEATED_UNIT).any(|unit| {
        characters
            .iter()
            .zip(characters.iter().skip(unit))
            .all(|(left, right)| left == right)
    })
}

fn is_sequence(lowered: &str) -> bool {
    let backwards: String = lowered.chars().rev().collect();
    SEQUENCES
        .iter()
        .any(|sequence| sequence.contains(lowered) || sequence.contains(&backwards))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_unguessable_passwords_of_any_characters_pass() {
        let mixed: String = ('\u{100}'..).take(256).collect();
        for good in [
            "correct horse battery",
            "🦀🌍🎉🔑🍋🚀🎲🧩🛶🌵🎻🧭",
            " leading and trailing ",
            &mixed,
        ] {
            assert!(check_password(good, "ada").is_ok(), "{good:?}");
        }
    }

    #[test]
    fn first_guesses_are_refused() {
        let too_long = "ab c".repeat(65);
        let bad = [
            "elevenchars",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "123456789012",
            "abcdefghijkl",
            "lkjhgfdsapoi",
            "Password1234",
            "pyairtable123",
            "lovelace2026",
            &too_long,
        ];
        for password in bad {
            assert!(
                check_password(password, "lovelace").is_err(),
                "{password:?}"
            );
        }
    }
}
