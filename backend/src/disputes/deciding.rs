//! Deciding about a disputed question: first what would change, then that it
//! does. Both take the same way through the database, and a preview is taken
//! back at its end; so what is applied is what was shown, or nothing is.

mod draft;
mod own;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::marking::Score;
use domain::marking::decision::{Ruling, mark_under, why_under};
use domain::question::{Kind, QuestionId};
use domain::verdict::Verdict;
use sha2::{Digest, Sha256};
use sqlx::{FromRow, QueryBuilder, query, query_as, query_scalar};

pub use draft::Draft;
pub use own::{NEEDS_ANOTHER, Own};

use super::reading::{self, Case, SAID, SaidRow};
use crate::attempts::{finishing, slot_number};
use crate::db::{Db, Tx, commit, is_taken, new_id, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::{audit, marking, reviews, tests};

/// How the reason of a verdict begins that a decision brought about. It never
/// says the reason of the decision: that can tell the answer.
pub(super) const BECAUSE: &str = "A disputed question was decided.";

/// What a decision would change, or has changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    pub ruling: Ruling,
    pub because: String,
    /// Id and name of the only round it covers.
    pub round: Option<(String, String)>,
    /// Names exactly this preview: whoever applies it says it again.
    pub fingerprint: String,
    /// Everybody whose mark or verdict changes, by name.
    pub changes: Vec<Change>,
    /// How many attempts that were handed in met the question.
    pub n_met: u32,
    /// Marks that a person gave, and that stay though the rule says otherwise.
    pub n_by_hand: u32,
    /// Attempts that met the question and are still being sat.
    pub n_sitting: u32,
    /// What becomes of the result of the leader who asks.
    pub own: Own,
}

impl Preview {
    pub fn n_marks(&self) -> usize {
        self.changes.iter().filter(|change| change.mark.is_some()).count()
    }

    /// How many pass by it, or do not any more.
    pub fn n_verdicts(&self) -> usize {
        self.changes.iter().filter(|change| change.turns()).count()
    }
}

/// What changes for one attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub name: String,
    pub attempt: String,
    pub round_name: String,
    /// From and to; `None` where only the verdict changes, since the attempt
    /// keeps a topic from one before it.
    pub mark: Option<(Option<Score>, Score)>,
    /// From and to; `None` while an answer has no mark yet.
    pub verdict: (Option<Verdict>, Option<Verdict>),
}

impl Change {
    /// Whether it passes now and did not, or the other way round.
    pub fn turns(&self) -> bool {
        let passed = |verdict: &Option<Verdict>| verdict.as_ref().map(Verdict::passed);
        passed(&self.verdict.0) != passed(&self.verdict.1)
    }
}

/// The question, in one version, that is decided about.
#[derive(Debug, Clone, Copy)]
pub struct Which<'a> {
    pub circle: &'a str,
    pub question: &'a QuestionId,
    pub version: &'a str,
}

/// What a decision would change, for a leader. Nothing is changed.
pub async fn preview(
    db: &Db,
    who: &Who,
    which: Which<'_>,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<Preview> {
    let case = reading::find(db, who, which.circle, which.question, which.version).await?;
    let ruling = draft.ruling(&case)?;
    let mut tx = db.begin().await?;
    lock(&mut tx, which.circle).await?;
    let deciding = Deciding { who, circle: which.circle, case: &case, ruling, draft, now: stored(now) };
    // What was done goes with the transaction.
    deciding.carry_out(&mut tx).await.map_err(met_somebody)
}

/// Decides as it was previewed, and marks everybody anew whom it concerns. Where
/// anything changed since, nothing is done, and that is said.
pub async fn decide(
    db: &Db,
    who: &Who,
    which: Which<'_>,
    draft: &Draft,
    fingerprint: &str,
    now: DateTime<Utc>,
) -> Result<Preview> {
    let Which { circle, question, version } = which;
    let case = reading::find(db, who, circle, question, version).await?;
    let ruling = draft.ruling(&case)?;
    let mut tx = db.begin().await?;
    lock(&mut tx, circle).await?;
    lock_sitting(&mut tx, which).await?;
    let deciding = Deciding { who, circle, case: &case, ruling, draft, now: stored(now) };
    let done = deciding.carry_out(&mut tx).await.map_err(met_somebody)?;
    let what = done.own.logged()?;
    if done.fingerprint != fingerprint {
        return Err(changed_since(fingerprint, &done.fingerprint));
    }
    let subject = format!("{question}: {} {}", done.ruling.sentence(), done.because);
    audit::record(&mut tx, Some(circle), Some(&who.person), what, &subject, now).await?;
    commit(tx).await?;
    // It is decided, whether or not the agendas say so at once.
    if let Err(cause) = reviews::opening::refresh(db, circle, &question.to_string(), now).await {
        tracing::error!(%cause, %question, "the agendas of reviews were not brought up to date");
    }
    Ok(done)
}

