/// Which part of the server a path belongs to; decides error shapes, credentials and headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Surface {
    /// `/health/*`: reachable by any Host, never limited.
    Health,
    /// `/v0/*`: Airtable's API and Airtable's error bodies.
    Airtable,
    /// `/mcp`.
    Mcp,
    /// `/api/*`: our own API.
    Api,
    /// `/files/*`: what signed links lead to.
    Files,
    /// Everything else: the web UI.
    Ui,
}

impl Surface {
    /// The part a path belongs to; it must be the decoded path, which is what the router matches.
    pub(super) fn of(path: &str) -> Self {
        let first = path.split('/').nth(1).unwrap_or_default();
        match first {
            "v0" => Self::Airtable,
            "api" => Self::Api,
            "mcp" => Self::Mcp,
            "health" => Self::Health,
            "files" => Self::Files,
            _ => Self::Ui,
        }
    }

    /// Whether callers prove who they are here.
    pub(super) fn authenticates(self) -> bool {
        matches!(self, Self::Airtable | Self::Mcp | Self::Api)
    }
}
