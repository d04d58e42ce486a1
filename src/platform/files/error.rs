use std::io;

/// A file cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is larger than whoever takes it allows.
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
    /// The disk has no room for it.
    #[error("the disk is full")]
    Full(#[source] io::Error),
    /// There is no such file.
    #[error("the file is not in the store")]
    Missing,
    /// The folder cannot be used.
    #[error("failed to use the folder of files")]
    Folder(#[source] io::Error),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full(error),
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Folder(error),
        }
    }
}