/// A mark that somebody gave at the same moment.
fn met_somebody(error: Error) -> Error {
    match error {
        Error::Database(why) if is_taken(&why) => {
            Error::refused("", "Somebody gave a mark at this very moment. Nothing was applied: try again.")
        }
        other => other,
    }
}

/// A preview begins with how many decisions came before it.
fn changed_since(shown: &str, is: &str) -> Error {
    let turn = |fingerprint: &str| fingerprint.split('-').next().unwrap_or_default().to_owned();
    let why = if turn(shown) == turn(is) {
        "Something changed since you looked: an attempt was handed in, a mark was given, or somebody objected."
    } else {
        "This question was decided about meanwhile. Read that decision first."
    };
    Error::refused("", format!("{why} Nothing was applied. Below is what your decision would change now."))
}

const LOCK: &str = "UPDATE circles SET name = name WHERE slug = $1";

const LOCK_SITTING: &str = "
    UPDATE attempts SET saved_at = saved_at
    WHERE finished_at IS NULL AND id IN (
        SELECT s.attempt FROM slots s WHERE s.circle = $1 AND s.question = $2 AND s.version = $3)";

/// Whoever else decides in the circle, or looks what a decision would change,
/// waits until this is over.
async fn lock(tx: &mut Tx, circle: &str) -> Result<()> {
    Ok(on!(tx, |tx| query(LOCK).bind(circle).execute(&mut **tx).await.map(drop))?)
}

/// Whoever hands in waits too: marked before, they are marked anew; after, they
/// are marked under this decision.
async fn lock_sitting(tx: &mut Tx, which: Which<'_>) -> Result<()> {
    on!(&mut *tx, |tx| query(LOCK_SITTING)
        .bind(which.circle)
        .bind(which.question.to_string())
        .bind(which.version)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    Ok(())
}

/// One decision on its way.
struct Deciding<'a> {
    who: &'a Who,
    circle: &'a str,
    case: &'a Case,
    ruling: Ruling,
    draft: &'a Draft,
    now: DateTime<Utc>,
}

/// A mark that changes.
struct NewMark {
    attempt: String,
    slot: u16,
    turn: i64,
    was: Option<Score>,
    is: Score,
    /// Who gave it, where a person did.
    by: Option<String>,
    why: String,
}

const NEWEST_TURN: &str = "
    SELECT COALESCE(max(turn), 0) FROM dispute_decisions
    WHERE circle = $1 AND question = $2 AND version = $3";

/// Every slot of a handed-in attempt that showed the version, with its newest
/// mark.
const MET: &str = "
    SELECT s.attempt, s.n, s.show_order, a.round, v.definition, m.turn, m.earned, m.possible, m.marked_by
    FROM slots s
    JOIN attempts a ON a.id = s.attempt
    JOIN rounds r ON r.id = a.round
    JOIN test_versions v ON v.test = r.test AND v.version = r.test_version
    LEFT JOIN marks m ON m.attempt = s.attempt AND m.slot = s.n
         AND m.turn = (SELECT max(x.turn) FROM marks x WHERE x.attempt = s.attempt AND x.slot = s.n)
    WHERE s.circle = $1 AND s.question = $2 AND s.version = $3 AND a.finished_at IS NOT NULL
      AND ($4 = '' OR a.round = $4)
    ORDER BY s.attempt, s.n";

/// Those attempts, and those that keep a topic from one of them.
const VERDICTS: &str = "
    SELECT a.id, a.person, p.name, r.name AS round_name, a.verdict
    FROM attempts a
    JOIN people p ON p.id = a.person
    JOIN rounds r ON r.id = a.round
    WHERE a.finished_at IS NOT NULL AND (
        a.id IN (SELECT s.attempt FROM slots s WHERE s.circle = $1 AND s.question = $2 AND s.version = $3)
        OR a.id IN (SELECT k.attempt FROM kept_topics k
                    JOIN slots s ON s.attempt = k.kept_from
                    WHERE s.circle = $1 AND s.question = $2 AND s.version = $3))";

