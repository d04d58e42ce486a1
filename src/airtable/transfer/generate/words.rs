//! Vocabulary of generated bases.

pub(super) const TABLES: [&str; 24] = [
    "Projects",
    "Tasks",
    "People",
    "Companies",
    "Invoices",
    "Orders",
    "Products",
    "Suppliers",
    "Campaigns",
    "Events",
    "Venues",
    "Assets",
    "Contracts",
    "Budgets",
    "Expenses",
    "Leads",
    "Tickets",
    "Releases",
    "Interviews",
    "Candidates",
    "Shipments",
    "Locations",
    "Meetings",
    "Notes",
];

pub(super) const ADJECTIVES: [&str; 20] = [
    "Quiet", "Northern", "Bright", "Second", "Open", "Annual", "Blue", "Rapid", "Local", "Global",
    "Early", "Final", "Simple", "Hidden", "Golden", "Shared", "Public", "Modern", "Spring",
    "Winter",
];

pub(super) const NOUNS: [&str; 24] = [
    "harbour",
    "launch",
    "review",
    "garden",
    "studio",
    "bridge",
    "market",
    "report",
    "platform",
    "survey",
    "workshop",
    "catalogue",
    "archive",
    "museum",
    "festival",
    "kitchen",
    "journal",
    "network",
    "factory",
    "library",
    "theatre",
    "station",
    "forest",
    "orchard",
];

pub(super) const FIRST_NAMES: [&str; 20] = [
    "Ada", "Bela", "Chen", "Dora", "Emil", "Farah", "Goran", "Hana", "Ines", "Jonas", "Kemal",
    "Lena", "Milan", "Noor", "Olga", "Pablo", "Rosa", "Selma", "Tariq", "Vera",
];

pub(super) const LAST_NAMES: [&str; 20] = [
    "Adler", "Brandt", "Costa", "Dietrich", "Eriksen", "Fischer", "Garcia", "Horvat", "Ivanova",
    "Jansen", "Keller", "Lindberg", "Moreau", "Novak", "Okafor", "Petrov", "Rossi", "Schmidt",
    "Tanaka", "Weber",
];

pub(super) const SENTENCES: [&str; 12] = [
    "Waiting for the client to confirm the dates.",
    "The first draft was well received, two remarks are still open.",
    "Prices were checked against last year's list.",
    "Needs a second look before the end of the month.",
    "Delivery was late by three days, the supplier apologised.",
    "See the meeting notes for the decision and its reasons.",
    "Everything is prepared, only the signature is missing.",
    "Moved to the next quarter because of the budget.",
    "A short call should be enough to settle this.",
    "The photos are in the shared folder.",
    "Contact them again after the holidays.",
    "Quality was better than expected at this price.",
];

pub(super) const STATES: [&str; 7] = [
    "Planned",
    "In progress",
    "Waiting",
    "In review",
    "Done",
    "Cancelled",
    "Archived",
];

pub(super) const TAGS: [&str; 12] = [
    "urgent",
    "design",
    "finance",
    "legal",
    "internal",
    "client",
    "print",
    "web",
    "travel",
    "hiring",
    "research",
    "follow-up",
];
