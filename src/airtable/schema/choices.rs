use super::types::{Choice, Choices};
use crate::platform::ids::ChoiceId;

/// The colours that new choices take in turn.
const CYCLE: [&str; 10] = [
    "blueLight2",
    "cyanLight2",
    "tealLight2",
    "greenLight2",
    "yellowLight2",
    "orangeLight2",
    "redLight2",
    "pinkLight2",
    "purpleLight2",
    "grayLight2",
];
const HUES: [&str; 10] = [
    "blue", "cyan", "teal", "green", "yellow", "orange", "red", "pink", "purple", "gray",
];
const SHADES: [&str; 4] = ["Light2", "Light1", "Bright", "Dark1"];

/// Up to here a scan of the list is quicker than hashing an id.
const SCAN_LIMIT: usize = 16;

impl Choices {
    /// The choices in this order; of two with one name the first is found by it.
    pub(crate) fn new(list: Vec<Choice>) -> Self {
        let by_id = list
            .iter()
            .enumerate()
            .map(|(rank, choice)| (choice.id, rank))
            .collect();
        let named = list.iter().enumerate().rev();
        let by_name = named
            .map(|(rank, choice)| (choice.name.clone(), rank))
            .collect();
        Self {
            list,
            by_id,
            by_name,
        }
    }

    /// The place of a choice in the order.
    pub(crate) fn rank(&self, id: ChoiceId) -> Option<usize> {
        if self.list.len() <= SCAN_LIMIT {
            return self.list.iter().position(|choice| choice.id == id);
        }
        self.by_id.get(&id).copied()
    }

    /// The choice with this id.
    pub(crate) fn get(&self, id: ChoiceId) -> Option<&Choice> {
        self.rank(id).and_then(|rank| self.list.get(rank))
    }

    /// The choice with exactly this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Choice> {
        self.by_name.get(name).and_then(|rank| self.list.get(*rank))
    }

    /// These choices and those not yet among them, with the ids of all the names in their order.
    pub(crate) fn with_new(&self, names: &[String]) -> (Self, Vec<ChoiceId>) {
        let mut all = self.clone();
        let ids = names.iter().map(|name| all.named_or_new(name)).collect();
        (all, ids)
    }

    fn named_or_new(&mut self, name: &str) -> ChoiceId {
        if let Some(known) = self.named(name) {
            return known.id;
        }
        let rank = self.list.len();
        let color = Some(cycled_color(rank).to_owned());
        let choice = Choice {
            id: ChoiceId::fresh(),
            name: name.to_owned(),
            color,
        };
        let id = choice.id;
        self.by_id.insert(id, rank);
        self.by_name.insert(name.to_owned(), rank);
        self.list.push(choice);
        id
    }
}

/// The colour of a new choice at this place.
pub(super) fn cycled_color(rank: usize) -> &'static str {
    CYCLE[rank % CYCLE.len()]
}

/// Whether Airtable has a choice colour of this name.
pub(super) fn is_choice_color(text: &str) -> bool {
    SHADES
        .iter()
        .filter_map(|shade| text.strip_suffix(shade))
        .any(|hue| HUES.contains(&hue))
}
