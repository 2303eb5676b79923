//! What is alike between a postmortem and earlier ones: "this was promised in
//! PM-4".
//!
//! Two texts are as alike as the cosine between their words, where a word that
//! few texts have weighs more than one that all have (tf-idf, smoothed, so that
//! among few texts a word that all have still counts).

use std::collections::{BTreeMap, HashMap, HashSet};

/// A text that is known already.
#[derive(Debug, Clone, Copy)]
pub struct Known<'t> {
    pub text: &'t str,
    /// The titles of what it promised.
    pub promises: &'t [String],
}

/// One known text that is alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Likeness {
    /// Its place among the known.
    pub place: usize,
    /// From 0 to 1.
    pub share: f64,
    /// The words that weigh most in it, at most five.
    pub words: Vec<String>,
    /// The places of those promises that the new text speaks of.
    pub promised: Vec<usize>,
}

/// From what share on two texts are worth showing side by side.
const FLOOR: f64 = 0.12;

/// The known texts that are like a new one, the most alike first, at most five.
pub fn similar(text: &str, known: &[Known<'_>]) -> Vec<Likeness> {
    let new = counts(text);
    let whole = whole_words(text);
    let all: Vec<BTreeMap<String, f64>> = known.iter().map(|one| counts(one.text)).collect();
    let mut n_having: HashMap<&str, usize> = HashMap::new();
    for words in all.iter().chain([&new]) {
        for word in words.keys() {
            *n_having.entry(word).or_default() += 1;
        }
    }
    let n_texts = all.len() + 1;
    let weight = |word: &str, n: f64| {
        let having = n_having.get(word).copied().unwrap_or(1);
        #[allow(clippy::cast_precision_loss)]
        let rarity = (1.0 + n_texts as f64 / having as f64).ln();
        (1.0 + n.ln()) * rarity
    };
    let length = |words: &BTreeMap<String, f64>| {
        words.iter().map(|(word, n)| weight(word, *n).powi(2)).sum::<f64>().sqrt()
    };
    let own_length = length(&new);
    let mut found: Vec<Likeness> = all
        .iter()
        .enumerate()
        .filter_map(|(place, words)| {
            let mut shared: Vec<(f64, &String)> = new
                .iter()
                .filter_map(|(word, n)| Some((weight(word, *n) * weight(word, *words.get(word)?), word)))
                .collect();
            let product = own_length * length(words);
            let share = shared.iter().map(|(weight, _)| weight).sum::<f64>()
                / if product > 0.0 { product } else { 1.0 };
            shared.sort_by(|a, b| b.0.total_cmp(&a.0));
            let promised = promised(&new, known[place].promises);
            let is_shown = share >= FLOOR || !promised.is_empty();
            is_shown.then(|| Likeness {
                place,
                share,
                words: shared.into_iter().take(5).map(|(_, word)| whole[word].clone()).collect(),
                promised,
            })
        })
        .collect();
    found.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.place.cmp(&b.place)));
    found.truncate(5);
    found
}

/// Promises most of whose words the new text has.
fn promised(new: &BTreeMap<String, f64>, promises: &[String]) -> Vec<usize> {
    let is_met = |promise: &String| {
        let words: HashSet<String> = counts(promise).into_keys().collect();
        let n_met = words.iter().filter(|word| new.contains_key(*word)).count();
        words.len() >= 2 && n_met * 3 >= words.len() * 2
    };
    promises.iter().enumerate().filter(|(_, promise)| is_met(promise)).map(|(n, _)| n).collect()
}

/// Words that say nothing about what happened.
const EMPTY: [&str; 60] = [
    "about", "after", "again", "also", "and", "another", "because", "been", "before", "being", "both",
    "could", "did", "does", "during", "each", "first", "for", "from", "had", "has", "have", "into", "its",
    "made", "more", "most", "not", "once", "one", "only", "other", "our", "out", "over", "should", "some",
    "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "through",
    "time", "until", "was", "were", "what", "when", "where", "which", "while", "with", "would",
];

/// The words of a text that say something.
fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 3);
    let says = |word: &String| !EMPTY.contains(&word.as_str()) && !word.chars().all(|c| c.is_ascii_digit());
    words.take(20_000).map(str::to_lowercase).filter(says)
}

/// How often each word stands in a text, by its stem.
fn counts(text: &str) -> BTreeMap<String, f64> {
    let mut counts = BTreeMap::new();
    for word in words(text) {
        *counts.entry(stem(&word)).or_insert(0.0) += 1.0;
    }
    counts
}

/// Each stem as the text writes it first.
fn whole_words(text: &str) -> HashMap<String, String> {
    let mut whole = HashMap::new();
    for word in words(text) {
        whole.entry(stem(&word)).or_insert(word);
    }
    whole
}

/// A word without the ending of its form, as far as that is easily told.
fn stem(word: &str) -> String {
    for ending in ["ations", "ation", "ings", "ing", "ies", "ied", "es", "ed", "s"] {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.chars().count() >= 4) {
            return stem.to_owned();
        }
    }
    word.to_owned()
}
