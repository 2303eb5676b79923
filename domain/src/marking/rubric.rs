//! What markings by leaders come to: the points of a rubric, a first and a
//! second marker, and how far the two agree.

use super::Score;
use super::share::Share;
use crate::question::RubricLine;

/// What one leader gave one answer, line by line of the rubric. A marker's
/// newest one stands; the others stay in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marking {
    pub marker: String,
    /// By a leader who saw the markings before it; it stands above them.
    pub settles: bool,
    pub points: Vec<u8>,
    /// For the taker; empty where nothing is to be said.
    pub comment: String,
}

/// Where the markings of one answer stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing<'m> {
    Unmarked,
    /// One of two leaders has marked it.
    OneOfTwo(&'m Marking),
    /// Two leaders gave other points to a line; a leader has to settle it.
    Differ {
        first: &'m Marking,
        second: &'m Marking,
    },
    /// By its only marker.
    Single(&'m Marking),
    /// Two leaders gave every line the same.
    Agreed {
        first: &'m Marking,
        second: &'m Marking,
    },
    Settled(&'m Marking),
}

/// Where the markings of an answer stand, in order of receipt. The first two
/// leaders count, with the newest that each of them gave.
pub fn standing(markings: &[Marking], n_markers: u8) -> Standing<'_> {
    if let Some(settled) = markings.iter().rfind(|marking| marking.settles) {
        return Standing::Settled(settled);
    }
    let newest_of = |marker: &str| markings.iter().rfind(|marking| marking.marker == marker);
    let Some(first) = markings.first().and_then(|marking| newest_of(&marking.marker)) else {
        return Standing::Unmarked;
    };
    let second = markings.iter().find(|marking| marking.marker != first.marker);
    match second.and_then(|marking| newest_of(&marking.marker)) {
        None if n_markers > 1 => Standing::OneOfTwo(first),
        None => Standing::Single(first),
        Some(second) if second.points == first.points => Standing::Agreed { first, second },
        Some(second) => Standing::Differ { first, second },
    }
}

impl<'m> Standing<'m> {
    /// The points that count now, if any do. Where one marker is enough, the
    /// first one's count even while a second one's differ.
    pub fn points(self, n_markers: u8) -> Option<&'m [u8]> {
        match self {
            Standing::Single(one) | Standing::Settled(one) => Some(&one.points),
            Standing::Agreed { first, .. } => Some(&first.points),
            Standing::Differ { first, .. } if n_markers < 2 => Some(&first.points),
            Standing::Unmarked | Standing::OneOfTwo(_) | Standing::Differ { .. } => None,
        }
    }

    /// What the taker is told beside the points, each with its comment.
    pub fn comments(self) -> Vec<&'m str> {
        let both =
            |first: &'m Marking, second: &'m Marking| vec![first.comment.as_str(), second.comment.as_str()];
        let mut comments = match self {
            Standing::Unmarked | Standing::OneOfTwo(_) => Vec::new(),
            Standing::Single(one) | Standing::Settled(one) => vec![one.comment.as_str()],
            Standing::Agreed { first, second } => both(first, second),
            Standing::Differ { first, .. } => vec![first.comment.as_str()],
        };
        comments.retain(|comment| !comment.is_empty());
        comments.dedup();
        comments
    }

    /// How many of the lines two leaders gave the same, of how many; `None`
    /// where fewer than two marked.
    pub fn equal_lines(self) -> Option<(usize, usize)> {
        let (Standing::Differ { first, second } | Standing::Agreed { first, second }) = self else {
            return None;
        };
        Some(equal_lines(first, second))
    }
}

/// How many of the lines two markings gave the same, of how many.
pub fn equal_lines(first: &Marking, second: &Marking) -> (usize, usize) {
    let n_equal = first.points.iter().zip(&second.points).filter(|(a, b)| a == b).count();
    (n_equal, first.points.len().max(second.points.len()))
}

/// The first two leaders' markings of an answer, however it was settled.
pub fn first_two(markings: &[Marking]) -> Option<(&Marking, &Marking)> {
    let n_free = markings.iter().position(|marking| marking.settles).unwrap_or(markings.len());
    match standing(&markings[..n_free], 2) {
        Standing::Differ { first, second } | Standing::Agreed { first, second } => Some((first, second)),
        _ => None,
    }
}

