use crate::contracts::BaseError;

/// Why there is no telling what a transaction did.
#[derive(Debug)]
pub(in crate::airtable) enum Broken {
    /// The images are gone, because they are too old.
    Erased,
    /// The view that the webhook watches was deleted.
    ViewDeleted,
    /// The change log cannot be read.
    Unreadable(BaseError),
}

impl From<BaseError> for Broken {
    fn from(error: BaseError) -> Self {
        Self::Unreadable(error)
    }
}
