//! What the demo team learned from the night when replication fell behind: a
//! postmortem that was reviewed, an action that was done, and the question that
//! came of it.

use chrono::TimeDelta;
use domain::action::{Fixes, How, Move as ActionMove, Severity};
use domain::incident::Number;
use domain::postmortem::{Move, Section};

use super::story::Story;
use crate::actions::making::Draft;
use crate::actions::moving::{Step, step as move_action};
use crate::error::Result;
use crate::postmortems::writing::{Written, begin, make_action, set_people, write};
use crate::postmortems::{find, moving};
use crate::sources::editing::add;

impl Story<'_> {
    /// Bo writes it, the team talks about it, and Bo's action puts a question
    /// into the bank, which rests on the postmortem.
    pub(super) async fn learn_from(&self, incident: Number, days_ago: u64) -> Result<()> {
        let (db, circle) = (self.db, self.circle.as_str());
        let (bo, ada, leader) = (&self.actor("Bo")?.who, &self.actor("Ada")?.who, &self.leader()?);
        let at = self.morning(days_ago);
        let number = begin(db, bo, circle, Some(incident.0), &Written::default(), at).await?;
        let found = find(db, bo, circle, number, at).await?;
        let mut written = Written {
            title: found.postmortem.title.clone(),
            happened_on: found.postmortem.happened_on.map(|day| day.to_string()).unwrap_or_default(),
            service: found.postmortem.service.clone(),
            sections: found.sections.clone(),
        };
        for (section, words) in &mut written.sections {
            match section {
                Section::Symptoms => *words = format!("{}\n\n{SYMPTOMS}", words.trim_end()),
                Section::Factors => *words = FACTORS.to_owned(),
                Section::WentWell => *words = WENT_WELL.to_owned(),
                Section::Surprises => *words = SURPRISES.to_owned(),
                Section::Impact | Section::Timeline => {}
            }
        }
        let revision = found.postmortem.revision;
        write(db, bo, circle, number, revision, &written, at + TimeDelta::hours(1)).await?;
        moving::step(db, bo, circle, number, Move::SendToReview, at + TimeDelta::hours(2)).await?;
        let draft = Draft {
            title: "Ask in the tests what holds back replay".to_owned(),
            description: "Three of us looked at the network first.".to_owned(),
            fixes: Some(Fixes::Question),
            how: Some(How::Corrective),
            severity: Severity::new(3),
            owner: ada.person.clone(),
            ..Draft::default()
        };
        let meeting = self.morning(days_ago - 4);
        make_action(db, leader, circle, number, None, &draft, meeting).await?;
        let people: Vec<&str> = [bo, ada, leader].iter().map(|who| who.person.as_str()).collect();
        set_people(db, leader, circle, number, &people, meeting).await?;
        moving::step(db, leader, circle, number, Move::Review, meeting + TimeDelta::hours(1)).await
    }

    /// The action of that postmortem is done: its question is in the bank.
    pub(super) async fn close_the_loop(&self, days_ago: u64) -> Result<()> {
        let (db, circle, at) = (self.db, self.circle.as_str(), self.morning(days_ago));
        let (ada, leader) = (&self.actor("Ada")?.who, &self.leader()?);
        let found = find(db, leader, circle, domain::postmortem::Number(1), at).await?;
        let Some(action) = found.actions.first().map(|action| action.number) else { return Ok(()) };
        let question = "orders-db/troubleshooting/report-holds-replay";
        add(db, leader, circle, question, QUESTION, at).await?;
        move_action(db, ada, circle, action, Step::new(ActionMove::Start), at).await?;
        let proof = Step { proof: question, ..Step::new(ActionMove::SendToReview) };
        move_action(db, ada, circle, action, proof, at + TimeDelta::hours(1)).await?;
        move_action(db, leader, circle, action, Step::new(ActionMove::Accept), at + TimeDelta::hours(2))
            .await?;
        moving::step(db, leader, circle, found.postmortem.number, Move::Close, at + TimeDelta::hours(3)).await
    }
}

const SYMPTOMS: &str = "\
Carts opened slowly, and the graph of replay on replica 2 was a straight line upwards. `sent_lsn` moved on all the while.";

const FACTORS: &str = "\
- A report that reads for an hour ran on the replica which serves the carts.
- `max_standby_streaming_delay` let it hold back replay for as long as it ran.
- The dashboard shows lag in bytes sent, so that the network looked guilty.";

const WENT_WELL: &str = "\
- The alert came after a minute.
- The runbook named the view that told which query it was.";

const SURPRISES: &str = "\
A replica can receive everything and replay nothing: streaming was healthy, and a query on the replica held back replay.";

const QUESTION: &str = r#"+++
level = 2
sources = ["postmortem:PM-1", "alert:PostgresReplicationLagHigh"]
tags = ["replication"]
+++
Carts are slow. On replica 2 `sent_lsn` moves on, `replay_lsn` stands still, and the replica is not busy. What do you look at first?

- [x] Queries that have run for long on the replica
  > A query that needs old rows holds back replay until it ends or is cancelled.
- [ ] The network between primary and replica
  > What is sent arrives: `sent_lsn` moves on.
- [ ] The disk of the primary
  > The primary writes and sends; only the replica stands still.

> The night behind PM-1: a report held back replay for an hour. `pg_stat_activity` on the replica names it.
"#;
