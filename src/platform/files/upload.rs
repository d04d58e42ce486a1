use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use super::error::Error;
use super::hash::Hash;
use super::store::{apart, place};
use crate::platform::ids::BootId;
use crate::platform::private;

/// As much of its beginning as tells the type of a file.
const HEAD: usize = 8192;

/// A file on its way in; dropped, it never was.
pub struct Upload {
    file: tokio::fs::File,
    temporary: Temporary,
    folder: PathBuf,
    digest: Sha256,
    head: Vec<u8>,
    size: u64,
    most: u64,
}

/// Removes the file when it is dropped.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // A file that has been moved to its place is not here any more.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Upload {
    pub(super) fn begin(incoming: &Path, folder: PathBuf, most: u64) -> io::Result<Self> {
        let temporary = Temporary(incoming.join(BootId::fresh().to_string()));
        let file = private::options().create_new(true).open(&temporary.0)?;
        Ok(Self {
            file: tokio::fs::File::from_std(file),
            temporary,
            folder,
            digest: Sha256::new(),
            head: Vec::new(),
            size: 0,
            most,
        })
    }

    /// Adds bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.size += bytes.len() as u64;
        if self.size > self.most {
            return Err(Error::TooLarge(self.most));
        }
        let missing = HEAD - self.head.len();
        self.head.extend(bytes.iter().take(missing));
        self.digest.update(bytes);
        Ok(self.file.write_all(bytes).await?)
    }

    /// Its first bytes, as many as tell its type.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Its length so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Puts it on the disk and in its place; one that is there already comes again.
    pub async fn keep(mut self) -> Result<Hash, Error> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        let hash = Hash(self.digest.finalize().into());
        let (temporary, folder) = (self.temporary, self.folder);
        apart(move || {
            let place = place(&folder, hash);
            let shelf = place.parent().unwrap_or(&folder);
            private::make_dir(shelf)?;
            // Over one that is there too: it has the same bytes, and is as young as this from now on.
            std::fs::rename(&temporary.0, &place)?;
            // The name must be on the disk as well as the bytes.
            std::fs::File::open(shelf)?.sync_all()?;
            std::fs::File::open(&folder)?.sync_all()
        })
        .await?;
        Ok(hash)
    }
}
