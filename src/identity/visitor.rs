use std::net::IpAddr;

/// Longest remembered name of a client, in characters.
const LONGEST_CLIENT: usize = 200;

/// Where a sign-in comes from.
pub(crate) struct Visitor {
    pub(crate) address: Option<IpAddr>,
    pub(crate) client: String,
}

impl Visitor {
    /// Takes what the client calls itself, cut to what is worth showing.
    pub(crate) fn new(address: Option<IpAddr>, client: &str) -> Self {
        let shown = client.chars().filter(|character| !character.is_control());
        Self {
            address,
            client: shown.take(LONGEST_CLIENT).collect(),
        }
    }
}
