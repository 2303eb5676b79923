//! What can be found by its words, and how words are told apart: the same on
//! both databases, which are given nothing but plain words.
//!
//! Not here: the index itself, and who may find what.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What a record is that can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Service,
    Runbook,
    Alert,
    Incident,
    Postmortem,
    Document,
    Action,
    Question,
    Person,
}

impl Kind {
    /// Those that help at night first.
    pub const ALL: [Kind; 9] = [
        Kind::Service,
        Kind::Runbook,
        Kind::Alert,
        Kind::Incident,
        Kind::Postmortem,
        Kind::Document,
        Kind::Action,
        Kind::Question,
        Kind::Person,
    ];

    /// As it is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Service => "service",
            Kind::Runbook => "runbook",
            Kind::Alert => "alert",
            Kind::Incident => "incident",
            Kind::Postmortem => "postmortem",
            Kind::Document => "document",
            Kind::Action => "action",
            Kind::Question => "question",
            Kind::Person => "person",
        }
    }

    pub fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// One of them.
    pub fn title(self) -> &'static str {
        match self {
            Kind::Service => "Service",
            Kind::Runbook => "Runbook",
            Kind::Alert => "Alert",
            Kind::Incident => "Incident",
            Kind::Postmortem => "Postmortem",
            Kind::Document => "Document",
            Kind::Action => "Action",
            Kind::Question => "Question",
            Kind::Person => "Person",
        }
    }

    /// Several of them.
    pub fn plural(self) -> &'static str {
        match self {
            Kind::Service => "Services",
            Kind::Runbook => "Runbooks",
            Kind::Alert => "Alerts",
            Kind::Incident => "Incidents",
            Kind::Postmortem => "Postmortems",
            Kind::Document => "Documents",
            Kind::Action => "Actions",
            Kind::Question => "Questions",
            Kind::Person => "People",
        }
    }

    /// Whether only leaders find it: a question would give a test away.
    pub fn is_for_leaders(self) -> bool {
        self == Kind::Question
    }
}

/// The one record that a number names which people say aloud, with its kind:
/// "inc 12" is INC-12.
pub fn numbered(text: &str) -> Option<(Kind, String)> {
    let upper = text.trim().to_uppercase();
    let kinds = [("INC", Kind::Incident), ("PM", Kind::Postmortem), ("CA", Kind::Action)];
    let (series, kind) = kinds.into_iter().find(|(series, _)| upper.starts_with(series))?;
    let n = upper[series.len()..].trim_start_matches(['-', ' ']);
    let n: u32 = n.chars().all(|c| c.is_ascii_digit()).then(|| n.parse().ok())??;
    Some((kind, format!("{series}-{n}")))
}

/// The words of a text, for the index: without case and marks, a space between
/// them. A name such as `PostgresReplicationLagHigh` stands there whole and in
/// its parts.
pub fn indexed(text: &str) -> String {
    let mut words = Vec::new();
    for written in text.split(is_between).filter(|word| !word.is_empty()) {
        let parts = parts(written);
        words.push(folded(written));
        if parts.len() > 1 {
            words.extend(parts.iter().map(|part| folded(part)));
        }
    }
    words.retain(|word| (1..=LONGEST).contains(&word.len()));
    words.join(" ")
}

/// Longer ones are no words; PostgreSQL takes at most 2046 bytes.
const LONGEST: usize = 200;

/// More words than these are left out of a question.
const WORDS_AT_MOST: usize = 8;

/// What somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sought {
    /// Each has to occur, or begin a word that does.
    pub words: Vec<String>,
}

