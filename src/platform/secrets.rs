//! The instance key: given by a setting, or made at first start and kept in a file; only used to derive other keys.

use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::private;
use super::settings::Settings;

const KEY_BYTES: usize = 32;
const FILE: &str = "instance.key";
const SETTING: &str = "security.key";

/// The instance key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The file cannot be read or made.
    #[error("failed to use the key file {path}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is no key of ours.
    #[error("the key file {0} must hold exactly 32 bytes; restore it from a backup")]
    Length(PathBuf),
    /// The setting is no key.
    #[error("{SETTING} must be {} hexadecimal digits; make one with `openssl rand -hex 32`", KEY_BYTES * 2)]
    Setting,
}

/// Derives keys for one purpose each from the instance key; cheap to clone.
#[derive(Clone)]
pub struct Secrets {
    key: Arc<SecretBox<[u8; KEY_BYTES]>>,
    origin: Arc<str>,
}

impl Secrets {
    /// The key of the settings, else `instance.key` in the data directory, made (mode 0600) when there is none.
    pub fn open(settings: &Settings) -> Result<Self, SecretsError> {
        match &settings.security.key {
            Some(key) => Self::from_setting(key),
            None => Self::from_folder(&settings.data_dir),
        }
    }

    /// Where the key comes from: a setting or a file.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    fn from_setting(key: &SecretString) -> Result<Self, SecretsError> {
        let key = unhex(key.expose_secret()).ok_or(SecretsError::Setting)?;
        Ok(Self::new(key, SETTING))
    }

    fn new(key: [u8; KEY_BYTES], origin: impl Into<Arc<str>>) -> Self {
        Self {
            key: Arc::new(SecretBox::new(Box::new(key))),
            origin: origin.into(),
        }
    }

    fn from_folder(data_dir: &Path) -> Result<Self, SecretsError> {
        let path = data_dir.join(FILE);
        let failed = |source| SecretsError::File {
            path: path.clone(),
            source,
        };
        match read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            bytes => return Self::from_bytes(&bytes.map_err(failed)?, &path),
        }
        create(data_dir, &path).map_err(failed)?;
        Self::from_bytes(&read(&path).map_err(failed)?, &path)
    }

    fn from_bytes(bytes: &[u8], path: &Path) -> Result<Self, SecretsError> {
        let key = bytes
            .try_into()
            .map_err(|_| SecretsError::Length(path.to_owned()))?;
        Ok(Self::new(key, path.display().to_string()))
    }

    /// A key of 32 bytes for one named purpose, such as `identity.access_token.v1`.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        hmac_sha256(self.key.expose_secret(), purpose.as_bytes())
    }
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(KEY_BYTES);
    // One byte more than wanted shows a file that is too long without reading all of it.
    let file = std::fs::File::open(path)?;
    private::close(path)?;
    file.take(KEY_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Links a complete temporary file into place, so that two starting processes agree on the first key.
fn create(data_dir: &Path, path: &Path) -> std::io::Result<()> {
    private::make_dir(data_dir)?;
    let mut key = [0_u8; KEY_BYTES];
    getrandom::fill(&mut key).map_err(std::io::Error::other)?;
    let temporary = data_dir.join(format!(".{FILE}.{}", super::ids::BootId::fresh()));
    let mut file = private::options().create_new(true).open(&temporary)?;
    file.write_all(&key)?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&temporary, path);
    std::fs::remove_file(&temporary)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// HMAC-SHA-256 (RFC 2104).
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    const BLOCK: usize = 64;
    let mut block = [0_u8; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&sha256(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let mut inner = Sha256::new();
    inner.update(block.map(|byte| byte ^ 0x36));
    inner.update(message);
    let mut outer = Sha256::new();
    outer.update(block.map(|byte| byte ^ 0x5c));
    outer.update(inner.finalize());
    outer.finalize().into()
}

/// SHA-256.
pub fn sha256(data: &[u8]) -> [u8; 32] {
    Sha256::digest(data).into()
}

/// SHA-256 in lower-case hexadecimal digits, for storing what must be found but not read.
pub fn sha256_hex(data: &[u8]) -> String {
    hex(&sha256(data))
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |index: u8| char::from(DIGITS[usize::from(index)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// The 32 bytes that so many hexadecimal digits write.
pub fn unhex(digits: &str) -> Option<[u8; KEY_BYTES]> {
    let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16)?).ok();
    let pair = |pair: &[u8]| Some(digit(pair[0])? << 4 | digit(pair[1])?);
    let bytes = digits.as_bytes();
    let is_whole = bytes.len() == KEY_BYTES * 2;
    let bytes: Option<Vec<u8>> = bytes.chunks_exact(2).map(pair).collect();
    bytes?.try_into().ok().filter(|_| is_whole)
}

/// Compares in a time that depends on the lengths alone.
pub fn equal(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_matches_rfc_4231() {
        let mac = hmac_sha256(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(
            hex(&mac),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let long = hmac_sha256(
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
        );
        assert_eq!(
            hex(&long),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn starting_processes_agree_on_one_private_key() {
        let dir = tempfile::tempdir().unwrap();
        let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
            let open = || Secrets::from_folder(dir.path()).unwrap().derive("test");
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        let again = Secrets::from_folder(dir.path()).unwrap();
        assert_ne!(keys[0], again.derive("other"));
        let files: Vec<_> = std::fs::read_dir(dir.path()).unwrap().collect();
        assert_eq!(files.len(), 1, "no temporary file may be left");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let metadata = std::fs::metadata(dir.path().join(FILE)).unwrap();
            assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_key_file_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE), b"short").unwrap();
        assert!(matches!(
            Secrets::from_folder(dir.path()),
            Err(SecretsError::Length(_))
        ));
    }

    #[test]
    fn a_key_moves_from_its_file_to_the_setting() {
        let dir = tempfile::tempdir().unwrap();
        let of_file = Secrets::from_folder(dir.path()).unwrap();
        let digits = hex(&std::fs::read(dir.path().join(FILE)).unwrap());
        let of_setting = Secrets::from_setting(&digits.as_str().into()).unwrap();
        assert_eq!(of_file.derive("test"), of_setting.derive("test"));
        for wrong in [
            "",
            "ab",
            &digits[1..],
            &format!("{digits}ab"),
            &"x".repeat(64),
        ] {
            let read = Secrets::from_setting(&SecretString::from(wrong));
            assert!(matches!(read, Err(SecretsError::Setting)), "{wrong:?}");
        }
    }
}
