//! What the demo's team has written down of its services: whom to call, what was
//! promised, its documents, and who called.

use chrono::TimeDelta;
use domain::document::Kind;

use super::story::Story;
use crate::documents::writing::{self as documents, Draft as Text};
use crate::engagement::{self, Draft as Call};
use crate::error::Result;
use crate::people::{self, Profile};
use crate::services::writing::{self, Draft};
use crate::services::{self, StepDraft};
use crate::shifts::{self, Draft as Shifts};

/// Nobody's numbers: Ofcom keeps them free for stories.
const STEPS: [(&str, &str, &str, &str); 4] = [
    ("Bo", "", "+44 20 7946 0112", "0"),
    ("Ada", "", "+44 20 7946 0134", "15"),
    ("Lena", "", "+44 20 7946 0101", "30"),
    ("", "Data centre hotline", "+44 20 7946 0900", "45"),
];

/// Of those who have shifts.
const NUMBERS: [(&str, &str); 3] =
    [("Bo", "+44 20 7946 0112"), ("Ada", "+44 20 7946 0134"), ("Emeka", "+44 20 7946 0156")];

/// The other services, who answers for each, and at which number.
const OTHERS: [(&str, &str, &str, &str); 3] = [
    ("http-edge", "high", "Emeka", "+44 20 7946 0156"),
    ("event-stream", "high", "Ada", "+44 20 7946 0134"),
    ("platform-k8s", "medium", "Bo", "+44 20 7946 0112"),
];

const SLA: &str = "- **99.9 %** of orders are taken within 2 s, month by month
- Critical: respond within **15 minutes**, restore within **4 hours**, round the clock
- Anything else: respond within 4 working hours
- Maintenance: Tuesdays 22:00–24:00, announced three days ahead";

const HOSTS: &str = "| host | role | where |
|---|---|---|
| `orders-db-1` | primary | rack A |
| `orders-db-2` | replica, synchronous | rack B |
| `orders-db-3` | replica, delayed by an hour | rack C |
| `pgbouncer-1`, `pgbouncer-2` | connection pools | racks A and B |

One gets onto them with `ssh orders-db-1` from the jump host; the group is `oncall`.";

const COMMANDS: &str = "Look first, then act.

```
psql -c 'select * from pg_stat_replication'
psql -c 'select pid, state, wait_event, query from pg_stat_activity order by xact_start limit 20'
```

Fail over only after calling the next step of the escalation path:

```
patronictl switchover orders-db
```";

const BACKUPS: &str =
    "A full backup each night at 01:00, the log every five minutes, both in the object store of the \
second site, kept for 35 days.

1. Take a host of its own; never restore beside production.
2. `pgbackrest --stanza=orders restore --type=time --target=…`
3. Compare the number of orders of the last hour with the report.";

