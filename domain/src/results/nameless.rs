//! Numbers in the place of names.

use std::collections::{BTreeSet, HashMap};

use sha2::{Digest, Sha256};

/// Numbers from 1 for some keys. Their order follows from the keys alone and
/// has nothing to do with when somebody did something, or with any name.
pub fn nameless<'k>(keys: impl IntoIterator<Item = &'k str>) -> HashMap<&'k str, u32> {
    let shuffled: BTreeSet<(Vec<u8>, &str)> =
        keys.into_iter().map(|key| (Sha256::digest(key).to_vec(), key)).collect();
    shuffled.into_iter().map(|(_, key)| key).zip(1..).collect()
}
