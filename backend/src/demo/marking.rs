//! Two leaders have begun to mark what was written in one's own words.

use domain::question::{Key, RubricLine};

use super::in_own_words::{Worth, worth};
use super::story::Story;
use crate::error::Result;
use crate::marking::{self, Gives, Place, give, plan_markers};

/// How many answers the first leader has marked, and the second.
const MARKED: [usize; 2] = [4, 3];

impl Story<'_> {
    /// Marks some of the answers to the first open question of a round; about
    /// one of them the two do not agree.
    pub(super) async fn begin_to_mark(&self, round: &str, days_ago: u64) -> Result<()> {
        let (db, circle, at) = (self.db, &self.circle, self.morning(days_ago));
        let leaders = [self.leader()?, self.actor("Magnus")?.who.clone()];
        let queue = marking::queue(db, &leaders[0], circle, round).await?;
        let Some(asked) = queue.questions.into_iter().max_by_key(|one| one.n_answers) else { return Ok(()) };
        let Key::Open { rubric } = &asked.question.key else { return Ok(()) };
        let of = Place { round: round.to_owned(), question: asked.id, version: asked.version };
        plan_markers(db, &leaders[0], circle, &of, true, at).await?;
        let shown = marking::to_mark(db, &leaders[0], circle, round, &of.question, &of.version).await?;
        let mut answers = shown.answers;
        // Their own order is another one each time.
        answers.sort_by(|a, b| a.text.cmp(&b.text));
        for (who, n_marked) in leaders.iter().zip(MARKED) {
            for (n, answer) in answers.iter().take(n_marked).enumerate() {
                let is_strict = n == 1 && who.person != leaders[0].person;
                let gives = Gives {
                    of: of.clone(),
                    alias: answer.alias.clone(),
                    points: points(rubric, worth(&answer.text), is_strict),
                    comment: if is_strict { STRICT.to_owned() } else { String::new() },
                    settles: false,
                };
                give(db, who, circle, &gives, at).await?;
            }
        }
        Ok(())
    }
}

const STRICT: &str = "You say it, but only after something else. At night the order is what counts.";

/// All points, those of each second line, or none. Whoever is strict gives one
/// less, or one more where there is nothing.
fn points(rubric: &[RubricLine], worth: Worth, is_strict: bool) -> Vec<Option<u8>> {
    let mut points: Vec<u8> = rubric
        .iter()
        .enumerate()
        .map(|(n, line)| match worth {
            Worth::Whole => line.points,
            Worth::Half if n % 2 == 0 => line.points,
            Worth::Half | Worth::Little => 0,
        })
        .collect();
    if let Some(first) = points.first_mut().filter(|_| is_strict) {
        *first = if *first == 0 { 1 } else { *first - 1 };
    }
    points.into_iter().map(Some).collect()
}
