//! Finding an alert by its name, its service or what it says, typing errors
//! and all.

/// What can be found, with the words it is found by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    pub names: Vec<String>,
    pub title: String,
    pub service: String,
    /// What is wrong when it fires, in the words of the runbook.
    pub symptoms: String,
}

/// One hit: its place among what was sought, and how well it fits, up to 1; an
/// exact name is above that.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    pub n: usize,
    pub score: f64,
}

/// What fits less is not shown.
const ENOUGH: f64 = 0.55;

/// The most words of a query that count, and the longest of them in letters.
const N_WORDS: usize = 8;
const N_LETTERS: usize = 60;

/// The most words of a description that are looked at.
const N_SYMPTOMS: usize = 120;

/// Everything that fits the query, the best first. No query finds nothing.
pub fn search(query: &str, among: &[Sought]) -> Vec<Found> {
    let words = words(query);
    let words = &words[..words.len().min(N_WORDS)];
    let squeezed = squeezed(query);
    if squeezed.is_empty() {
        return Vec::new();
    }
    let scored =
        among.iter().enumerate().map(|(n, one)| Found { n, score: score(query, words, &squeezed, one) });
    let mut found: Vec<Found> = scored.filter(|found| found.score >= ENOUGH).collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.n.cmp(&b.n)));
    // Beside a name that fits, what hardly fits is noise.
    let best = found.first().map_or(0.0, |found| found.score);
    found.retain(|found| found.score >= best.min(1.0) * 0.7);
    found
}

fn score(query: &str, typed: &[String], whole: &str, one: &Sought) -> f64 {
    let query = query.trim();
    if one.names.iter().any(|name| name.eq_ignore_ascii_case(query)) {
        return 2.0;
    }
    let glued = one.names.iter().map(|name| likeness(whole, &squeezed(name))).fold(0.0, f64::max);
    let of_name: Vec<String> = one.names.iter().chain([&one.title]).flat_map(|name| words(name)).collect();
    let of_service = words(&one.service);
    let of_symptoms: Vec<String> = words(&one.symptoms).into_iter().take(N_SYMPTOMS).collect();
    let per_word = typed.iter().map(|word| {
        let best = |among: &[String]| among.iter().map(|other| alike(word, other)).fold(0.0, f64::max);
        best(&of_name).max(best(&of_service) * 0.9).max(best(&of_symptoms) * 0.85)
    });
    let n_words = typed.len().max(1) as f64;
    let together = per_word.sum::<f64>() / n_words;
    together.max(glued)
}

/// How well one typed word fits another: the same, its beginning, or nearly.
fn alike(typed: &str, word: &str) -> f64 {
    if typed == word {
        return 1.0;
    }
    let (n, m) = (typed.chars().count(), word.chars().count());
    if n >= 3 && word.starts_with(typed) {
        return 0.9;
    }
    if n < 3 || m < 3 {
        return 0.0;
    }
    let likeness = likeness(typed, word);
    if likeness >= 0.6 { likeness } else { 0.0 }
}

/// From 0, nothing in common, to 1, the same: one less the letters to be
/// changed by those of the longer one (optimal string alignment).
fn likeness(a: &str, b: &str) -> f64 {
    let a: Vec<char> = a.chars().take(N_LETTERS).collect();
    let b: Vec<char> = b.chars().take(N_LETTERS).collect();
    let longer = a.len().max(b.len());
    if longer == 0 || a.len().abs_diff(b.len()) * 2 > longer {
        return 0.0;
    }
    let distance = distance(&a, &b);
    1.0 - distance as f64 / longer as f64
}

fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before_last[j - 2] + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// `OrdersLatencyHigh` is "orders", "latency", "high".
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut was_lower = false;
    for c in text.chars() {
        if !c.is_alphanumeric() || (was_lower && c.is_uppercase()) {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase() || c.is_numeric();
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(N_LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn among() -> Vec<Sought> {
        let one = |name: &str, service: &str, symptoms: &str| Sought {
            names: vec![name.to_owned()],
            title: name.to_owned(),
            service: service.to_owned(),
            symptoms: symptoms.to_owned(),
        };
        vec![
            one("OrdersReplicationLagHigh", "Orders database", "A replica is behind the primary."),
            one("OrdersConnectionsNearLimit", "Orders database", "The pool is full; checkout waits."),
            one("KubePodCrashLooping", "Platform", "A container starts and dies again and again."),
            one("EdgeCertificateExpires", "HTTP edge", "Browsers will refuse the page."),
        ]
    }

    #[test]
    fn an_alert_is_found_by_name_service_or_symptom_whatever_is_typed() {
        for (query, first) in [
            ("OrdersReplicationLagHigh", 0),
            ("ordersreplicationlaghigh", 0),
            ("OrdersReplicatonLagHihg", 0),
            ("replcation lag", 0),
            ("lag", 0),
            ("pod crash", 2),
            ("kubepodcrashloping", 2),
            ("certifcate", 3),
            ("checkout wiats", 1),
            ("edge", 3),
            ("orders connections", 1),
        ] {
            let found = search(query, &among());
            assert_eq!(found.first().map(|found| found.n), Some(first), "{query}: {found:?}");
        }
    }

    #[test]
    fn what_fits_nothing_finds_nothing() {
        for query in ["", "  ", "zebra", "%", "x", "'; DROP TABLE runbooks"] {
            assert!(search(query, &among()).is_empty(), "{query}");
        }
    }

    #[test]
    fn a_very_long_query_is_answered_too() {
        search(&"lag ".repeat(50_000), &among());
        search(&"x".repeat(200_000), &among());
    }
}
