//! Decimal marks row by row, until it is known in which unit all of them are
//! whole numbers.

use super::decimal::{Decimal, FINEST, power};
use crate::item_analysis::{ROOM, Responses, TooLarge};

pub(super) struct Rows {
    maxima: Vec<Decimal>,
    reach: Vec<Reach>,
    /// The marks, one row after the other, a place for each question: their
    /// units, and how many decimal places these have, where there is a mark.
    /// Side by side they take half the room of a list of marks.
    units: Vec<i64>,
    places: Vec<Option<u8>>,
}

impl Rows {
    pub fn of_questions(maxima: Vec<Decimal>) -> Rows {
        let reach = maxima.iter().copied().map(Reach::of).collect();
        Rows { maxima, reach, units: Vec::new(), places: Vec::new() }
    }

    /// Adds what the next question of the row earned, or the first of the next.
    pub fn push(&mut self, item: usize, mark: Option<Decimal>) {
        if let Some(mark) = mark {
            self.reach[item].take_in(mark);
        }
        self.units.push(mark.map_or(0, |mark| mark.units));
        self.places.push(mark.map(|mark| mark.places));
    }

    /// All marks in one unit: a power of ten that makes them whole numbers, or
    /// the finest in which they can still be added up exactly.
    pub fn into_responses(self) -> Result<Responses, TooLarge> {
        let places = self.common_places()?;
        let whole =
            |mark: Decimal| i64::try_from(mark.in_units_of(places)).expect("it fits among all others");
        let mut responses = Responses::to_questions(self.maxima.iter().copied().map(whole))?;
        let n_questions = self.maxima.len();
        for (units, places) in self.units.chunks(n_questions).zip(self.places.chunks(n_questions)) {
            let row = units.iter().zip(places).enumerate();
            let met = row.filter_map(|(item, (units, places))| {
                Some((item, whole(Decimal { units: *units, places: (*places)? })))
            });
            responses.add_attempt(met)?;
        }
        Ok(responses)
    }

    fn common_places(&self) -> Result<u8, TooLarge> {
        let finest = self.reach.iter().map(Reach::places).max().unwrap_or(0);
        // With no attempt or one, each mark by itself must still fit.
        let n_attempts = (self.units.len() / self.maxima.len()).max(2) as i128;
        let fits = |places: &u8| {
            let reach: i128 = self.reach.iter().map(|one| one.in_units_of(*places)).sum();
            reach.checked_mul(n_attempts).is_some_and(|room| room <= i128::from(ROOM))
        };
        (0..=finest).rev().find(fits).ok_or(TooLarge)
    }
}

/// The largest maximum or mark of a question, signs apart: its units, for each
/// number of places.
struct Reach([u64; FINEST as usize + 1]);

impl Reach {
    fn of(maximum: Decimal) -> Reach {
        let mut reach = Reach([0; FINEST as usize + 1]);
        reach.take_in(maximum);
        reach
    }

    fn take_in(&mut self, mark: Decimal) {
        let largest = &mut self.0[usize::from(mark.places)];
        *largest = (*largest).max(mark.units.unsigned_abs());
    }

    fn places(&self) -> u8 {
        (0..=FINEST).rev().find(|places| self.0[usize::from(*places)] > 0).unwrap_or(0)
    }

    /// Rounded up.
    fn in_units_of(&self, places: u8) -> i128 {
        let finest = (0..=FINEST).zip(self.0).map(|(own, units)| i128::from(units) * power(FINEST - own));
        finest.max().unwrap_or(0) / power(FINEST - places) + 1
    }
}
