//! Secrets that are handed out once: made here, kept as their hash.

use rand::RngCore;
use sha2::{Digest, Sha256};

/// A new secret of 160 bits, safe in a URL.
pub fn new_token(rng: &mut impl RngCore) -> String {
    let mut bytes = [0u8; 20];
    rng.fill_bytes(&mut bytes);
    hex(&bytes)
}

/// What is kept of a secret. The secret is long and random, so a plain hash
/// cannot be guessed back.
pub fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.trim().as_bytes()))
}

/// What a page says of a text that it has shown, so that nobody writes over what
/// somebody else wrote since. White space around it does not matter.
pub fn stamp(text: &str) -> String {
    hash(text)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