impl Sought {
    pub fn of(text: &str) -> Sought {
        let mut words: Vec<String> = Vec::new();
        for written in text.split(is_between).filter(|word| !word.is_empty()) {
            for part in parts(written) {
                let word = folded(part);
                if (1..=LONGEST).contains(&word.len()) && !words.contains(&word) {
                    words.push(word);
                }
            }
        }
        words.truncate(WORDS_AT_MOST);
        Sought { words }
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a word also stands for longer ones that begin with it. A single
    /// letter would stand for half of everything, and 12 is not 123.
    pub fn is_beginning(word: &str) -> bool {
        word.chars().count() > 1 && !word.ends_with(char::is_numeric)
    }

    /// Whether every word occurs in a text.
    pub fn is_in(&self, text: &str) -> bool {
        let there = indexed(text);
        !self.is_empty() && self.words.iter().all(|word| there.split(' ').any(|one| fits(one, word)))
    }

    /// The part of a text around the first word that was sought, as pieces: what
    /// was sought, and what stands between. From the beginning where nothing is.
    pub fn excerpt(&self, text: &str) -> Vec<Piece> {
        let spans = spans(text);
        let hits: Vec<(usize, usize)> =
            spans.into_iter().filter(|(from, to)| self.is_sought(&text[*from..*to])).collect();
        let first = hits.first().map_or(0, |hit| hit.0);
        let from = back(text, first, BEFORE);
        let to = ahead(text, first, AFTER);
        let mut pieces = Vec::new();
        if from > 0 {
            pieces.push(Piece::between("… "));
        }
        let mut at = from;
        for (begin, end) in hits.into_iter().filter(|(begin, end)| *begin >= from && *end <= to) {
            pieces.push(Piece::between(&text[at..begin]));
            pieces.push(Piece { text: text[begin..end].to_owned(), is_sought: true });
            at = end;
        }
        pieces.push(Piece::between(&text[at..to]));
        if to < text.len() {
            pieces.push(Piece::between(" …"));
        }
        pieces.retain(|piece| !piece.text.is_empty());
        pieces
    }

    /// The whole text in pieces.
    pub fn marked(&self, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut at = 0;
        for (begin, end) in spans(text).into_iter().filter(|(from, to)| self.is_sought(&text[*from..*to])) {
            pieces.push(Piece::between(&text[at..begin]));
            pieces.push(Piece { text: text[begin..end].to_owned(), is_sought: true });
            at = end;
        }
        pieces.push(Piece::between(&text[at..]));
        pieces.retain(|piece| !piece.text.is_empty());
        pieces
    }

    fn is_sought(&self, written: &str) -> bool {
        indexed(written).split(' ').any(|one| self.words.iter().any(|word| fits(one, word)))
    }
}

/// Some letters around the first hit, before and after.
const BEFORE: usize = 60;
const AFTER: usize = 180;

/// A piece of an excerpt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub is_sought: bool,
}

impl Piece {
    fn between(text: &str) -> Piece {
        Piece { text: text.to_owned(), is_sought: false }
    }
}

/// Markdown as one reads it in a line: without its signs and without what
/// stands before it for programs, and with one space between words. What is a
/// sign and what is text is guessed.
pub fn plain(text: &str) -> String {
    let mut plain = String::new();
    for line in without_front(text).lines() {
        let line = line.trim_start_matches(['#', '>', ' ', '\t', '|']);
        for word in line.split_whitespace().filter(|word| !is_sign(word)) {
            if !plain.is_empty() {
                plain.push(' ');
            }
            plain.push_str(&word.replace("**", "").replace('`', ""));
        }
    }
    plain
}

/// What follows the front matter, if there is one.
fn without_front(text: &str) -> &str {
    let after = |fence: &str| {
        let rest = text.strip_prefix(fence)?.strip_prefix('\n')?;
        let end = format!("\n{fence}\n");
        Some(&rest[rest.find(&end)? + end.len()..])
    };
    after("+++").or_else(|| after("---")).unwrap_or(text)
}

/// Nothing but signs: a rule, a bullet, a border of a table.
fn is_sign(word: &str) -> bool {
    word.chars().all(|sign| matches!(sign, '-' | '*' | '=' | '|' | '+' | '_' | ':' | '`' | '#' | '>' | '~'))
}

fn is_between(c: char) -> bool {
    !c.is_alphanumeric() && !is_combining_mark(c)
}

fn fits(one: &str, word: &str) -> bool {
    if Sought::is_beginning(word) { one.starts_with(word) } else { one == word }
}

/// Without case and marks: `Zażółć` is `zazolc`.
fn folded(written: &str) -> String {
    let mut folded = String::with_capacity(written.len());
    for c in written.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ı' => folded.push('i'),
            c if c.is_alphanumeric() => folded.push(c),
            _ => {}
        }
    }
    folded
}

/// A name in its parts: where small letters are followed by a capital one, and
/// before the last of several capitals that small ones follow.
fn parts(written: &str) -> Vec<&str> {
    let letters: Vec<(usize, char)> = written.char_indices().collect();
    let mut parts = Vec::new();
    let mut from = 0;
    for place in 1..letters.len() {
        let (at, c) = letters[place];
        let before = letters[place - 1].1;
        let is_hump = c.is_uppercase() && (before.is_lowercase() || before.is_numeric());
        let is_after_capitals = c.is_uppercase()
            && before.is_uppercase()
            && letters.get(place + 1).is_some_and(|(_, next)| next.is_lowercase());
        if is_hump || is_after_capitals {
            parts.push(&written[from..at]);
            from = at;
        }
    }
    parts.push(&written[from..]);
    parts
}

/// Where each word begins and ends.
fn spans(text: &str) -> Vec<(usize, usize)> {
    let mut spans = Vec::new();
    let mut from = None;
    for (at, c) in text.char_indices() {
        match (is_between(c), from) {
            (false, None) => from = Some(at),
            (true, Some(begin)) => {
                spans.push((begin, at));
                from = None;
            }
            _ => {}
        }
    }
    spans.extend(from.map(|begin| (begin, text.len())));
    spans
}

