//! What a taker entered for one question, read from the fields of its form: on
//! the server when it is posted, in the browser when it is saved meanwhile.

use std::collections::BTreeSet;

use domain::answer::{Answer, Confidence};
use domain::question::Kind;
use serde::{Deserialize, Serialize};

/// The answer, the confidence and the flag of one question.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub answer: Option<Answer>,
    pub confidence: Option<Confidence>,
    pub for_review: bool,
}

/// The name of a field of question `n`.
pub fn field(n: u16, part: &str) -> String {
    format!("q{n}-{part}")
}

/// The value of "I do not know".
pub const DO_NOT_KNOW: &str = "do-not-know";

/// Reads what was entered for question `n`.
pub fn read(n: u16, kind: Kind, n_places: usize, fields: &[(String, String)]) -> Entry {
    let one = |part: &str| {
        let name = field(n, part);
        fields.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    };
    Entry {
        answer: if one("unknown").is_some() {
            Some(Answer::DoNotKnow)
        } else {
            read_answer(n, kind, n_places, fields)
        },
        confidence: one("confidence").and_then(Confidence::parse),
        for_review: one("mark").is_some(),
    }
}

fn read_answer(n: u16, kind: Kind, n_places: usize, fields: &[(String, String)]) -> Option<Answer> {
    let one = |part: &str| {
        let name = field(n, part);
        fields.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    };
    let answer = match kind {
        Kind::Single => match one("one")? {
            DO_NOT_KNOW => Answer::DoNotKnow,
            place => Answer::One(place.parse().ok()?),
        },
        Kind::Multiple => {
            let name = field(n, "some");
            let ticked = fields.iter().filter(|(key, _)| *key == name);
            Answer::Several(ticked.filter_map(|(_, place)| place.parse().ok()).collect::<BTreeSet<u8>>())
        }
        Kind::Ordering => {
            let shown: Vec<u8> = one("order")?.split(',').filter_map(|place| place.parse().ok()).collect();
            let wanted = |place: u8| one(&format!("position-{place}")).and_then(|text| text.parse().ok());
            let order = reorder(&shown, wanted);
            // The order as first shown is never the right one: it is no answer.
            return ordered(order);
        }
        Kind::Matching => {
            let side = |i: usize| one(&format!("pair-{i}")).and_then(|place| place.parse().ok());
            Answer::Pairs((0..n_places).map(side).collect())
        }
        Kind::Numeric | Kind::Short => Answer::Typed(one("text")?.to_owned()),
        // A form posts each line break as two characters; the page counts one.
        Kind::Open => Answer::Typed(one("text")?.replace("\r\n", "\n")),
    };
    (!answer.is_empty()).then_some(answer)
}

/// The answer that an order of steps is.
pub fn ordered(order: Vec<u8>) -> Option<Answer> {
    let is_as_shown = order.iter().enumerate().all(|(at, &step)| usize::from(step) == at);
    (!is_as_shown).then_some(Answer::Order(order))
}

/// Puts the steps that were given another position there, the first of them
/// first; the others keep their order around them. Positions count from 1.
pub fn reorder(shown: &[u8], wanted: impl Fn(u8) -> Option<usize>) -> Vec<u8> {
    let n = shown.len();
    let mut places: Vec<Option<u8>> = vec![None; n];
    let mut stay = Vec::new();
    for (at, &step) in shown.iter().enumerate() {
        match wanted(step).map(|position| position.clamp(1, n) - 1) {
            Some(position) if position != at => {
                let free = (position..n).chain((0..position).rev()).find(|&i| places[i].is_none());
                places[free.expect("there are as many places as steps")] = Some(step);
            }
            _ => stay.push(step),
        }
    }
    let mut stay = stay.into_iter();
    places.into_iter().filter_map(|place| place.or_else(|| stay.next())).collect()
}

