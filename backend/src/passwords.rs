//! Passwords: what one must be, and how it is hashed and compared.
//!
//! Not here: counting wrong ones; see `throttle`.

use std::fmt;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use argon2::password_hash::{Output, PasswordHash, PasswordHasher, Salt, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use rand::TryRngCore;
use rand::rngs::OsRng;
use tokio::sync::Semaphore;

use crate::error::{Error, Problem, Result};

/// Characters that a password has at least.
pub const AT_LEAST: usize = 12;

/// Bytes that a password has at most.
pub const AT_MOST: usize = 256;

/// What keeps a person from choosing this password.
pub(crate) fn problem(password: &str, email: &str, name: &str) -> Option<Problem> {
    let is = |known: &str| password.trim().to_lowercase() == known.trim().to_lowercase();
    let what = if password.chars().count() < AT_LEAST {
        "Use at least 12 characters; a few words in a row do well."
    } else if password.len() > AT_MOST {
        "Use at most 256 bytes."
    } else if is(email) || is(name) {
        "Choose a password that is neither your e-mail nor your name."
    } else {
        return None;
    };
    Some(Problem::new("password", what))
}

/// What is kept of a password: an Argon2id hash with its salt.
///
/// The salt comes from the operating system: it decides nothing but that two
/// equal passwords do not look equal.
pub async fn hash(password: &str) -> Result<String> {
    let password = password.to_owned();
    GATE.run(move || hash_now(&password)).await?
}

/// Whether this is the password that was kept. Takes as long where nothing
/// was kept, so that the time does not tell who exists.
pub async fn verify(password: &str, kept: Option<&str>) -> Result<bool> {
    let password = password.to_owned();
    let known = kept.is_some();
    let kept = kept.unwrap_or(NOBODYS).to_owned();
    let _comparing = Comparing::begin();
    let is_right = GATE.run(move || verify_now(&password, &kept)).await??;
    Ok(is_right && known)
}

/// A hash that takes the work of a real one, and is no password's.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmUuLg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// 19 MiB, two passes, one lane: the least that OWASP advises.
fn argon2id() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("the three numbers are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_now(password: &str) -> Result<String> {
    let mut salt = [0; 16];
    OsRng.try_fill_bytes(&mut salt).expect("the operating system has randomness");
    let salt = SaltString::encode_b64(&salt).expect("16 bytes are a salt");
    let hash = argon2id().hash_password(password.as_bytes(), &salt);
    Ok(hash.map_err(|error| Error::Corrupt(format!("password: {error}")))?.to_string())
}

fn verify_now(password: &str, kept: &str) -> Result<bool> {
    let corrupt = |why: &dyn fmt::Display| Error::Corrupt(format!("password hash: {why}"));
    let kept = PasswordHash::new(kept).map_err(|why| corrupt(&why))?;
    let (Some(salt), Some(expected)) = (kept.salt, kept.hash) else {
        return Err(corrupt(&"no salt or no hash"));
    };
    let mut bytes = [0; Salt::MAX_LENGTH];
    let salt = salt.decode_b64(&mut bytes).map_err(|why| corrupt(&why))?;
    let params = Params::try_from(&kept).map_err(|why| corrupt(&why))?;
    let n_blocks = params.block_count();
    let argon2id = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut output = vec![0; expected.len()];

    let mut memory = lock_memory().pop().unwrap_or_default();
    memory.resize(n_blocks.max(memory.len()), Block::default());
    let hashed = argon2id.hash_password_into_with_memory(
        password.as_bytes(),
        salt,
        &mut output,
        &mut memory[..n_blocks],
    );
    lock_memory().push(memory);

    hashed.map_err(|why| corrupt(&why))?;
    let output = Output::new(&output).map_err(|why| corrupt(&why))?;
    // Compared in a time that tells nothing.
    Ok(output == expected)
}

/// What passwords are compared in, kept for the next one while somebody waits:
/// each thread that gave back so much at a time would leave it with the
/// allocator for a while.
static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

fn lock_memory() -> MutexGuard<'static, Vec<Vec<Block>>> {
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner)
}

static N_COMPARING: AtomicUsize = AtomicUsize::new(0);

/// Somebody whose password is compared, or who waits for that.
struct Comparing;

