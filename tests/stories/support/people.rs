//! What people do in a story, through the pages that people use.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Client, Form, Muster, Page};

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// Now, by the clock of the tests: the program is told what it would see anyway.
#[allow(clippy::disallowed_methods, reason = "a story happens now")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

impl Muster {
    /// Lea sets the installation up: she administers it and leads the circle `orders`.
    pub async fn set_up(&mut self) -> Client {
        let token = self.wait_for_line("Set-up token: ").await;
        let lea = Client::of(self);
        let page = lea.open("/set-up").await;
        let form =
            page.form("main form").fill("token", &token).fill("name", "Lea").fill("email", "lea@example.org");
        let form = form.fill("password", PASSWORD).fill("team", "Orders").fill("time_zone", "UTC");
        lea.submit(form).await;
        lea
    }

    /// Signs in, in another browser.
    pub async fn signs_in(&self, name: &str) -> Client {
        let client = Client::of(self);
        let page = client.open("/sign-in").await;
        let form = page.form("main form").fill("email", &email(name)).fill("password", PASSWORD);
        client.submit(form).await;
        client
    }
}

pub fn email(name: &str) -> String {
    format!("{name}@example.org")
}

impl Client {
    /// A path below the circle that this person works in.
    pub fn at(&self, path: &str) -> String {
        format!("/circles/{}{path}", self.circle)
    }

    /// Makes a circle, as an administrator, and leads it.
    pub async fn makes_circle(&self, name: &str) -> Client {
        let page = self.open("/circles").await;
        let page = self.send(page.form("main form").fill("name", name).fill("time_zone", "UTC")).await;
        self.in_circle(page.see_other().trim_start_matches("/circles/"))
    }

    /// The link that an invitation hands out.
    pub async fn invites_by_link(&self, name: &str, role: &str) -> String {
        let page = self.open(&self.at("/members")).await;
        let form = page.form("form:has([value=invite])").fill("email", &email(name)).fill("role", role);
        let page = self.submit(form).await;
        let link = page.attributes("#link", "value").remove(0);
        assert!(!self.open(&self.at("/members")).await.has("#link"), "a link is shown once");
        link[link.find("/invitations/").unwrap()..].to_owned()
    }

    /// Invites somebody who has no account yet, and is that person from then on.
    pub async fn invites(&self, muster: &Muster, name: &str, role: &str) -> Client {
        let link = self.invites_by_link(name, role).await;
        let person = Client::of(muster).in_circle(&self.circle);
        let page = person.open(&link).await;
        let title = name[..1].to_uppercase() + &name[1..];
        person.submit(page.form("main form").fill("name", &title).fill("password", PASSWORD)).await;
        person
    }

    /// The id by which the pages of the circle know a member.
    pub async fn id_of(&self, name: &str) -> String {
        let page = self.open(&self.at("/members")).await;
        let name = name[..1].to_uppercase() + &name[1..];
        let people = page.all("main a[href*='/members/']", |link| {
            (
                super::page::words(link),
                link.value().attr("href").unwrap().rsplit('/').next().unwrap().to_owned(),
            )
        });
        let found = people.iter().find(|(words, _)| *words == name);
        found.unwrap_or_else(|| panic!("{name} is not among {people:?}")).1.clone()
    }

    /// Takes a bank from the shelf.
    pub async fn takes_bank(&self, service: &str) -> Page {
        let page = self.open(&self.at(&format!("/services/{service}"))).await;
        self.submit(page.form("form:has(button[value=take])").press("do", "take")).await
    }

    /// The page of a new test that asks for so many questions of each service and topic.
    pub async fn drafts_test(&self, name: &str, rows: &[(&str, &str, u32)]) -> Form {
        let mut page = self.open(&self.at("/tests/new")).await;
        for _ in 1..rows.len() {
            page = self.send(test_form(&page).press("do", "add-row")).await;
            assert_eq!(page.status, 200);
        }
        let mut form = test_form(&page).fill("name", name);
        for (key, (service, topic, n)) in rows.iter().enumerate() {
            form = form.fill(&format!("service-{key}"), service).fill(&format!("topic-{key}"), topic);
            form = form.fill(&format!("n-{key}"), &n.to_string());
        }
        form
    }

    /// A test that asks the six questions of the stories' bank; its id.
    pub async fn makes_test(&self) -> String {
        let rows = [("orders-db", "process", 3), ("orders-db", "troubleshooting", 3)];
        let form = self.drafts_test("On call", &rows).await;
        let page = self.send(form.press("do", "save")).await;
        id_in(&page.see_other(), "/tests/")
    }

    /// A round of this test that runs now, for every engineer; its id.
    pub async fn plans_round(&self, test: &str) -> String {
        self.plans_round_with(test, |form| form).await
    }

    /// The same, with something else filled in.
    pub async fn plans_round_with(&self, test: &str, change: impl FnOnce(Form) -> Form) -> String {
        let page = self.open(&self.at(&format!("/plan-round?test={test}"))).await;
        let form = page.form("main form").fill("name", "November").fill("test", test);
        let form = form.fill("opens_at", &local(now() - TimeDelta::hours(1)));
        let form = form.fill("closes_at", &local(now() + TimeDelta::hours(8)));
        let page = self.send(change(form)).await;
        id_in(&page.see_other(), "/rounds/")
    }

    /// Bank, test and round in one go: what most stories begin with.
    pub async fn prepares_round(&self) -> String {
        self.takes_bank("orders-db").await;
        let test = self.makes_test().await;
        self.plans_round(&test).await
    }

    /// Presses Start; the id of the attempt.
    pub async fn starts(&self, round: &str) -> String {
        let page = self.open(&self.at(&format!("/rounds/{round}/start"))).await;
        let page = self.send(page.form("main form")).await;
        id_in(&page.see_other(), "/attempts/")
    }

    /// Hands an attempt in.
    pub async fn hands_in(&self, attempt: &str) -> Page {
        let page = self.open(&format!("/attempts/{attempt}/check")).await;
        self.submit(page.form("#hand-in")).await
    }

    /// Saves an answer as the island does.
    pub async fn saves(&self, attempt: &str, slot: u16, sequence: i64, answer: Value) -> Page {
        let sent = json!({
            "slot": slot, "client": "story", "sequence": sequence, "answer": answer,
            "confidence": null, "for_review": false,
        });
        self.call("/api/v1/attempts/save-answer", &json!({ "attempt": attempt, "sent": sent })).await
    }

    /// The number of the question of this kind in an attempt.
    pub async fn slot_of(&self, attempt: &str, kind: &str) -> u16 {
        let page = self.open(&format!("/attempts/{attempt}?all=1")).await;
        page.attributes(&format!("[data-kind={kind}]"), "data-slot").remove(0).parse().unwrap()
    }
}

/// The form of the test's editor.
pub fn test_form(page: &Page) -> Form {
    page.form("form:has(input[name=version])")
}

/// As a field for day and time sends it; everyone in the stories lives in UTC.
pub fn local(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M").to_string()
}

/// The part of an address that follows `before`.
pub fn id_in(address: &str, before: &str) -> String {
    let rest = &address
        [address.find(before).unwrap_or_else(|| panic!("{address} has no {before}")) + before.len()..];
    rest.split(['/', '?', '#']).next().unwrap().to_owned()
}
