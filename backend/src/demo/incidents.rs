//! What went wrong in the demo circle: one incident that its monitoring
//! delivered, and one exercise, worked through the use cases that people use.

use chrono::{DateTime, TimeDelta, Utc};
use domain::incident::{Audience, Kind, Number, Phase, Severity};
use domain::postmortem::Trigger;
use domain::signal::Sender;
use rand::SeedableRng;
use rand::rngs::StdRng;
use uuid::Uuid;

use super::story::Story;
use crate::db::new_id;
use crate::error::Result;
use crate::incidents::opening::{self, Draft};
use crate::incidents::working::{self, Facts, Said};
use crate::incidents::{closing, find};
use crate::postmortems::deciding::{self, Decision};
use crate::signals::receiving::{Credentials, take};
use crate::signals::{processing, rules, sources};

/// One entry of a timeline: so many minutes after the start, whose, what, for
/// whom, and the words.
type Line = (i64, &'static str, Kind, Audience, &'static str);

const INSIDE: Audience = Audience::Internal;
const TOLD: Audience = Audience::Stakeholders;

impl Story<'_> {
    /// Replication fell behind one night, and carts were slow. It is closed, and
    /// there is to be a postmortem.
    pub(super) async fn fall_behind(&mut self, days_ago: u64) -> Result<Number> {
        let began = self.morning(days_ago) - TimeDelta::hours(5) + TimeDelta::minutes(14);
        let leader = self.leader()?;
        let sender = Some(Sender::Alertmanager);
        // The seed of the demo is known to everybody; a token must not be.
        let mut seed = [0; 32];
        seed.chunks_mut(16).for_each(|half| half.copy_from_slice(Uuid::now_v7().as_bytes()));
        let mut secret = StdRng::from_seed(seed);
        let source = sources::make(
            self.db,
            &leader,
            &self.circle,
            "Alertmanager, production",
            sender,
            &mut secret,
            began - TimeDelta::days(9),
        )
        .await?;
        let written = began - TimeDelta::days(8);
        rules::set(self.db, &leader, &self.circle, RULES, "60", 0, written).await?;
        let credentials = Credentials { token: Some(source.token), ..Credentials::default() };
        let deliver = async |status: &str, at: DateTime<Utc>| {
            let body = body(status, began, at);
            take(self.db, &source.key, &credentials, body.as_bytes(), at).await?;
            processing::work(self.db, at).await
        };
        deliver("firing", began + TimeDelta::minutes(1)).await?;
        let number = Number(1);

        self.steps("Bo", number, Phase::Acknowledged, began, 4).await?;
        let facts = Facts {
            title: "Replication fell behind, carts were slow".to_owned(),
            service: "orders-db".to_owned(),
            severity: Some(Severity::ALL[1]),
            business_affected: true,
            impact: "One cart in eight took longer than 20 seconds to open.".to_owned(),
            is_drill: false,
        };
        let bo = self.actor("Bo")?.who.clone();
        working::change(self.db, &bo, &self.circle, number, &facts, began + TimeDelta::minutes(6)).await?;
        self.write(number, began, &LAG[..5]).await?;
        self.steps("Bo", number, Phase::Mitigated, began, 31).await?;
        self.write(number, began, &LAG[5..7]).await?;
        deliver("resolved", began + TimeDelta::minutes(52)).await?;
        self.write(number, began, &LAG[7..]).await?;
        let notes = "Stopping the report let replay catch up. Reports run on a replica of their own since.";
        let at = began + TimeDelta::hours(8);
        working::explain(self.db, &bo, &self.circle, number, notes, None, at).await?;
        let said = [
            (Trigger::DataLoss, Some(false), "Nothing was lost: the primary had it all."),
            (Trigger::OnCallIntervention, Some(true), ""),
            (Trigger::BusinessImpact, Some(true), ""),
            (Trigger::MonitoringFailure, Some(false), "The alert came after a minute."),
            (Trigger::RecurringEvent, Some(false), "The first of its kind."),
        ];
        deciding::decide(
            self.db,
            &leader,
            &self.circle,
            number.0,
            Decision { said: &said, why_none: "", n_had: None },
            at + TimeDelta::hours(1),
        )
        .await?;
        closing::close(self.db, &leader, &self.circle, number, CLOSED, at + TimeDelta::hours(2)).await?;
        Ok(number)
    }

    /// A game day: the primary is switched off, and everybody knows.
    pub(super) async fn practise(&mut self, days_ago: u64) -> Result<Number> {
        let began = self.morning(days_ago) + TimeDelta::hours(2);
        let ingrid = self.actor("Ingrid")?.who.clone();
        let draft = Draft {
            title: "Game day: the primary is gone".to_owned(),
            service: "orders-db".to_owned(),
            severity: Some(Severity::ALL[2]),
            is_drill: true,
            ..Draft::default()
        };
        let number = opening::open(self.db, &ingrid, &self.circle, &draft, began).await?;
        self.steps("Hiroshi", number, Phase::Acknowledged, began, 2).await?;
        self.write(number, began, &GAME_DAY).await?;
        self.steps("Hiroshi", number, Phase::Resolved, began, 26).await?;
        let notes =
            "Promoted in 19 minutes. The runbook was right; the name of the new primary was hard to find.";
        let at = began + TimeDelta::minutes(40);
        working::explain(self.db, &ingrid, &self.circle, number, notes, None, at).await?;
        let said = Trigger::ALL.map(|trigger| (trigger, Some(false), "It was a drill."));
        let why = "A drill; what it showed became an action.";
        deciding::decide(
            self.db,
            &ingrid,
            &self.circle,
            number.0,
            Decision { said: &said, why_none: why, n_had: None },
            at,
        )
        .await?;
        let reason =
            if find(self.db, &ingrid, &self.circle, number).await?.lacks.is_empty() { "" } else { CLOSED };
        let leader = self.leader()?;
        closing::close(self.db, &leader, &self.circle, number, reason, at + TimeDelta::minutes(5)).await?;
        Ok(number)
    }

    async fn steps(
        &self,
        who: &str,
        number: Number,
        to: Phase,
        began: DateTime<Utc>,
        minute: i64,
    ) -> Result<()> {
        let (who, at) = (&self.actor(who)?.who, began + TimeDelta::minutes(minute));
        working::step(self.db, who, &self.circle, number, to, None, at).await
    }

    async fn write(&self, number: Number, began: DateTime<Utc>, lines: &[Line]) -> Result<()> {
        for (minute, who, kind, audience, words) in lines {
            let id = new_id();
            let said =
                Said { id: &id, kind: *kind, audience: *audience, words, about: None, happened_at: None };
            let (who, at) = (&self.actor(who)?.who, began + TimeDelta::minutes(*minute));
            working::add(self.db, who, &self.circle, number, said, at).await?;
        }
        Ok(())
    }
}