/// Moves one step up or down by one, as the arrow buttons say: `up:2`.
pub fn move_step(order: &[u8], how: &str) -> Vec<u8> {
    let mut moved = order.to_vec();
    let Some((direction, step)) = how.split_once(':') else { return moved };
    let Some(at) = step.parse::<u8>().ok().and_then(|step| order.iter().position(|&other| other == step))
    else {
        return moved;
    };
    match direction {
        "up" if at > 0 => moved.swap(at, at - 1),
        "down" if at + 1 < moved.len() => moved.swap(at, at + 1),
        _ => {}
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn each_kind_is_read_from_its_fields() {
        let cases = [
            (Kind::Single, 4, fields(&[("q7-one", "2")]), Some(Answer::One(2))),
            (Kind::Single, 4, fields(&[("q7-one", "do-not-know")]), Some(Answer::DoNotKnow)),
            (Kind::Single, 4, fields(&[("q8-one", "2")]), None),
            (
                Kind::Multiple,
                4,
                fields(&[("q7-some", "1"), ("q7-some", "3")]),
                Some(Answer::Several([1, 3].into())),
            ),
            (Kind::Multiple, 4, fields(&[("q7-some", "1"), ("q7-unknown", "on")]), Some(Answer::DoNotKnow)),
            (Kind::Multiple, 4, fields(&[]), None),
            (
                Kind::Matching,
                2,
                fields(&[("q7-pair-0", "1"), ("q7-pair-1", "")]),
                Some(Answer::Pairs(vec![Some(1), None])),
            ),
            (Kind::Matching, 2, fields(&[("q7-pair-0", ""), ("q7-pair-1", "")]), None),
            (Kind::Short, 0, fields(&[("q7-text", " lag ")]), Some(Answer::Typed(" lag ".into()))),
            (Kind::Numeric, 0, fields(&[("q7-text", "  ")]), None),
            (Kind::Open, 0, fields(&[("q7-text", "a\r\nb")]), Some(Answer::Typed("a\nb".into()))),
        ];
        for (kind, n, fields, expected) in cases {
            assert_eq!(read(7, kind, n, &fields).answer, expected, "{kind:?} {fields:?}");
        }
    }

    #[test]
    fn an_order_nobody_touched_is_no_answer() {
        let untouched = fields(&[
            ("q1-order", "0,1,2"),
            ("q1-position-0", "1"),
            ("q1-position-1", "2"),
            ("q1-position-2", "3"),
        ]);
        assert_eq!(read(1, Kind::Ordering, 3, &untouched).answer, None);
    }

    #[test]
    fn a_step_given_another_position_goes_there_and_the_others_close_up() {
        type Case<'c> = (&'c [u8], &'c [(u8, usize)], &'c [u8]);
        let cases: [Case<'_>; 5] = [
            (&[0, 1, 2, 3], &[], &[0, 1, 2, 3]),
            (&[0, 1, 2, 3], &[(3, 1)], &[3, 0, 1, 2]),
            (&[0, 1, 2, 3], &[(0, 4)], &[1, 2, 3, 0]),
            (&[0, 1, 2, 3], &[(0, 2), (1, 1)], &[1, 0, 2, 3]),
            (&[2, 0, 1], &[(2, 2), (0, 2)], &[0, 2, 1]),
        ];
        for (shown, wanted, expected) in cases {
            let wanted_of = |step: u8| {
                let now = shown.iter().position(|&other| other == step).map(|at| at + 1);
                wanted.iter().find(|(other, _)| *other == step).map(|(_, position)| *position).or(now)
            };
            assert_eq!(reorder(shown, wanted_of), expected, "{shown:?} {wanted:?}");
        }
    }

    #[test]
    fn an_arrow_moves_a_step_by_one_and_stops_at_the_ends() {
        assert_eq!(move_step(&[2, 0, 1], "up:0"), [0, 2, 1]);
        assert_eq!(move_step(&[2, 0, 1], "up:2"), [2, 0, 1]);
        assert_eq!(move_step(&[2, 0, 1], "down:2"), [0, 2, 1]);
        assert_eq!(move_step(&[2, 0, 1], "down:9"), [2, 0, 1]);
    }
}