const N_SITTING: &str = "
    SELECT count(*)
    FROM slots s
    JOIN attempts a ON a.id = s.attempt
    WHERE s.circle = $1 AND s.question = $2 AND s.version = $3 AND a.finished_at IS NULL
      AND ($4 = '' OR a.round = $4)";

const ADD: &str = "
    INSERT INTO dispute_decisions
        (id, circle, question, version, turn, round, ruling, because, n_marks, n_verdicts, made_by, made_at, goes_on)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

const ADD_MARKS: &str = "
    INSERT INTO marks (attempt, slot, turn, earned, possible, marked_by, why, marked_at) ";

const NOTE_MARKS: &str = "INSERT INTO decided_marks (attempt, slot, turn, decision) ";

/// Rows in one statement; both databases take more.
const AT_ONCE: usize = 500;

impl Deciding<'_> {
    /// Marks, settles and remembers; says what that changed.
    async fn carry_out(self, tx: &mut Tx) -> Result<Preview> {
        let turn = 1 + self.newest_turn(tx).await?;
        let met = self.met(tx).await?;
        let n_met = u32::try_from(met.len()).unwrap_or(u32::MAX);
        let before = self.verdicts(tx).await?;
        let (marks, n_by_hand) = self.new_marks(tx, met).await?;
        self.add_marks(tx, &marks).await?;
        let because = format!("{BECAUSE} {}", self.ruling.sentence());
        for mark in &marks {
            finishing::settle(tx, &mark.attempt, &because, Some(&self.who.person), self.now).await?;
        }
        let after = self.verdicts(tx).await?;
        let changes = changes(before, &after, &marks)?;
        let is_own = |row: &VerdictRow| {
            row.person == self.who.person && changes.iter().any(|change| change.attempt == row.id)
        };
        let own = Own::of(tx, self.circle, &self.who.person, after.iter().any(is_own)).await?;
        let mut preview = Preview {
            because: self.draft.because.trim().to_owned(),
            round: self.round(),
            fingerprint: String::new(),
            changes,
            n_met,
            n_by_hand,
            own,
            n_sitting: self.n_sitting(tx).await?,
            ruling: self.ruling.clone(),
        };
        preview.fingerprint = self.fingerprint(turn, &preview);
        self.remember(tx, turn, &preview, &marks).await?;
        Ok(preview)
    }

    fn round(&self) -> Option<(String, String)> {
        self.case.rounds().into_iter().find(|(round, _)| *round == self.draft.scope)
    }

    async fn newest_turn(&self, tx: &mut Tx) -> Result<i64> {
        Ok(on!(tx, |tx| query_scalar(NEWEST_TURN)
            .bind(self.circle)
            .bind(self.case.id.to_string())
            .bind(&self.case.version)
            .fetch_one(&mut **tx)
            .await?))
    }

    async fn met(&self, tx: &mut Tx) -> Result<Vec<MetRow>> {
        Ok(on!(tx, |tx| query_as(MET)
            .bind(self.circle)
            .bind(self.case.id.to_string())
            .bind(&self.case.version)
            .bind(&self.draft.scope)
            .fetch_all(&mut **tx)
            .await?))
    }

    async fn verdicts(&self, tx: &mut Tx) -> Result<Vec<VerdictRow>> {
        Ok(on!(tx, |tx| query_as(VERDICTS)
            .bind(self.circle)
            .bind(self.case.id.to_string())
            .bind(&self.case.version)
            .fetch_all(&mut **tx)
            .await?))
    }

    async fn n_sitting(&self, tx: &mut Tx) -> Result<u32> {
        let n: i64 = on!(tx, |tx| query_scalar(N_SITTING)
            .bind(self.circle)
            .bind(self.case.id.to_string())
            .bind(&self.case.version)
            .bind(&self.draft.scope)
            .fetch_one(&mut **tx)
            .await?);
        Ok(u32::try_from(n).unwrap_or(u32::MAX))
    }

    /// The marks that become others, and how many that a person gave stay.
    async fn new_marks(&self, tx: &mut Tx, met: Vec<MetRow>) -> Result<(Vec<NewMark>, u32)> {
        let said: Vec<SaidRow> = on!(tx, |tx| query_as(SAID)
            .bind(self.circle)
            .bind(self.case.id.to_string())
            .bind(&self.case.version)
            .fetch_all(&mut **tx)
            .await?);
        let said = reading::by_attempt(said)?;
        let mut given = GivenBack::of(self, tx).await?;
        let (mut marks, mut n_by_hand) = (Vec::new(), 0);
        let mut rules = HashMap::new();
        let mut rulings: HashMap<String, Ruling> = HashMap::new();
        for row in met {
            let answer = reading::written(said.get(&row.attempt), &row.show_order)?;
            if !rules.contains_key(&row.definition) {
                let all_or_nothing = tests::parse_definition(&row.definition)?.rules.all_or_nothing;
                rules.insert(row.definition.clone(), all_or_nothing);
            }
            let all_or_nothing = rules[&row.definition];
            let ruling = rulings.entry(row.round.clone()).or_insert_with(|| self.ruling_in(&row.round));
            let was = row.score()?;
            let by_rule = mark_under(Some(ruling), &self.case.question, answer.as_ref(), all_or_nothing);
            let (is, by, why) = match by_rule {
                Some(is) => (is, None, why_under(ruling, self.case.question.kind(), all_or_nothing)),
                None => match given.take(&row, was) {
                    Some((is, by)) => (is, Some(by), GIVEN_BACK.to_owned()),
                    None => continue,
                },
            };
            if Some(is) == was {
                continue;
            }
            if row.marked_by.is_some() {
                n_by_hand += 1;
                continue;
            }
            let (slot, turn) = (slot_number(row.n)?, row.turn.unwrap_or(0) + 1);
            marks.push(NewMark { attempt: row.attempt, slot, turn, was, is, by, why });
        }
        given.refuse_unmarked()?;
        Ok((marks, n_by_hand))
    }

    /// What stands in a round once this is decided.
    fn ruling_in(&self, round: &str) -> Ruling {
        self.ruling.after(self.case.standing_in(round).as_ref(), self.goes_on())
    }

    fn goes_on(&self) -> bool {
        self.draft.go_on && matches!(self.ruling, Ruling::Accept(_))
    }

    async fn add_marks(&self, tx: &mut Tx, marks: &[NewMark]) -> Result<()> {
        for some in marks.chunks(AT_ONCE) {
            on!(&mut *tx, |tx| QueryBuilder::new(ADD_MARKS)
                .push_values(some, |mut row, mark| {
                    row.push_bind(&mark.attempt)
                        .push_bind(i64::from(mark.slot))
                        .push_bind(mark.turn)
                        .push_bind(mark.is.earned())
                        .push_bind(mark.is.possible())
                        .push_bind(&mark.by)
                        .push_bind(&mark.why)
                        .push_bind(self.now);
                })
                .build()
                .execute(&mut **tx)
                .await
                .map(drop))?;
        }
        Ok(())
    }

    async fn remember(&self, tx: &mut Tx, turn: i64, done: &Preview, marks: &[NewMark]) -> Result<()> {
        let id = new_id();
        let json = serde_json::to_string(&self.ruling).map_err(|why| Error::Corrupt(why.to_string()))?;
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        on!(&mut *tx, |tx| query(ADD)
            .bind(&id)
            .bind(self.circle)
            .bind(self.case.id.to_string())
            .bind(&self.case.version)
            .bind(turn)
            .bind(done.round.as_ref().map(|(round, _)| round))
            .bind(json)
            .bind(&done.because)
            .bind(count(done.n_marks()))
            .bind(count(done.n_verdicts()))
            .bind(&self.who.person)
            .bind(self.now)
            .bind(self.goes_on())
            .execute(&mut **tx)
            .await
            .map(drop))?;
        for some in marks.chunks(AT_ONCE) {
            on!(&mut *tx, |tx| QueryBuilder::new(NOTE_MARKS)
                .push_values(some, |mut row, mark| {
                    row.push_bind(&mark.attempt)
                        .push_bind(i64::from(mark.slot))
                        .push_bind(mark.turn)
                        .push_bind(&id);
                })
                .build()
                .execute(&mut **tx)
                .await
                .map(drop))?;
        }
        Ok(())
    }

    /// Two previews are the same when they decide the same, on the same reports
    /// and after the same decisions, and change the same.
    fn fingerprint(&self, turn: i64, preview: &Preview) -> String {
        let mut open: Vec<&str> = self.case.reports.iter().map(|report| report.id.as_str()).collect();
        open.sort_unstable();
        let seen = format!(
            "{:?} {:?} {:?} {open:?} {} {}",
            preview.ruling, preview.round, preview.changes, preview.n_met, preview.n_by_hand
        );
        let digest = Sha256::digest(seen.as_bytes());
        let short: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("{turn}-{short}")
    }
}

