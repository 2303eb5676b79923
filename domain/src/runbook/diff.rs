//! What changed between two texts, line by line.

use similar::{ChangeTag, TextDiff};

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    Same,
    Added,
    Removed,
}

/// One line of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub became: Became,
    /// Its number before and after, from 1.
    pub was: Option<u32>,
    pub is: Option<u32>,
    pub text: String,
}

/// Changes that stand close to each other, with the lines around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    pub lines: Vec<Line>,
}

/// Lines shown around a change.
const AROUND: usize = 3;

/// More lines than these in both are not compared: that would take seconds.
const LINES: usize = 8_000;

/// What has to be done to the text before to make it the one after; empty for
/// equal texts. Of very long texts all is taken out and put in.
pub fn diff(before: &str, after: &str) -> Vec<Hunk> {
    if before != after && before.lines().count() + after.lines().count() > LINES {
        let all = |text: &str, became: Became| -> Vec<Line> {
            let line = |(text, n): (&str, u32)| Line {
                became,
                was: (became == Became::Removed).then_some(n),
                is: (became == Became::Added).then_some(n),
                text: text.to_owned(),
            };
            text.lines().zip(1..).map(line).collect()
        };
        return vec![Hunk { lines: [all(before, Became::Removed), all(after, Became::Added)].concat() }];
    }
    let diff = TextDiff::from_lines(before, after);
    let number = |index: Option<usize>| index.and_then(|index| u32::try_from(index + 1).ok());
    let line = |change: similar::Change<&str>| Line {
        became: match change.tag() {
            ChangeTag::Equal => Became::Same,
            ChangeTag::Insert => Became::Added,
            ChangeTag::Delete => Became::Removed,
        },
        was: number(change.old_index()),
        is: number(change.new_index()),
        text: change.value().trim_end_matches('\n').to_owned(),
    };
    let hunk = |ops: &Vec<similar::DiffOp>| Hunk {
        lines: ops.iter().flat_map(|op| diff.iter_changes(op)).map(line).collect(),
    };
    diff.grouped_ops(AROUND).iter().map(hunk).collect()
}

/// How many lines were added, and how many removed.
pub fn counts(hunks: &[Hunk]) -> (usize, usize) {
    let n = |became| hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.became == became).count();
    (n(Became::Added), n(Became::Removed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_is_one_removed_and_one_added_among_its_neighbours() {
        let before = "a\nb\nc\nd\ne\nf\ng\nh\n";
        let hunks = diff(before, &before.replace('e', "E"));

        let shown: Vec<String> = hunks[0]
            .lines
            .iter()
            .map(|line| {
                let mark = match line.became {
                    Became::Same => ' ',
                    Became::Added => '+',
                    Became::Removed => '-',
                };
                format!("{mark}{}", line.text)
            })
            .collect();
        assert_eq!(shown, [" b", " c", " d", "-e", "+E", " f", " g", " h"]);
        assert_eq!(counts(&hunks), (1, 1));
        assert!(diff(before, before).is_empty());
    }
}
