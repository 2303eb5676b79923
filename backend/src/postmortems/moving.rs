//! A postmortem goes from draft to review, to reviewed, to closed.

use chrono::{DateTime, Utc};
use domain::people::Role;
use domain::postmortem::{Move, Number, Section, State};
use sqlx::{query, query_scalar};

use super::writing::happen;
use super::{Found, find};
use crate::audit;
use crate::db::{Db, Tx, commit, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::sources::{self, Change};

const MOVE: &str = "
    UPDATE postmortems
    SET state = $3, reviewed_at = CASE WHEN $3 = 'reviewed' THEN $4 ELSE reviewed_at END,
        closed_at = CASE WHEN $3 = 'closed' THEN $4 ELSE NULL END
    WHERE id = $1 AND state = $2 AND revision = $5";

/// Moves a postmortem. Sending it to the review and taking it back is for
/// engineers and leaders; the rest is for leaders. It is reviewed only when
/// nothing is lacking.
pub async fn step(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    one: Move,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = find(db, who, circle, number, now).await?;
    let (it, role) = (&found.postmortem, found.member.role);
    if role == Role::Reader || (one.is_for_leaders() && role != Role::Leader) {
        return Err(Error::NotFound);
    }
    let Some(after) = it.state.after(one) else {
        let what = format!("{number} is {} now. Look at it again.", it.state.title().to_lowercase());
        return Err(Error::refused("", what));
    };
    if after == State::Reviewed && one == Move::Review {
        let problems: Vec<Problem> =
            found.lacks().iter().map(|lack| Problem::new("", lack.words())).collect();
        if !problems.is_empty() {
            return Err(Error::Refused(problems));
        }
    }
    let mut tx = db.begin().await?;
    let n_moved = on!(&mut tx, |tx| query(MOVE)
        .bind(&it.id)
        .bind(it.state.as_str())
        .bind(after.as_str())
        .bind(stored(now))
        .bind(it.revision)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_moved == 0 {
        return Err(Error::refused("", "Somebody moved it meanwhile. Look at it again."));
    }
    if after == State::Reviewed {
        keep_version(&mut tx, &found, now).await?;
    }
    happen(&mut tx, &it.id, Some(who), words(one), after, now).await?;
    let subject = format!("{number} {}", it.title);
    audit::record(&mut tx, Some(circle), Some(&who.person), audit_words(one), &subject, now).await?;
    commit(tx).await
}

fn words(one: Move) -> &'static str {
    match one {
        Move::SendToReview => "sent it to the review",
        Move::TakeBack => "took it back to the draft",
        Move::Review => "said that the team has reviewed it",
        Move::Close => "closed it",
        Move::Reopen => "opened it again",
    }
}

fn audit_words(one: Move) -> &'static str {
    match one {
        Move::SendToReview => "sent a postmortem to its review",
        Move::TakeBack => "took a postmortem back",
        Move::Review => "called a postmortem reviewed",
        Move::Close => "closed a postmortem",
        Move::Reopen => "opened a postmortem again",
    }
}

const LAST: &str = "
    SELECT coalesce(max(n), 0) FROM postmortem_versions WHERE postmortem = $1";

const WORDS: &str = "SELECT words FROM postmortem_versions WHERE postmortem = $1 AND n = $2";

const KEEP: &str = "
    INSERT INTO postmortem_versions (postmortem, n, words, made_at) VALUES ($1, $2, $3, $4)";

/// Keeps the text that the team has reviewed. Where it says something else than
/// the last one that was reviewed, questions that rest on it ask to be checked.
async fn keep_version(tx: &mut Tx, found: &Found, now: DateTime<Utc>) -> Result<()> {
    let (it, circle) = (&found.postmortem, &found.member.circle);
    let says = sections(&it.title, &found.sections);
    let last: i64 = on!(&mut *tx, |tx| query_scalar(LAST).bind(&it.id).fetch_one(&mut **tx).await?);
    let was: Option<String> =
        on!(&mut *tx, |tx| query_scalar(WORDS).bind(&it.id).bind(last).fetch_optional(&mut **tx).await?);
    if was.as_deref() == Some(says.as_str()) {
        return Ok(());
    }
    on!(&mut *tx, |tx| query(KEEP)
        .bind(&it.id)
        .bind(last + 1)
        .bind(&says)
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let Some(was) = was else { return Ok(()) };
    let change = Change {
        source: &format!("postmortem:{}", it.number),
        from: &format!("version {last}"),
        to: &format!("version {}", last + 1),
        was: &was,
        is: &says,
    };
    sources::changed(tx, circle, &change, now).await
}

/// What a postmortem says, without what changes by itself.
pub(super) fn sections(title: &str, sections: &[(Section, String)]) -> String {
    let mut text = format!("# {title}\n");
    for (section, words) in sections {
        text.push_str(&format!("\n## {}\n\n{}\n", section.title(), words.trim()));
    }
    text
}
