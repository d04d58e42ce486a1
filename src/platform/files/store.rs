use std::io::{self, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{Stream, try_unfold};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::error::Error;
use super::hash::Hash;
use super::upload::Upload;
use crate::platform::clock::Millis;
use crate::platform::ids::TenantId;
use crate::platform::private;

const CHUNK: u64 = 64 * 1024;
const INCOMING: &str = "incoming";

/// The store of files; cheap to clone.
#[derive(Clone)]
pub struct Files(Arc<Path>);

/// A file that can be read.
pub struct Blob {
    file: tokio::fs::File,
    size: u64,
}

impl Files {
    /// The store in a folder, which is made when the first file comes.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into().into())
    }

    /// Takes a new file in, of so many bytes at most; nobody sees it before it is kept.
    pub async fn begin(&self, tenant: TenantId, most: u64) -> Result<Upload, Error> {
        let (folder, incoming) = (self.folder(tenant), self.0.join(INCOMING));
        apart(move || {
            private::make_dir(&incoming)?;
            private::make_dir(&folder)?;
            Upload::begin(&incoming, folder, most)
        })
        .await
    }

    /// A file of a tenant.
    pub async fn open(&self, tenant: TenantId, hash: Hash) -> Result<Blob, Error> {
        let file = tokio::fs::File::open(self.path(tenant, hash)).await?;
        let size = file.metadata().await?.len();
        Ok(Blob { file, size })
    }

    /// Where a file of a tenant lies, for readers that need it whole and seek in it.
    pub fn path(&self, tenant: TenantId, hash: Hash) -> PathBuf {
        place(&self.folder(tenant), hash)
    }

    /// Removes the files of a tenant that nobody wants and that came, or came again, before a time; answers how
    /// many.
    pub async fn sweep(
        &self,
        tenant: TenantId,
        before: Millis,
        is_wanted: impl Fn(Hash) -> bool + Send + 'static,
    ) -> Result<usize, Error> {
        let folder = self.folder(tenant);
        apart(move || {
            let mut removed = 0;
            for shelf in list(&folder)? {
                for path in list(&shelf)? {
                    let hash = path
                        .file_name()
                        .and_then(|name| name.to_str()?.parse().ok());
                    if hash.is_some_and(|hash| !is_wanted(hash)) && is_older(&path, before)? {
                        std::fs::remove_file(&path)?;
                        removed += 1;
                    }
                }
            }
            Ok(removed)
        })
        .await
    }

    /// The tenants that have or had files.
    pub async fn tenants(&self) -> Result<Vec<TenantId>, Error> {
        let root = self.0.clone();
        apart(move || {
            let names = list(&root)?.into_iter();
            let tenant = |path: PathBuf| path.file_name()?.to_str()?.parse().ok();
            Ok(names.filter_map(tenant).collect())
        })
        .await
    }

    /// Removes what uploads left that broke off before a time.
    pub async fn sweep_incoming(&self, before: Millis) -> Result<usize, Error> {
        let incoming = self.0.join(INCOMING);
        apart(move || {
            let mut removed = 0;
            for path in list(&incoming)? {
                if is_older(&path, before)? {
                    std::fs::remove_file(&path)?;
                    removed += 1;
                }
            }
            Ok(removed)
        })
        .await
    }

    fn folder(&self, tenant: TenantId) -> PathBuf {
        self.0.join(tenant.to_string())
    }
}

/// Where a file lies in the folder of its tenant: a folder with all of them would be slow to list.
pub(super) fn place(folder: &Path, hash: Hash) -> PathBuf {
    let name = hash.to_string();
    folder.join(&name[..2]).join(name)
}

fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match std::fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn is_older(path: &Path, before: Millis) -> io::Result<bool> {
    let modified = match std::fs::metadata(path) {
        Ok(metadata) => metadata.modified()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Millis::try_from(since.as_millis()).is_ok_and(|modified| modified < before))
}

impl Blob {
    /// Its length in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The bytes of a range, chunk by chunk.
    pub async fn read(
        mut self,
        range: Range<u64>,
    ) -> Result<impl Stream<Item = io::Result<Bytes>>, Error> {
        self.file.seek(SeekFrom::Start(range.start)).await?;
        let left = range.end.saturating_sub(range.start);
        Ok(try_unfold((self.file, left), next_chunk))
    }
}

type Reading = (tokio::fs::File, u64);

async fn next_chunk((mut file, left): Reading) -> io::Result<Option<(Bytes, Reading)>> {
    let size = usize::try_from(left.min(CHUNK)).unwrap_or_default();
    if size == 0 {
        return Ok(None);
    }
    let mut chunk = BytesMut::zeroed(size);
    let read = file.read(&mut chunk).await?;
    if read == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    chunk.truncate(read);
    Ok(Some((chunk.freeze(), (file, left - read as u64))))
}

/// Does what blocks where it holds up nobody.
pub(super) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(io::Error::other)??)
}