/// The mark that points come to: their share of one point. `None` where they
/// do not fit the rubric.
pub fn score(rubric: &[RubricLine], points: &[u8]) -> Option<Score> {
    let fits =
        rubric.len() == points.len() && rubric.iter().zip(points).all(|(line, &given)| given <= line.points);
    let sum = |points: &mut dyn Iterator<Item = u8>| points.map(usize::from).sum();
    let possible: usize = sum(&mut rubric.iter().map(|line| line.points));
    let earned: usize = sum(&mut points.iter().copied());
    (fits && possible > 0).then(|| Share::of(earned, possible).score())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::marking::POINT;

    fn by(marker: &str, points: &[u8]) -> Marking {
        Marking { marker: marker.into(), settles: false, points: points.into(), comment: String::new() }
    }

    fn settled(points: &[u8]) -> Marking {
        Marking { settles: true, ..by("zoe", points) }
    }

    fn rubric(points: &[u8]) -> Vec<RubricLine> {
        points.iter().map(|&points| RubricLine { points, text: "It is said.".into() }).collect()
    }

    #[test]
    fn the_newest_of_each_of_the_first_two_markers_counts() {
        let (ada, bo, again, cy) =
            (by("ada", &[1, 0]), by("bo", &[1, 2]), by("ada", &[1, 2]), by("cy", &[0, 0]));
        let all = [ada.clone(), bo.clone(), again.clone(), cy];

        assert_eq!(standing(&all[..0], 2), Standing::Unmarked);
        assert_eq!(standing(&all[..1], 1), Standing::Single(&ada));
        assert_eq!(standing(&all[..1], 2), Standing::OneOfTwo(&ada));
        assert_eq!(standing(&all[..2], 2), Standing::Differ { first: &ada, second: &bo });
        for n_markers in [1, 2] {
            assert_eq!(standing(&all[..3], n_markers), Standing::Agreed { first: &again, second: &bo });
            assert_eq!(standing(&all, n_markers), Standing::Agreed { first: &again, second: &bo });
        }
    }

    #[test]
    fn two_who_differ_have_no_mark_until_a_leader_settles_it() {
        let differ = [by("ada", &[1, 0]), by("bo", &[1, 2]), settled(&[1, 1])];

        assert_eq!(standing(&differ[..2], 2).points(2), None);
        assert_eq!(standing(&differ, 2).points(2), Some([1, 1].as_slice()));
        assert_eq!(standing(&differ[..2], 2).equal_lines(), Some((1, 2)));
        assert_eq!(first_two(&differ), Some((&differ[0], &differ[1])), "their agreement can still be told");
    }

    #[test]
    fn where_one_marker_is_enough_a_second_at_the_same_time_takes_no_mark_away() {
        let both = [by("ada", &[1, 0]), by("bo", &[1, 2])];

        assert_eq!(standing(&both, 1), Standing::Differ { first: &both[0], second: &both[1] });
        assert_eq!(standing(&both, 1).points(1), Some([1, 0].as_slice()));
    }

    #[test]
    fn a_mark_is_the_share_of_the_points_of_the_rubric() {
        let cases = [
            (vec![2, 1], vec![2, 1], Some(POINT)),
            (vec![2, 1], vec![2, 0], Some(6_667)),
            (vec![2, 1], vec![0, 0], Some(0)),
            (vec![2, 1], vec![3, 0], None),
            (vec![2, 1], vec![2], None),
            (vec![], vec![], None),
        ];
        for (lines, points, earned) in cases {
            let score = score(&rubric(&lines), &points);
            assert_eq!(score, earned.and_then(|earned| Score::new(earned, POINT)), "{points:?} of {lines:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_fits_the_rubric_earns_between_nothing_and_the_point(
            lines in vec((1..=10_u8, 0..=10_u8), 1..12),
        ) {
            let rubric = rubric(&lines.iter().map(|(points, _)| *points).collect::<Vec<_>>());
            let points: Vec<u8> = lines.iter().map(|(points, given)| *given.min(points)).collect();

            let score = score(&rubric, &points).unwrap();

            prop_assert_eq!(score.possible(), POINT);
            prop_assert_eq!(score.is_full(), lines.iter().all(|(points, given)| given >= points));
        }
    }
}
