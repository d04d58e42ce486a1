//! Files by what is in them: the blobs of each tenant in a folder of its own, named by their SHA-256.

mod error;
mod hash;
mod store;
mod upload;

pub use error::Error;
pub use hash::Hash;
pub use store::{Blob, Files};
pub use upload::Upload;
