//! The banks that the demo's leader took: the sample banks, and what the bank
//! of the orders database said before and says beside them.

use chrono::{DateTime, Utc};
use domain::bank::{self, Bank, BankQuestion, Content, SourceFile};

use crate::db::Db;
use crate::error::{Error, Result};
use crate::people::Who;
use crate::questions;
use crate::shelf::Shelf;

/// A question that the newer bank does not have any more.
const DROPPED: (&str, &str) = (
    "orders-db/process/who-restarts-the-primary.md",
    "+++
level = 1
tags = [\"escalation\"]
+++
The primary of the orders database has to be restarted this evening. Whom do you ask first?

- [x] The database administrator on duty
  > There still was one when this was written.
- [ ] The incident commander
  > Nothing is broken yet.
- [ ] Nobody: it is in the maintenance window
  > The window allows it; somebody still has to know.

> Since the team carries the pager itself there is no administrator on duty any more.
",
);

/// A question that somebody is still writing.
const DRAFT: (&str, &str) = (
    "orders-db/process/before-a-restore-drill.md",
    "+++
level = 2
state = \"draft\"
tags = [\"drill\"]
+++
You restore last night's backup of the orders database for a drill. What must be true before you begin?

- [x] It goes to a host of its own, and its archive command is off
  > Otherwise the drill writes into the archive of production.
- [ ] Production stands still
  > A drill that needs that is never held.
- [ ] A new backup has been made
  > The old one is what the drill is about.

> Still to add: which host, and who may use it.
",
);

/// A question that a leader marks.
const OPEN: (&str, &str) = (
    "orders-db/process/explain-the-outage.md",
    "+++
level = 3
tags = [\"communication\"]
+++
The orders database was down for 14 minutes and nobody could check out. Write the first message to the customer, in
three sentences at most.

## Rubric

- (2) Says what their people could not do, and from when to when
- (1) Says what is known of the cause, and that the rest is being looked for
- (1) Says when the next message comes

> The first message is about them: what did not work, and when they hear more. Causes come with the postmortem.
",
);

/// The banks as they were at first.
pub(super) async fn take_first(db: &Db, leader: &Who, circle: &str, at: DateTime<Utc>) -> Result<()> {
    for mut bank in samples()? {
        if bank.service.slug == "orders-db" {
            bank.questions.push(question(DROPPED)?);
        }
        questions::take_as(db, leader, circle, &bank, at).await?;
    }
    Ok(())
}

/// The bank of the orders database as it is today.
pub(super) async fn take_newer(db: &Db, leader: &Who, circle: &str, at: DateTime<Utc>) -> Result<()> {
    for mut bank in samples()?.into_iter().filter(|bank| bank.service.slug == "orders-db") {
        bank.questions.extend([question(DRAFT)?, question(OPEN)?]);
        questions::take_as(db, leader, circle, &bank, at).await?;
    }
    Ok(())
}

fn samples() -> Result<Vec<Bank>> {
    Ok(Shelf::Samples.read().map_err(|why| Error::Corrupt(why.to_string()))?.banks)
}

/// One question, as a bank holds it.
fn question((path, text): (&str, &str)) -> Result<BankQuestion> {
    let file = |path: &str, text: &str| SourceFile {
        path: path.to_owned(),
        content: Content::Bytes(text.as_bytes().to_vec()),
    };
    let sheet = "name = \"Orders\"\nsummary = \"Orders.\"\nowner = \"Team\"\n";
    let shelf = bank::read(&[file("orders-db/service.toml", sheet), file(path, text)]);
    let questions = shelf.banks.into_iter().flat_map(|bank| bank.questions);
    questions.last().ok_or_else(|| Error::Corrupt(format!("{path} of the demo")))
}