/// What is said beside a mark that comes back with an open question.
const GIVEN_BACK: &str = "The question counts again, with what was given against the rubric.";

/// What leaders gave to an open question that was taken out, for when it counts
/// again.
struct GivenBack {
    /// By attempt and slot: the mark, and who gave it last.
    given: HashMap<(String, i64), (Score, String)>,
    /// Answers that would count again, and have no points.
    n_unmarked: usize,
}

impl GivenBack {
    async fn of(deciding: &Deciding<'_>, tx: &mut Tx) -> Result<GivenBack> {
        let Deciding { circle, case, .. } = deciding;
        let given = match case.question.kind() {
            Kind::Open => marking::given_to(tx, circle, &case.question, &case.version).await?,
            _ => HashMap::new(),
        };
        Ok(GivenBack { given, n_unmarked: 0 })
    }

    /// The mark of an answer that was taken out.
    fn take(&mut self, row: &MetRow, was: Option<Score>) -> Option<(Score, String)> {
        was.filter(|was| was.possible() == 0)?;
        let given = self.given.remove(&(row.attempt.clone(), row.n));
        self.n_unmarked += usize::from(given.is_none());
        given
    }

    /// A result that is known does not become unknown again.
    fn refuse_unmarked(&self) -> Result<()> {
        let what = match self.n_unmarked {
            0 => return Ok(()),
            1 => {
                "1 answer that would count again has no points yet. Mark it first: its points count when the \
                  question does."
                    .to_owned()
            }
            n => format!(
                "{n} answers that would count again have no points yet. Mark them first: their points count \
                 when the question does."
            ),
        };
        Err(Error::refused("ruling", what))
    }
}