/// So many letters back, and from there to the beginning of a word.
fn back(text: &str, from: usize, n: usize) -> usize {
    match text[..from].char_indices().rev().nth(n) {
        None => 0,
        Some((at, _)) => text[at..from].find(' ').map_or(from, |space| at + space + 1),
    }
}

/// So many letters ahead, and from there back to the end of a word.
fn ahead(text: &str, from: usize, n: usize) -> usize {
    match text[from..].char_indices().nth(n) {
        None => text.len(),
        Some((at, _)) => text[from..from + at].rfind(' ').map_or(from + at, |space| from + space),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_that_people_say_aloud_names_one_record() {
        for written in ["INC-12", "inc 12", " inc-12 ", "Inc12"] {
            assert_eq!(numbered(written), Some((Kind::Incident, "INC-12".to_owned())), "{written}");
        }
        assert_eq!(numbered("PM-3"), Some((Kind::Postmortem, "PM-3".to_owned())));
        assert_eq!(numbered("CA-7"), Some((Kind::Action, "CA-7".to_owned())));
        for other in ["", "INC", "INC-", "INC-12 lag", "INCIDENT-1", "CA-+7", "12"] {
            assert_eq!(numbered(other), None, "{other}");
        }
    }

    #[test]
    fn words_have_no_case_and_no_marks() {
        assert_eq!(indexed("Zażółć, GĘŚLĄ! Straße"), "zazolc gesla strasse");
        assert_eq!(indexed("orders-db INC-12 10.0.0.1"), "orders db inc 12 10 0 0 1");
        assert_eq!(indexed("  \n—"), "");
    }

    #[test]
    fn a_name_is_found_by_its_parts() {
        assert_eq!(indexed("KubeAPIDown"), "kubeapidown kube api down");
        assert_eq!(Sought::of("ReplicationLag").words, ["replication", "lag"]);
        assert!(Sought::of("replica lag").is_in("PostgresReplicationLagHigh"));
        assert!(Sought::of("PostgresReplicationLagHigh").is_in("alert: PostgresReplicationLagHigh"));
        assert!(!Sought::of("disk").is_in("PostgresReplicationLagHigh"));
    }

    #[test]
    fn every_word_has_to_occur_and_a_single_letter_alone() {
        let text = "The primary is down";
        assert!(Sought::of("down prim").is_in(text));
        assert!(!Sought::of("down replica").is_in(text));
        assert!(!Sought::of("d").is_in(text));
        assert!(Sought::of("INC-12").is_in("INC-12") && !Sought::of("INC-12").is_in("INC-123"));
        assert!(!Sought::of(" - ").is_in(text));
    }

    #[test]
    fn an_excerpt_stands_around_the_first_hit() {
        let text = format!("{} The disk is full. {}", "before ".repeat(30), "after ".repeat(60));
        let pieces = Sought::of("disk").excerpt(&text);

        assert_eq!(pieces[0].text, "… ");
        let sought: Vec<&str> = pieces.iter().filter(|it| it.is_sought).map(|it| it.text.as_str()).collect();
        assert_eq!(sought, ["disk"]);
        assert_eq!(pieces.last().unwrap().text, " …");
        let shown: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
        assert!(shown.contains("The disk is full. after"), "{shown}");
        assert!(shown.chars().count() < 260);
    }

    #[test]
    fn a_line_has_none_of_the_signs_of_markdown() {
        let text = "## Remediation\n\n- **Check** `df -h`\n> quote\n| a | b |\n|---|---|\n";
        assert_eq!(plain(text), "Remediation Check df -h quote a b");
        assert_eq!(plain("+++\nlevel = 2\n+++\nWhat first?\n"), "What first?");
        assert_eq!(plain("---\nname: a\n---\nText"), "Text");
        assert_eq!(plain("+++\nnever closed"), "never closed");
    }

    proptest! {
        #[test]
        fn whatever_is_written_an_excerpt_is_a_part_of_it(text in "\\PC{0,400}", words in "\\PC{0,20}") {
            let sought = Sought::of(&words);
            let whole: String = sought.marked(&text).into_iter().map(|piece| piece.text).collect();
            prop_assert_eq!(&whole, &text);
            let shown: String = sought.excerpt(&text).into_iter().map(|piece| piece.text).collect();
            let part = shown.strip_prefix("… ").unwrap_or(&shown);
            prop_assert!(text.contains(part.strip_suffix(" …").unwrap_or(part)) || text.contains(part) || text.contains(&*shown));
        }

        #[test]
        fn what_is_indexed_is_plain_words(text in "\\PC{0,100}") {
            for word in indexed(&text).split(' ').filter(|word| !word.is_empty()) {
                prop_assert!(word.chars().all(char::is_alphanumeric), "{}", word);
            }
        }
    }
}