/// Why a leader closed what lacked something.
const CLOSED: &str =
    "Nobody was told before it was acknowledged, four minutes after it began. That is soon enough.";

const RULES: &str = "# Alerts by the team that owns them\n\
    alertname=Postgres*|Pg* -> orders-db, S2\n\
    alertname=Ingress*|Http* -> http-edge\n\
    severity=info -> ignore";

fn body(status: &str, began: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let (began, ended) = match status {
        "resolved" => (began.to_rfc3339(), now.to_rfc3339()),
        _ => (began.to_rfc3339(), "0001-01-01T00:00:00Z".to_owned()),
    };
    format!(
        r#"{{"version":"4","groupKey":"{{}}:{{alertname=\"PostgresReplicationLagHigh\"}}","truncatedAlerts":0,
"status":"{status}","receiver":"muster","groupLabels":{{"alertname":"PostgresReplicationLagHigh"}},
"commonLabels":{{"alertname":"PostgresReplicationLagHigh","env":"prod","severity":"critical"}},
"commonAnnotations":{{"runbook_url":"https://wiki.demo.invalid/orders-db/runbook#replication"}},
"externalURL":"https://alertmanager.demo.invalid","alerts":[{{"status":"{status}",
"labels":{{"alertname":"PostgresReplicationLagHigh","env":"prod","instance":"replica2","severity":"critical"}},
"annotations":{{"summary":"replica2 is 40 s behind"}},"startsAt":"{began}","endsAt":"{ended}",
"generatorURL":"https://prometheus.demo.invalid/graph","fingerprint":"5f1c2a9b7d3e4c80"}}]}}"#
    )
}

const LAG: [Line; 9] = [
    (
        7,
        "Bo",
        Kind::Finding,
        INSIDE,
        "`pg_stat_activity` on replica2: a report has been running for 51 minutes, and replay waits for it.",
    ),
    (
        9,
        "Bo",
        Kind::Update,
        TOLD,
        "Opening a cart is slow for some. We know what holds it up and are working on it. The next word comes at half past.",
    ),
    (
        15,
        "Chiara",
        Kind::Decision,
        INSIDE,
        "We do not promote: the primary is healthy, and a failover would help nobody.",
    ),
    (22, "Bo", Kind::Action, TOLD, "Carts read from the primary for now."),
    (26, "Bo", Kind::Note, INSIDE, "The runbook says to wait for the query. It does not say for how long."),
    (33, "Bo", Kind::Update, TOLD, "Carts open as fast as usual. We are still clearing up behind it."),
    (40, "Bo", Kind::Action, TOLD, "Stopped the report that held the replica up. It is catching up."),
    (55, "Chiara", Kind::Update, TOLD, "It is over. Everything reads from where it should."),
    (
        58,
        "Bo",
        Kind::Cause,
        TOLD,
        "A report that ran for nearly an hour kept a replica from applying what it had received, and carts are read from that replica.",
    ),
];

const GAME_DAY: [Line; 4] = [
    (5, "Hiroshi", Kind::Finding, INSIDE, "The primary does not answer; both replicas stream nothing."),
    (9, "Hiroshi", Kind::Decision, INSIDE, "Promote replica1: it has replayed the most."),
    (
        12,
        "Priya",
        Kind::Update,
        TOLD,
        "For the exercise: the shop reads, and writes nothing. The next word comes in half an hour.",
    ),
    (
        19,
        "Hiroshi",
        Kind::Action,
        INSIDE,
        "Promoted. It took four minutes to find the name that the shop has to be told.",
    ),
];
