use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use tokio::sync::Semaphore;

use crate::identity::error::Error;

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How hashes of today's parameters begin.
const CURRENT: &str = "$argon2id$v=19$m=19456,t=2,p=1$";
/// Checked where there is no hash, so that unknown people cost as much as known ones; nothing hashes to zeros.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The password is right.
    Right,
    /// Right, but hashed with parameters of the past.
    RightButOld,
    /// Wrong, or there is none.
    Wrong,
}

/// Hashes and checks passwords, at most one a core at a time, off the request threads.
#[derive(Clone)]
pub(crate) struct PasswordHasher {
    permits: Arc<Semaphore>,
}

impl PasswordHasher {
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            permits: Arc::new(Semaphore::new(cores)),
        }
    }

    /// A salted hash with its parameters, in PHC form.
    pub(crate) async fn hash(&self, password: String) -> Result<String, Error> {
        self.run(move || {
            let hash = argon2()?
                .hash_password(password.as_bytes())
                .map_err(Error::internal)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Compares with a stored hash; the work is the same when there is none.
    pub(crate) async fn verify(
        &self,
        password: String,
        stored: Option<String>,
    ) -> Result<Verdict, Error> {
        self.run(move || {
            let hash = stored.as_deref().unwrap_or(DECOY);
            let parsed = PasswordHash::new(hash).map_err(Error::internal)?;
            let matches = argon2()?
                .verify_password(password.as_bytes(), &parsed)
                .is_ok();
            Ok(
                match (matches && stored.is_some(), hash.starts_with(CURRENT)) {
                    (false, _) => Verdict::Wrong,
                    (true, true) => Verdict::Right,
                    (true, false) => Verdict::RightButOld,
                },
            )
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let permit = self
            .permits
            .clone()
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        let work = move || {
            // The permit lives as long as the work, even when the request is gone.
            let _permit = permit;
            work()
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(Error::internal)?
    }
}

fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn passwords_equal_in_the_first_72_bytes_differ() {
        let hasher = PasswordHasher::new();
        let common = "x".repeat(72);
        let stored = hasher.hash(format!("{common}one")).await.unwrap();
        assert!(stored.starts_with(CURRENT));
        let check = |end: &str| hasher.verify(format!("{common}{end}"), Some(stored.clone()));
        assert_eq!(check("one").await.unwrap(), Verdict::Right);
        assert_eq!(check("two").await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_missing_hash_matches_nothing_and_an_old_one_is_noticed() {
        let hasher = PasswordHasher::new();
        assert_eq!(
            hasher.verify(String::new(), None).await.unwrap(),
            Verdict::Wrong
        );
        let params = Params::new(8192, 1, 1, None).unwrap();
        let old = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let stored = old.hash_password(b"correct horse").unwrap().to_string();
        let verdict = hasher
            .verify("correct horse".to_owned(), Some(stored))
            .await
            .unwrap();
        assert_eq!(verdict, Verdict::RightButOld);
    }
}