/// What became another from one look to the next, by name.
fn changes(before: Vec<VerdictRow>, after: &[VerdictRow], marks: &[NewMark]) -> Result<Vec<Change>> {
    let after: HashMap<&str, &VerdictRow> = after.iter().map(|row| (row.id.as_str(), row)).collect();
    let marks: HashMap<&str, &NewMark> = marks.iter().map(|mark| (mark.attempt.as_str(), mark)).collect();
    let mut changes = Vec::new();
    for row in before {
        let mark = marks.get(row.id.as_str()).map(|mark| (mark.was, mark.is));
        let is = after.get(row.id.as_str()).and_then(|row| row.verdict.clone());
        if mark.is_none() && is == row.verdict {
            continue;
        }
        changes.push(Change {
            verdict: (verdict(row.verdict.as_deref())?, verdict(is.as_deref())?),
            name: row.name,
            attempt: row.id,
            round_name: row.round_name,
            mark,
        });
    }
    changes.sort_by_cached_key(|change| (change.name.to_lowercase(), change.attempt.clone()));
    Ok(changes)
}

fn verdict(json: Option<&str>) -> Result<Option<Verdict>> {
    let read = |json: &str| serde_json::from_str(json).map_err(|_| Error::Corrupt(json.to_owned()));
    json.map(read).transpose()
}

#[derive(FromRow)]
struct MetRow {
    attempt: String,
    n: i64,
    show_order: String,
    round: String,
    definition: String,
    turn: Option<i64>,
    earned: Option<i64>,
    possible: Option<i64>,
    marked_by: Option<String>,
}

impl MetRow {
    fn score(&self) -> Result<Option<Score>> {
        let Some((earned, possible)) = self.earned.zip(self.possible) else { return Ok(None) };
        let score = Score::new(earned, possible);
        score.map(Some).ok_or_else(|| Error::Corrupt(format!("mark {earned}/{possible}")))
    }
}

#[derive(FromRow)]
struct VerdictRow {
    id: String,
    person: String,
    name: String,
    round_name: String,
    verdict: Option<String>,
}
