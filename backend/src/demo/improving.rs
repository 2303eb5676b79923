//! What the demo team puts right: decisions about what was objected to, reviews
//! of what was missed, and corrective actions, through the use cases that people
//! use.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::action::{Fixes, How, Move, Number, Origin, Severity};
use domain::agenda::Decision;
use domain::marking::Score;
use domain::question::Topic;

use super::story::Story;
use crate::actions;
use crate::actions::making::{Draft, make};
use crate::actions::moving::{Step, comment, step, tick};
use crate::db::new_id;
use crate::disputes;
use crate::disputes::deciding::{self, Which};
use crate::error::{Error, Result};
use crate::results::met::{Met, met_in_round};
use crate::reviews::{self, agenda, closing, feedback, holding, opening};

/// How many questions an action names at most.
const NAMED: usize = 6;

impl Story<'_> {
    /// What was objected to is decided: the key stands, and why.
    pub(super) async fn keep_disputed(&self, days_ago: u64) -> Result<()> {
        let (leader, at) = (self.leader()?, self.morning(days_ago));
        let open = disputes::list(self.db, &leader, &self.circle).await?;
        let one = open.first().ok_or(Error::NotFound)?;
        let which = Which { circle: &self.circle, question: &one.question, version: &one.version };
        let draft = deciding::Draft {
            ruling: "keep".to_owned(),
            because: KEPT.to_owned(),
            ..deciding::Draft::default()
        };
        let shown = deciding::preview(self.db, &leader, which, &draft, at).await?;
        deciding::decide(self.db, &leader, which, &draft, &shown.fingerprint, at).await.map(drop)
    }

    /// After the first round: a document that is put right, so that more know it
    /// in the fifth; one that helps less; and one of which nothing shows that it
    /// is done. Returns the first.
    pub(super) async fn work_on_first(&mut self, round: &str) -> Result<Number> {
        let missed = self.missed(round, [Topic::Troubleshooting, Topic::Monitoring]).await?;
        let runbook = Draft {
            description: WHY_RUNBOOK.to_owned(),
            tasks: "Write what to look at first\nLet somebody follow it who did not write it\nLink it from \
                    the alert"
                .to_owned(),
            done_when: "Somebody new to the team gets through it in a drill.".to_owned(),
            labels: "runbook, failover".to_owned(),
            questions: missed.join("\n"),
            ..draft("Rewrite the failover section of the runbook", Fixes::Document, 2)
        };
        let runbook = self.makes("Bo", "Bo", runbook, 166).await?;
        self.works("Bo", runbook, 164).await?;
        for n in 1..=3 {
            let revision = self.revision(runbook, 160).await?;
            let (who, at) = (&self.actor("Bo")?.who, self.morning(161));
            tick(self.db, who, &self.circle, runbook, revision, n, true, at).await?;
        }
        self.says("Bo", runbook, "Hiroshi followed it in a drill. Two steps were in the wrong order.", 160)
            .await?;
        let proof = "https://git.demo.invalid/orders-db/runbook/merge_requests/41";
        self.moves("Bo", runbook, Move::SendToReview, "", proof, 158).await?;
        self.moves(
            "Lena",
            runbook,
            Move::Accept,
            "Reads well. Whether it helps we see in the next round.",
            "",
            157,
        )
        .await?;
        self.taught.extend(missed);

        let levels = Draft {
            description: "Several take `remote_write` for the safest level.".to_owned(),
            labels: "architecture".to_owned(),
            questions: self.missed(round, [Topic::Architecture, Topic::Process]).await?.join("\n"),
            ..draft("Draw the replicas and where a commit waits", Fixes::Document, 3)
        };
        let levels = self.makes("Magnus", "Deniz", levels, 166).await?;
        self.finishes("Deniz", levels, [164, 150, 149], "https://wiki.demo.invalid/orders-db/commits")
            .await?;

        let phone = Draft {
            description: "Two people would have called the customer before the incident commander."
                .to_owned(),
            labels: "escalation".to_owned(),
            ..draft("Say who is called when the primary is down at night", Fixes::Process, 2)
        };
        let phone = self.makes("Lena", "Chiara", phone, 165).await?;
        self.finishes("Chiara", phone, [160, 154, 152], "").await?;
        Ok(runbook)
    }

    /// After the fifth round: the runbook is seen to have helped.
    pub(super) async fn see_effect(&self, number: Number) -> Result<()> {
        let note = "Asked again in the fifth round, and nearly everybody knew it.";
        self.moves("Lena", number, Move::SeeEffect, note, "", 4).await
    }

    /// What is going on these days: one past its date, one with a leader, one that
    /// nobody has, and one that will not be done.
    pub(super) async fn work_lately(&self) -> Result<()> {
        let renewals = draft("Warn of certificates three weeks before they end", Fixes::Alert, 3);
        let renewals = self.makes("Ingrid", "Ingrid", renewals, 70).await?;
        self.moves("Lena", renewals, Move::Abandon, "They renew themselves since we moved to ACME.", "", 58)
            .await?;

        let threshold = Draft {
            description: "It pages at 5 s of lag, and every vacuum makes 8 s.".to_owned(),
            tasks: "Look at the lag of the last month\nChange the rule\nTell the team".to_owned(),
            done_when: "A week without a page that nobody had to act on.".to_owned(),
            labels: "alerts, replication".to_owned(),
            ..draft("Page for replay lag only where it lasts", Fixes::Alert, 2)
        };
        let threshold = self.makes("Hiroshi", "Hiroshi", threshold, 24).await?;
        self.works("Hiroshi", threshold, 19).await?;
        self.says("Hiroshi", threshold, "Looked at the month: 31 pages, 2 of them mattered.", 18).await?;

        let query = Draft {
            tasks: "Put the query on it\nSay what is usual".to_owned(),
            labels: "dashboard".to_owned(),
            ..draft("Put the lag by position on the dashboard", Fixes::Document, 3)
        };
        let query = self.makes("Mateo", "Mateo", query, 9).await?;
        self.works("Mateo", query, 6).await?;
        self.moves(
            "Mateo",
            query,
            Move::SendToReview,
            "Please look.",
            "https://graphs.demo.invalid/d/lag",
            1,
        )
        .await?;

        let drill = draft("Hold a restore drill on a working day", Fixes::Training, 4);
        self.makes("Priya", "", drill, 2).await.map(drop)
    }

    /// A review of a round, held and closed: what was missed is decided about
    /// question by question, and two actions come out of it.
    pub(super) async fn review(&self, round: &str, days_ago: u64) -> Result<()> {
        let (db, circle, leader) = (self.db, &self.circle, &self.leader()?);
        let began = self.morning(days_ago) + TimeDelta::hours(2);
        let review = &opening::open(db, leader, circle, round, self.morning(days_ago + 1)).await?;
        agenda::set_time(db, leader, circle, review, (began, 5), self.morning(days_ago + 1)).await?;
        holding::start(db, leader, circle, review, began).await?;
        for name in ["Bo", "Chiara", "Emeka", "Femke", "Hiroshi"] {
            holding::attend(db, &self.actor(name)?.who, circle, review, began).await?;
        }
        let items = reviews::find(db, leader, circle, review, began).await?.items;
        let questions: Vec<_> = items.iter().filter(|item| item.is_question()).collect();
        let minute = |n: usize| began + TimeDelta::minutes(4 * i64::try_from(n).unwrap_or(0));
        for (n, item) in questions.iter().enumerate() {
            holding::go(db, leader, circle, review, &item.id, minute(n)).await?;
            if let Some((name, note)) = NOTES.get(n) {
                let who = &self.actor(name)?.who;
                holding::note(db, who, circle, review, (&item.id, &new_id(), note), minute(n)).await?;
            }
            if let Some((owner, title, fixes)) = OUTCOMES.get(n) {
                let owner = self.actor(owner)?.who.person.clone();
                let draft = Draft { owner, ..draft(title, *fixes, 3) };
                holding::make_action(db, leader, circle, review, (&item.id, &draft), minute(n)).await?;
            }
            let (decision, reason) = DECISIONS[n.min(DECISIONS.len() - 1)];
            let decided = (item.id.as_str(), Some(decision), reason);
            holding::decide(db, leader, circle, review, decided, minute(n)).await?;
        }
        let ended = minute(questions.len());
        closing::close(db, leader, circle, review, None, ended).await?;
        for (name, said) in
            [("Bo", ["yes", "yes", "partly"]), ("Femke", ["yes", "partly", "yes"]), ("Emeka", ["partly"; 3])]
        {
            feedback::say(db, &self.actor(name)?.who, circle, review, said, ended).await?;
        }
        Ok(())
    }

    /// What came out of the review goes on.
    pub(super) async fn work_on_review(&self, days_ago: u64) -> Result<()> {
        let all = actions::of_circle(self.db, &self.leader()?, &self.circle, self.now).await?.all;
        let emekas = all.iter().find(|action| action.title == OUTCOMES[0].1).ok_or(Error::NotFound)?;
        self.works("Emeka", emekas.number, days_ago).await?;
        let yesterday = self.now - TimeDelta::hours(20);
        let said = "The section is written. Femke reads it today.";
        comment(self.db, &self.actor("Emeka")?.who, &self.circle, emekas.number, (&new_id(), said), yesterday)
            .await
    }

    /// A review that is ahead: opened when its round was over.
    pub(super) async fn plan_review(&self, round: &str) -> Result<()> {
        let (leader, opened_at) = (self.leader()?, self.morning(5));
        let review = opening::open(self.db, &leader, &self.circle, round, opened_at).await?;
        let planned = (self.morning_in(2) + TimeDelta::hours(1), 10);
        agenda::set_time(self.db, &leader, &self.circle, &review, planned, opened_at).await
    }

    /// The questions of these topics that were missed most, those with the fewest
    /// right answers first.
    async fn missed(&self, round: &str, topics: [Topic; 2]) -> Result<Vec<String>> {
        let mut asked: HashMap<String, (u32, u32)> = HashMap::new();
        let of_topics = |met: &&Met| topics.contains(&met.question.topic);
        for met in met_in_round(self.db, round).await?.iter().filter(of_topics) {
            let (n_right, n) = asked.entry(met.question.to_string()).or_default();
            *n_right += u32::from(met.score.is_some_and(Score::is_full));
            *n += 1;
        }
        let mut missed: Vec<_> = asked.into_iter().filter(|(_, (n_right, n))| n_right < n).collect();
        missed.sort_by_key(|(id, (n_right, n))| (n_right * 100 / n, id.clone()));
        Ok(missed.into_iter().map(|(id, _)| id).take(NAMED).collect())
    }

    /// Somebody makes an action; `owner` is empty for nobody yet.
    async fn makes(&self, by: &str, owner: &str, draft: Draft, days_ago: u64) -> Result<Number> {
        let owner = if owner.is_empty() { String::new() } else { self.actor(owner)?.who.person.clone() };
        let (draft, at) = (Draft { owner, ..draft }, self.morning(days_ago));
        make(self.db, &self.actor(by)?.who, &self.circle, Origin::by_hand("Stand-up"), &draft, at).await
    }

    /// Starts it.
    async fn works(&self, owner: &str, number: Number, days_ago: u64) -> Result<()> {
        self.moves(owner, number, Move::Start, "", "", days_ago).await
    }

    /// Starts it, sends it to review, and a leader calls it done.
    async fn finishes(&self, owner: &str, number: Number, days: [u64; 3], proof: &str) -> Result<()> {
        self.works(owner, number, days[0]).await?;
        self.moves(owner, number, Move::SendToReview, "", proof, days[1]).await?;
        self.moves("Magnus", number, Move::Accept, "", "", days[2]).await
    }

    async fn moves(
        &self,
        by: &str,
        number: Number,
        action: Move,
        note: &str,
        proof: &str,
        days_ago: u64,
    ) -> Result<()> {
        let (who, at) = (&self.actor(by)?.who, self.hour_of(days_ago));
        step(self.db, who, &self.circle, number, Step { note, proof, ..Step::new(action) }, at)
            .await
            .map(drop)
    }

    async fn says(&self, by: &str, number: Number, text: &str, days_ago: u64) -> Result<()> {
        comment(
            self.db,
            &self.actor(by)?.who,
            &self.circle,
            number,
            (&new_id(), text),
            self.hour_of(days_ago),
        )
        .await
    }

    async fn revision(&self, number: Number, days_ago: u64) -> Result<i64> {
        let at = self.hour_of(days_ago);
        Ok(actions::find(self.db, &self.leader()?, &self.circle, number, at).await?.action.revision)
    }

    /// One o'clock, UTC, or earlier where that is still to come.
    fn hour_of(&self, days_ago: u64) -> DateTime<Utc> {
        (self.morning(days_ago) + TimeDelta::hours(5)).min(self.now)
    }
}