impl Story<'_> {
    /// The orders database has nearly all it should have, the others less.
    pub(super) async fn write_down_services(&self) -> Result<()> {
        let (db, circle, leader, at) = (self.db, self.circle.as_str(), self.leader()?, self.morning(150));
        let before = services::find(db, &leader, circle, "orders-db").await?;
        let draft = Draft {
            criticality: "critical".to_owned(),
            accountable: self.actor("Ada")?.who.person.clone(),
            sla: SLA.to_owned(),
            channels: "Ticket for everything; phone when orders stand still".to_owned(),
            hours: "Round the clock when critical, otherwise Mon–Fri 8:00–18:00 Rome".to_owned(),
            callers: "The shift lead of the shop, the duty manager".to_owned(),
            ..Draft::of(&before)
        };
        writing::edit(db, &leader, circle, "orders-db", before.revision, &draft, at).await?;
        let mut steps = Vec::new();
        for (person, name, phone, after) in STEPS {
            let person =
                if person.is_empty() { String::new() } else { self.actor(person)?.who.person.clone() };
            steps.push(StepDraft {
                person,
                name: name.to_owned(),
                phone: phone.to_owned(),
                after_minutes: after.to_owned(),
            });
        }
        let revision = before.revision + 1;
        services::set_escalation(db, &leader, circle, "orders-db", revision, &steps, at).await?;
        for (service, criticality, accountable, phone) in OTHERS {
            let before = services::find(db, &leader, circle, service).await?;
            let accountable = self.actor(accountable)?.who.person.clone();
            let draft = Draft {
                criticality: criticality.to_owned(),
                accountable: accountable.clone(),
                channels: "Ticket; phone when customers notice".to_owned(),
                hours: "Mon–Fri 8:00–18:00 Rome, and on call outside of it".to_owned(),
                ..Draft::of(&before)
            };
            writing::edit(db, &leader, circle, service, before.revision, &draft, at).await?;
            let step = |person: String, phone: &str, after: &str| StepDraft {
                person,
                phone: phone.to_owned(),
                after_minutes: after.to_owned(),
                ..StepDraft::default()
            };
            let last = step(leader.person.clone(), "+44 20 7946 0101", "20");
            let path = [step(accountable, phone, "0"), last];
            services::set_escalation(db, &leader, circle, service, before.revision + 1, &path, at).await?;
        }
        self.plan_shifts().await?;
        self.write_documents().await?;
        self.take_calls().await
    }

    /// Three take turns with the database; the edge has somebody for some days
    /// only.
    async fn plan_shifts(&self) -> Result<()> {
        let (db, circle, leader) = (self.db, self.circle.as_str(), self.leader()?);
        for (name, phone) in NUMBERS {
            let who = &self.actor(name)?.who;
            people::set_profile(db, who, Profile { name: &who.name, time_zone: "", phone }).await?;
        }
        for (service, people, from, to, times) in [
            ("orders-db", ["Bo", "Ada", "Emeka"].as_slice(), -16, -9, "8"),
            ("http-edge", ["Emeka"].as_slice(), -2, 2, "1"),
            ("http-edge", ["Bo"].as_slice(), 5, 9, "1"),
        ] {
            let people: Result<Vec<String>> =
                people.iter().map(|name| Ok(self.actor(name)?.who.person.clone())).collect();
            let draft = Shifts {
                service: service.to_owned(),
                people: people?,
                from: Some(self.morning_in(from)),
                to: Some(self.morning_in(to)),
                times: times.to_owned(),
            };
            shifts::plan(db, &leader, circle, &draft, self.morning(17)).await?;
        }
        Ok(())
    }

    async fn write_documents(&self) -> Result<()> {
        let (db, circle) = (self.db, self.circle.as_str());
        let ada = &self.actor("Ada")?.who;
        let restored = self.morning(31).date_naive().to_string();
        let page = |text: &str| Text { form: "page".to_owned(), page: text.to_owned(), ..Text::default() };
        let link = |to: &str| Text { form: "link".to_owned(), link: to.to_owned(), ..Text::default() };
        let texts = [
            (Kind::InfrastructureMap, link("https://wiki.example.org/orders/map"), 140),
            (Kind::Hosts, page(HOSTS), 188),
            (Kind::Commands, page(COMMANDS), 60),
            (Kind::Backups, Text { tried_on: restored, ..page(BACKUPS) }, 30),
            (Kind::HaTests, link("https://wiki.example.org/orders/failover-2025"), 120),
        ];
        for (kind, text, days_ago) in texts {
            let at = self.morning(days_ago);
            documents::write(db, ada, circle, "orders-db", kind, 0, &text, at).await?;
        }
        let at = self.morning(12);
        documents::confirm(db, ada, circle, "orders-db", Kind::Commands, 1, "", at).await
    }

    async fn take_calls(&self) -> Result<()> {
        let (db, circle) = (self.db, self.circle.as_str());
        let bo = &self.actor("Bo")?.who;
        for (caller, about, days_ago) in [
            ("Shift lead of the shop", "Orders of the last ten minutes are missing in the report.", 44),
            ("Duty manager", "Asked whether the maintenance on Tuesday touches the till.", 8),
        ] {
            let at = self.morning(days_ago) - TimeDelta::hours(6);
            let call = Call {
                caller: caller.to_owned(),
                about: about.to_owned(),
                taken_by: bo.person.clone(),
                taken_at: Some(at),
            };
            engagement::log_call(db, bo, circle, "orders-db", &call, at + TimeDelta::minutes(4)).await?;
        }
        Ok(())
    }
}