impl Comparing {
    fn begin() -> Comparing {
        N_COMPARING.fetch_add(1, Ordering::Relaxed);
        Comparing
    }
}

impl Drop for Comparing {
    /// The last gives the memory back.
    fn drop(&mut self) {
        if N_COMPARING.fetch_sub(1, Ordering::Relaxed) == 1 {
            *lock_memory() = Vec::new();
        }
    }
}

/// Two at a time, or one where there is one processor, leave the processors to
/// those who sit a test, and 64 more may wait, about a second.
static GATE: LazyLock<Gate> = LazyLock::new(|| {
    let n_processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    Gate::new(n_processors.min(2), 64)
});

/// Lets few in at once, some wait, and sends the rest away.
struct Gate {
    places: Semaphore,
    permits: Semaphore,
}

impl Gate {
    const fn new(at_once: usize, waiting: usize) -> Gate {
        Gate { places: Semaphore::const_new(at_once + waiting), permits: Semaphore::const_new(at_once) }
    }

    /// The work keeps its place when the one who asked goes away: it runs on.
    async fn run<T: Send + 'static>(&'static self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        #[cfg(test)]
        let _ = N_WORKED.try_with(|n| n.set(n.get() + 1));
        let Ok(place) = self.places.try_acquire() else {
            return Err(Error::TooManyTries { retry_after: Duration::from_secs(2) });
        };
        let permit = self.permits.acquire().await.expect("the gate is never closed");
        let done = tokio::task::spawn_blocking(move || {
            let _held = (place, permit);
            work()
        });
        Ok(done.await.expect("hashing does not panic"))
    }
}

#[cfg(test)]
tokio::task_local! {
    /// How often a test has had something hashed or compared.
    pub(crate) static N_WORKED: std::cell::Cell<u32>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_recognised_by_its_hash_alone() {
        let kept = hash("correct horse battery").await.unwrap();

        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(verify("correct horse battery", Some(&kept)).await.unwrap());
        assert!(!verify("Correct horse battery", Some(&kept)).await.unwrap());
        assert_ne!(kept, hash("correct horse battery").await.unwrap());
    }

    #[tokio::test]
    async fn t32_nobody_has_a_password_and_it_takes_the_same_work_to_say_so() {
        let kept = hash("correct horse battery").await.unwrap();
        // Whatever the work depends on; the letters of salt and hash are not of it.
        let work = |text: &str| {
            let hash = PasswordHash::new(text).unwrap();
            let lengths = (hash.salt.map(|salt| salt.len()), hash.hash.map(|hash| hash.len()));
            (hash.algorithm.to_string(), hash.version, hash.params.to_string(), lengths)
        };

        assert_eq!(work(NOBODYS), work(&kept));
        for password in ["wrong horse battery", "", "nobody is here.."] {
            assert!(!verify(password, None).await.unwrap());
        }
    }

    #[test]
    fn a_password_is_long_enough_and_not_known_to_everybody() {
        let cases = [
            ("elevenchars", false),
            ("twelve chars", true),
            ("äöüäöüäöüäöü", true),
            ("ada.lovelace@example.org", false),
            ("ADA AUGUSTA LOVELACE", false),
        ];
        for (password, fits) in cases {
            let found = problem(password, "ada.lovelace@example.org", "Ada Augusta Lovelace");
            assert_eq!(found.is_none(), fits, "{password}");
        }
        assert!(problem(&"x".repeat(256), "", "").is_none());
        assert!(problem(&"x".repeat(257), "", "").is_some());
    }

    #[tokio::test]
    async fn who_finds_the_queue_full_is_sent_away_at_once() {
        static NARROW: Gate = Gate::new(1, 1);
        let (open, opened) = std::sync::mpsc::channel::<()>();
        let inside = tokio::spawn(NARROW.run(move || opened.recv()));
        let waiting = tokio::spawn(NARROW.run(|| ()));
        while NARROW.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }

        assert!(matches!(NARROW.run(|| ()).await, Err(Error::TooManyTries { .. })));

        open.send(()).unwrap();
        inside.await.unwrap().unwrap().unwrap();
        waiting.await.unwrap().unwrap();
        assert!(NARROW.run(|| ()).await.is_ok());
    }
}
