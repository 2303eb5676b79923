//! The marks of many attempts, question by question.

use super::Fraction;

/// What the number of attempts, times the largest marks of all questions added
/// up, must not exceed. Sums of products then fit into 128 bits and are exact.
pub(super) const ROOM: i64 = 1 << 62;

/// A table of attempts and the marks they earned, of which not everybody had
/// every question.
///
/// Marks and maxima are whole numbers in one unit, whatever it is: no figure
/// depends on it. Muster's own are ten-thousandths of a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responses {
    columns: Vec<Column>,
    n_attempts: u32,
    /// The largest maximum or mark of each question, signs apart, added up.
    reach: i64,
}

/// Marks that cannot be added up exactly: too large for so many attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the marks are too large to be added up")]
pub struct TooLarge;

/// What was earned on one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub maximum: i64,
    /// The attempts that had it, by number, and beside each its mark.
    pub attempts: Vec<u32>,
    pub marks: Vec<i64>,
    /// The largest maximum or mark, signs apart.
    reach: i64,
}

impl Column {
    pub fn n(&self) -> u32 {
        u32::try_from(self.marks.len()).expect("attempts are counted in 32 bits")
    }
}

impl Responses {
    /// Nobody's responses yet to the questions with these maxima, none below 0.
    /// A question is known by its place among them.
    pub fn to_questions(maxima: impl IntoIterator<Item = i64>) -> Result<Responses, TooLarge> {
        let mut responses = Responses { columns: Vec::new(), n_attempts: 0, reach: 0 };
        for maximum in maxima {
            let reach = maximum.checked_abs().ok_or(TooLarge)?;
            responses.reach = responses.reach.checked_add(reach).ok_or(TooLarge)?;
            responses.columns.push(Column { maximum, attempts: Vec::new(), marks: Vec::new(), reach });
        }
        Ok(responses)
    }

    /// Adds an attempt: the questions it had, each at most once, and what each
    /// of them earned. One that was there and not answered earned 0; one that is
    /// not named was not in the attempt.
    ///
    /// A table that refused an attempt is of no more use.
    ///
    /// # Panics
    ///
    /// Where there is no question of that number.
    pub fn add_attempt(&mut self, marks: impl IntoIterator<Item = (usize, i64)>) -> Result<(), TooLarge> {
        for (item, mark) in marks {
            let column = &mut self.columns[item];
            let further = mark.checked_abs().ok_or(TooLarge)? - column.reach;
            if further > 0 {
                column.reach += further;
                self.reach = self.reach.checked_add(further).ok_or(TooLarge)?;
            }
            column.attempts.push(self.n_attempts);
            column.marks.push(mark);
        }
        self.n_attempts = self.n_attempts.checked_add(1).ok_or(TooLarge)?;
        let room = self.reach.checked_mul(i64::from(self.n_attempts)).filter(|room| *room <= ROOM);
        room.map(|_| ()).ok_or(TooLarge)
    }

    pub fn n_attempts(&self) -> u32 {
        self.n_attempts
    }

    pub fn n_questions(&self) -> usize {
        self.columns.len()
    }

    /// Whether every attempt had every question.
    pub fn is_complete(&self) -> bool {
        self.columns.iter().all(|column| column.n() == self.n_attempts)
    }

    pub(crate) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// What each attempt earned of what it could.
    pub(crate) fn totals(&self) -> Vec<Fraction> {
        let mut totals = vec![Fraction::default(); self.n_attempts as usize];
        for column in &self.columns {
            for (attempt, mark) in column.attempts.iter().zip(&column.marks) {
                let total = &mut totals[*attempt as usize];
                total.earned += mark;
                total.possible += column.maximum;
            }
        }
        totals
    }
}
