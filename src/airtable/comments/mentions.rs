use std::collections::{BTreeMap, HashMap};

use crate::contracts::{Mention, Person};
use crate::platform::ids::UserId;

/// Bytes of what a mention may be by; no address is longer.
const LONGEST: usize = 320;

/// A text whose mentions are by id, and who they are.
pub(super) struct Resolved {
    pub(super) text: String,
    pub(super) mentioned: BTreeMap<String, Mention>,
}

/// Finds the people that a text mentions as `@[usr…]` or `@[somebody@example.org]`; the address becomes the id, and
/// what names nobody stays as it is.
pub(super) fn resolve(text: &str, people: &[Person]) -> Resolved {
    let mut resolved = Resolved {
        text: String::with_capacity(text.len()),
        mentioned: BTreeMap::new(),
    };
    let mut named = None;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("@[") {
        resolved.text.push_str(before);
        resolved.text.push_str("@[");
        rest = after;
        let Some((name, behind)) = after.split_once(']') else {
            break;
        };
        if name.len() > LONGEST {
            continue;
        }
        let named = named.get_or_insert_with(|| Named::of(people));
        if let Some(person) = named.find(name) {
            let id = person.id.to_string();
            resolved.text.push_str(&id);
            resolved.text.push(']');
            resolved.mentioned.insert(id, mention(person));
            rest = behind;
        }
    }
    resolved.text.push_str(rest);
    resolved
}

/// People by what a mention calls them.
struct Named<'p> {
    by_id: HashMap<UserId, &'p Person>,
    by_address: HashMap<String, &'p Person>,
}

impl<'p> Named<'p> {
    fn of(people: &'p [Person]) -> Self {
        let address = |person: &'p Person| (person.email.to_lowercase(), person);
        Self {
            by_id: people.iter().map(|person| (person.id, person)).collect(),
            by_address: people.iter().map(address).collect(),
        }
    }

    fn find(&self, name: &str) -> Option<&'p Person> {
        match name.parse::<UserId>() {
            Ok(id) => self.by_id.get(&id).copied(),
            Err(_) => self.by_address.get(&name.to_lowercase()).copied(),
        }
    }
}

fn mention(person: &Person) -> Mention {
    Mention {
        kind: "user".to_owned(),
        id: person.id,
        display_name: person.name.clone(),
        email: person.email.clone(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn people() -> Vec<Person> {
        [("ann@example.org", "Ann"), ("bo@example.org", "Bo")]
            .iter()
            .enumerate()
            .map(|(number, (email, name))| Person {
                id: UserId::from_number(number as u128 + 1),
                email: (*email).to_owned(),
                name: (*name).to_owned(),
            })
            .collect()
    }

    #[test]
    fn people_are_mentioned_by_id_and_by_address() {
        let people = people();
        let ann = people[0].id;
        let bo = people[1].id;
        let text = format!("@[{ann}] and @[Bo@Example.org], see @[{ann}]!");
        let resolved = resolve(&text, &people);
        assert_eq!(
            resolved.text,
            format!("@[{ann}] and @[{bo}], see @[{ann}]!")
        );
        let names: Vec<&str> = resolved
            .mentioned
            .values()
            .map(|mention| mention.display_name.as_str())
            .collect();
        assert_eq!(names, ["Ann", "Bo"]);
    }

    #[test]
    fn what_names_nobody_stays_as_it_is() {
        let people = people();
        let ann = people[0].id;
        let untouched = [
            "no mention",
            "a@[b",
            "@[]",
            "@[usr00000000000000]",
            "@[nobody@example.org] @[ugp00000000000000]",
            "mail ann@example.org",
        ];
        for text in untouched {
            let resolved = resolve(text, &people);
            assert_eq!(resolved.text, text);
            assert!(resolved.mentioned.is_empty(), "{text}");
        }
        // An open bracket before it does not hide a mention.
        let resolved = resolve("@[ @[ann@example.org]", &people);
        assert_eq!(resolved.text, format!("@[ @[{ann}]"));
    }

    proptest! {
        #[test]
        fn resolving_twice_changes_nothing_more(text in "(@\\[|\\]|ann@example\\.org|bo@example\\.org|[a@\\[ é])*") {
            let once = resolve(&text, &people());
            let twice = resolve(&once.text, &people());
            prop_assert_eq!(&once.text, &twice.text);
            prop_assert_eq!(once.mentioned, twice.mentioned);
        }
    }
}