fn draft(title: &str, fixes: Fixes, severity: i64) -> Draft {
    Draft {
        title: title.to_owned(),
        fixes: Some(fixes),
        how: Some(if fixes == Fixes::Alert { How::Detective } else { How::Preventive }),
        severity: Severity::new(severity),
        ..Draft::default()
    }
}

const KEPT: &str =
    "The version is named two lines above the question. We make that line bold in the next version.";

const WHY_RUNBOOK: &str = "In the round most of us looked at the new primary first. The runbook says nothing of the \
                           order, and its commands are those of version 12.";

/// What people said, question by question.
const NOTES: [(&str, &str); 4] = [
    ("Emeka", "The runbook tells how to restart a broker, and not how to see that it must not be restarted."),
    ("Femke", "I read “first” as “before I acknowledge”. Then the second answer is right."),
    ("Hiroshi", "I was certain, and wrong: the default changed with the last version."),
    ("Chiara", "We never see this alert; it is muted at night."),
];

/// Owner, title, and what it puts right.
const OUTCOMES: [(&str, &str, Fixes); 2] = [
    ("Emeka", "Write down when a broker must not be restarted", Fixes::Document),
    ("Femke", "Say in the question what “first” means", Fixes::Question),
];

const DECISIONS: [(Decision, &str); 5] = [
    (Decision::FixDocument, ""),
    (Decision::FixQuestion, ""),
    (Decision::Train, "Hiroshi shows the new defaults at the next stand-up."),
    (Decision::FixAlert, "Looked at together with the other muted ones."),
    (Decision::NoAction, "Missed by few, and its explanation says it."),
];
