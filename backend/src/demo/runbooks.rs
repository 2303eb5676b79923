//! The runbooks of the demo circle: what its engineers wrote for the night, what
//! they said after using it, and the alerts that monitoring knows.

use chrono::TimeDelta;
use domain::bank::{Content, SourceFile};

use super::story::Story;
use crate::alerts::remarks::{self, Said, Verdict};
use crate::alerts::{self, rules};
use crate::error::Result;
use crate::runbooks::writing::{self, Place};
use crate::runbooks::{MAIN, find, importing};

const TEXTS: [(&str, &str); 4] = [
    ("orders-db", include_str!("runbooks/orders-db.md")),
    ("http-edge", include_str!("runbooks/http-edge.md")),
    ("platform-k8s", include_str!("runbooks/platform-k8s.md")),
    ("event-stream", include_str!("runbooks/event-stream.md")),
];

/// Alerts that the demo's Prometheus defines; one of them is in no runbook, and
/// one leads nowhere.
const RULES: &str = "groups:
- name: orders-db
  rules:
  - {alert: PostgresReplicationLagHigh, annotations: {runbook_url: /alerts/PostgresReplicationLagHigh}}
  - {alert: PostgresConnectionsHigh, annotations: {runbook_url: /alerts/PostgresConnectionsHigh}}
  - {alert: PostgresWalDiskFilling, annotations: {runbook_url: /alerts/PostgresWalDiskFull}}
  - {alert: PostgresArchiveFailing}
  - {alert: PostgresCommitsWaiting}
  - {alert: PostgresWraparoundNear, annotations: {runbook_url: 'https://wiki.example.org/{{ $labels.alertname }}'}}
- name: edge
  rules:
  - {alert: BackendDown}
  - {alert: CertExpiresSoon}
  - {alert: EdgeBudgetBurn}
- name: platform
  rules:
  - {alert: KubePodCrashLooping}
  - {alert: KubeNodeUnreachable}
  - {alert: KubePodNotReady}
  - {alert: etcdInsufficientMembers}
- name: stream
  rules:
  - {alert: KafkaConsumerLagHigh}
  - {alert: KafkaUnderMinIsr}
  - {alert: KafkaUnderReplicated}
";

impl Story<'_> {
    /// The leader took what there was in files; an engineer made it better, and
    /// others said how it went.
    pub(super) async fn write_runbooks(&self) -> Result<()> {
        let (db, circle, began, now) = (self.db, self.circle.as_str(), self.morning(140), self.morning(0));
        let (leader, engineer) = (&self.leader()?, &self.actor("Ada")?.who);
        for (service, text) in TEXTS {
            let older = text
                .replace("3. Do not raise `max_connections`: it takes a restart, and hides the cause.\n", "");
            let file =
                SourceFile { path: format!("{service}.md"), content: Content::Bytes(older.into_bytes()) };
            let files = importing::read_files(&[file]).files;
            importing::take(db, leader, circle, service, &files, began).await?;
        }
        let (service, text) = TEXTS[0];
        let place = Place { circle, service, page: MAIN };
        let at = now - TimeDelta::days(19);
        let based_on = find(db, engineer, circle, service).await?.version;
        writing::save(db, engineer, &place, text, based_on, "Say why the limit is not raised", at).await?;
        rules::take(db, leader, circle, "orders-and-platform.rules.yaml", RULES, began).await?;
        let said = [
            ("PostgresReplicationLagHigh", leader, Verdict::Right, "", 40),
            (
                "PostgresConnectionsHigh",
                engineer,
                Verdict::Missing,
                "It should say why the limit is not raised.",
                20,
            ),
            ("PostgresReplicationLagHigh", engineer, Verdict::Right, "The second query found it at once.", 6),
        ];
        for (name, who, verdict, note, days) in said {
            for place in alerts::places(db, who, name, Some(circle), None).await? {
                let said = Said { verdict, note, is_to_do: false, key: "" };
                remarks::say(db, who, &place, said, now - TimeDelta::days(days)).await?;
            }
        }
        Ok(())
    }
}
