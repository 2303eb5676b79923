//! Corrective actions over HTTP: from the form to the effect, and what leaves
//! the house as a file or a calendar.

use crate::support::{Client, Form, Muster, Page};

impl Client {
    /// Makes an action of severity 2 by hand, with more fields filled in; the
    /// path of its page.
    pub async fn makes_action(&self, title: &str, more: &[(&str, &str)]) -> String {
        let page = self.open(&self.at("/make-action")).await;
        let mut form = page.form("main form").fill("title", title).fill("fixes", "alert");
        form = form.fill("how", "preventive").fill("severity", "2");
        for (name, value) in more {
            form = form.fill(name, value);
        }
        let page = self.send(form).await;
        page.see_other().split('?').next().unwrap().to_owned()
    }

    /// Moves an action on its own page.
    async fn moves(&self, action: &str, one: &str, why: &str) -> Page {
        let page = self.open(action).await;
        self.submit(mover(&page).fill("note", why).press("move", one)).await
    }
}

fn mover(page: &Page) -> Form {
    page.form("form:has([name=note])")
}

/// Lea leads; Ada and Bo are engineers; Rea reads.
struct Team {
    muster: Muster,
    lea: Client,
    ada: Client,
    adas_id: String,
    bo: Client,
    rea: Client,
}

impl Team {
    async fn at_work() -> Team {
        let mut muster = Muster::start().await;
        let lea = muster.set_up().await;
        let ada = lea.invites(&muster, "ada", "engineer").await;
        let bo = lea.invites(&muster, "bo", "engineer").await;
        let rea = lea.invites(&muster, "rea", "reader").await;
        let adas_id = lea.id_of("ada").await;
        Team { muster, lea, ada, adas_id, bo, rea }
    }

    async fn adas(&self, title: &str) -> String {
        self.lea.makes_action(title, &[("owner", &self.adas_id)]).await
    }
}

const LIST: &str = "/circles/orders/actions";

/// The numbers in the list, in its order.
fn numbers(page: &Page) -> Vec<String> {
    page.all_words_of("table.actions tbody th[scope=row] a:first-child .nowrap")
}

#[tokio::test]
async fn an_action_goes_from_the_form_to_its_effect() {
    let team = Team::at_work().await;
    team.lea.takes_bank("orders-db").await;
    team.ada.open(LIST).await.must_say("No actions yet");
    let action = team
        .lea
        .makes_action(
            "Raise the pool alarm",
            &[
                ("owner", &team.adas_id),
                ("description", "It fires **late**. <script>alert(1)</script>"),
                ("tasks", "Ask Bo\nChange the rule"),
                ("done_when", "It fires at 80 %."),
                ("labels", "Alerts, pool"),
                ("questions", "orders-db/process/what-first"),
            ],
        )
        .await;
    assert_eq!(action, format!("{LIST}/CA-1"));

    let page = team.ada.open(&action).await;
    page.must_say("CA-1 Raise the pool alarm");
    page.must_say("It fires late .");
    page.must_say("Tasks 0 of 2 done");
    page.must_say("orders-db/process/what-first");
    assert!(
        !page.has("a[href*='/questions/']") && team.lea.open(&action).await.has("a[href*='/questions/']")
    );
    assert!(!page.has("main script"));
    let ticked = team.ada.submit(page.form("form:has([value=tick])").press("to", "ticked")).await;
    ticked.must_say("Tasks 1 of 2 done");
    team.ada.moves(&action, "start", "").await.must_say("Ada started it");
    team.bo
        .submit(team.bo.open(&action).await.form("form:has([name=comment])").fill("comment", "Seen."))
        .await;
    team.ada.moves(&action, "review", "Please look.").await.must_say("In review");
    assert!(!team.ada.open(&action).await.has("form:has([name=note])"), "a leader decides");
    let done = team.lea.moves(&action, "accept", "").await;
    done.must_say("Done, without proof");
    done.must_say("Without proof");
    let bare = team.lea.send(mover(&done).press("move", "effect")).await;
    assert_eq!((bare.status, bare.problem("note").as_deref()), (422, Some("Error: Say why, in a sentence.")));
    let form = mover(&bare).fill("proof", "https://git.example.org/1").fill("note", "The re-test passed.");
    let seen = team.lea.submit(form.press("move", "effect")).await;
    seen.must_say("Effect seen");
    assert!(seen.has("a[href='https://git.example.org/1'][rel='noopener noreferrer nofollow']"));
    assert!(!seen.says("Without proof"));
    let who: Vec<String> = seen.all_words_of(".timeline .who");
    assert_eq!(
        who,
        [
            "Lea saw an effect",
            "Lea called it done",
            "Ada sent it to review",
            "Bo commented",
            "Ada started it",
            "Ada ticked a task",
            "Lea made it",
        ]
    );
    team.lea.open("/circles/orders/audit").await.must_say("moved a corrective action to: Effect seen");
}

#[tokio::test]
async fn what_was_typed_stays_and_each_error_stands_at_its_field() {
    let team = Team::at_work().await;
    let page = team.ada.open("/circles/orders/make-action").await;
    let form =
        page.form("main form").fill("description", "Why </textarea> it is").fill("done_by", "1999-01-01");

    let again =
        team.ada.send(form.fill("questions", "orders-db/process/none").fill("tasks", "One\nTwo")).await;

    assert_eq!(again.status, 422);
    for field in ["title", "fixes", "how", "severity", "done_by", "questions"] {
        assert!(again.problem(field).is_some(), "{field}");
        assert!(again.has(&format!("#{field}")), "{field}");
    }
    assert_eq!(again.value("description"), "Why </textarea> it is");
    assert_eq!((again.value("tasks").as_str(), again.value("done_by").as_str()), ("One\nTwo", "1999-01-01"));
}

#[tokio::test]
async fn a_second_one_in_progress_asks_whether_to_pause_the_first() {
    let team = Team::at_work().await;
    let (first, second) = (team.adas("First").await, team.adas("Second").await);
    team.ada.moves(&first, "start", "").await;

    let page = team.ada.open(&second).await;
    let asked = team.ada.send(mover(&page).fill("note", "It burns.").press("move", "start")).await;

    assert_eq!(asked.status, 200);
    asked.must_say("Pause CA-1?");
    asked.must_say("Ada has CA-1 “First” in progress.");
    assert_eq!(asked.value("note"), "It burns.", "the comment is kept");
    team.ada.open(&second).await.must_say("Open");
    let form = asked.form("form:has([name=pause])").press("move", "start");
    let started = team.ada.submit(form).await;
    started.must_say("In progress");
    started.must_say("It burns.");
    let paused = team.ada.open(&first).await;
    paused.must_say("CA-2 comes first.");
    paused.must_say("Paused");
    // From the board the page of the action asks.
    let board = team.ada.open(&format!("{LIST}?view=board")).await;
    let form = board.form("form:has([name=action][value=CA-1])").fill("move", "start");
    let asked = team.ada.submit(form).await;
    asked.must_say("Pause CA-2?");
}

#[tokio::test]
async fn a_form_that_is_sent_twice_adds_once() {
    let team = Team::at_work().await;
    let new = team.lea.open("/circles/orders/make-action").await;
    let key = new.attributes("form.form input[name=key]", "value").remove(0);
    let owner = team.adas_id.clone();
    let form = [
        ("key", key.as_str()),
        ("title", "Raise the threshold"),
        ("fixes", "alert"),
        ("how", "preventive"),
        ("severity", "2"),
        ("owner", owner.as_str()),
    ];
    let first = team.lea.post("/circles/orders/make-action", &form).await.see_other();
    assert_eq!(team.lea.post("/circles/orders/make-action", &form).await.see_other(), first);

    let action = first.split('?').next().unwrap().to_owned();
    let page = team.ada.open(&action).await;
    for part in ["form:has([name=comment])", "form:has([name=move])"] {
        assert_eq!(page.attributes(&format!("{part} input[name=key]"), "value").len(), 1, "{part}");
    }
    for _ in 0..2 {
        team.ada.post(&action, &[("do", "move"), ("move", "start"), ("key", "a")]).await.see_other();
        team.ada
            .post(&action, &[("do", "comment"), ("comment", "Half of it."), ("key", "b")])
            .await
            .see_other();
        let proof =
            [("do", "move"), ("move", "review"), ("proof", "https://git.example.org/1"), ("key", "c")];
        team.ada.post(&action, &proof).await.see_other();
    }
    let page = team.ada.open(&action).await;
    assert_eq!(page.body.matches("<p>Half of it.</p>").count(), 1);
}

#[tokio::test]
async fn filters_stand_in_the_address_and_hold_for_list_board_figures_and_file() {
    let team = Team::at_work().await;
    team.adas("Raise it").await;
    team.bo.makes_action("Write it down", &[("labels", "docs")]).await;
    let third = team.lea.makes_action("Given up", &[("severity", "4")]).await;
    team.lea.moves(&third, "wont-do", "The service goes.").await;
    assert_eq!(numbers(&team.rea.open(LIST).await), ["CA-1", "CA-2", "CA-3"]);

    let form = team.rea.open(LIST).await.form("form[role=search]");
    let form =
        form.fill("state", "unfinished").fill("severity", "2").fill("owner", "nobody").fill("q", "WRITE");
    let query: Vec<String> = form.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let found = team.rea.open(&format!("{LIST}?{}", query.join("&"))).await;

    assert_eq!(numbers(&found), ["CA-2"]);
    assert_eq!(found.all_words_of("a.chip").len(), 4);
    for chip in found.attributes("a.chip", "href") {
        assert_eq!(team.rea.open(&chip).await.all_words_of("a.chip").len(), 3);
    }
    for (query, expected) in [
        ("owner=me", vec![]),
        ("label=docs", vec!["CA-2"]),
        ("state=wont_do", vec!["CA-3"]),
        ("q=ca-3", vec!["CA-3"]),
        ("overdue=yes", vec![]),
    ] {
        let page = team.rea.open(&format!("{LIST}?{query}")).await;
        assert_eq!(numbers(&page), expected, "{query}");
        if expected.is_empty() {
            page.must_say("Nothing matches");
        }
    }
    assert_eq!(numbers(&team.ada.open(&format!("{LIST}?owner=me")).await), ["CA-1"]);
    let board = team.rea.open(&format!("{LIST}?view=board&state=unfinished")).await;
    assert_eq!(board.all_words_of(".board h3 .nowrap"), ["CA-1", "CA-2"]);
    assert!(!board.has(".board form"), "a reader moves nothing");
    let figures = team.rea.open(&format!("{LIST}?view=figures")).await;
    figures.must_say("2 actions are not finished, 0 of them late");
    figures.must_say("In 6 months 3 were made and 0 done");
    assert!(figures.has("table.figures svg rect") && !figures.has("[style]"));
    let unknown = team.rea.open(&format!("{LIST}?state=lost&owner=zoe")).await;
    unknown.must_say("There is no such filter: state “lost”, owner “zoe”.");
    assert_eq!(team.rea.get(&format!("{LIST}.csv?state=lost")).await.status, 422);
    let file = team.rea.get(&format!("{LIST}.csv?label=docs")).await;
    assert_eq!(file.body.lines().count(), 2);
}

#[tokio::test]
async fn the_board_moves_with_a_list_and_a_button_and_keeps_its_filters() {
    let team = Team::at_work().await;
    team.adas("Raise it").await;
    let board = team.ada.open(&format!("{LIST}?view=board&owner=me")).await;

    let form = board.form("form:has([name=action][value=CA-1])");
    assert_eq!(form.offers("move"), ["start"]);
    let moved = team.ada.submit(form.fill("move", "start")).await;

    assert!(moved.path.starts_with(&format!("{LIST}?view=board&owner=me")), "{}", moved.path);
    moved.must_say("The action is moved.");
    // What has to say why leads to where one can.
    let board = team.lea.open(&format!("{LIST}?view=board")).await;
    let form = board.form("form:has([name=action][value=CA-1])").fill("move", "wont-do");
    let asks = team.lea.submit(form).await;
    asks.must_say("Say why, then press “Won't do”.");
    for back in ["https://evil.example.org", "//evil.example.org", "/circles/billing", "/people"] {
        let page = team.ada.post(LIST, &[("action", "CA-1"), ("move", "pause"), ("back", back)]).await;
        assert!(page.see_other().starts_with(&format!("{LIST}?view=board")), "{back}");
        team.ada.moves(&format!("{LIST}/CA-1"), "start", "").await;
    }
}

#[tokio::test]
async fn an_edit_of_an_older_page_is_refused_and_nothing_typed_is_lost() {
    let team = Team::at_work().await;
    let action = team.adas("Raise it").await;
    let edit = format!("{action}/edit");
    let (first, second) = (team.ada.open(&edit).await, team.lea.open(&edit).await);
    team.ada.submit(first.form("main form").fill("title", "Raise it to 80")).await.must_say("Raise it to 80");

    let refused = team.lea.send(second.form("main form").fill("title", "Raise it to 90")).await;

    assert_eq!(refused.status, 422);
    refused.must_say("Somebody changed this action meanwhile.");
    assert_eq!(refused.value("title"), "Raise it to 90");
    let page = team.rea.open(&action).await;
    page.must_say("Raise it to 80");
    assert_eq!(page.all_words_of(".timeline del"), ["Raise it"]);
    for stranger in [&team.bo, &team.rea] {
        assert_eq!(stranger.get(&edit).await.status, 404);
        assert!(!stranger.open(&action).await.has("a[href$='/edit']"));
    }
}

#[tokio::test]
async fn stand_up_names_everybody_by_name_with_what_they_do() {
    let team = Team::at_work().await;
    let action = team.adas("Raise it").await;
    team.ada.moves(&action, "start", "").await;
    let page = team.ada.open(&action).await;
    team.ada.submit(page.form("form:has([name=comment])").fill("comment", "Half of *it*.")).await;
    team.bo.makes_action("Nobody's", &[]).await;

    let page = team.rea.open("/circles/orders/stand-up").await;

    assert_eq!(page.all_words_of("main h2"), ["Nobody's yet", "Ada"]);
    page.must_say("Half of it .");
    page.must_say("Nothing in progress: Bo, Lea.");
}

#[tokio::test]
async fn late_ones_are_on_the_owners_home_page_and_then_on_the_leaders() {
    let team = Team::at_work().await;
    team.adas("Raise it").await;
    let home = "/circles/orders";
    team.ada.open(home).await.must_say("Actions for you");
    assert!(!team.lea.open(home).await.says("Raise it"));

    let late = "UPDATE actions SET assign_by = '2026-01-01', done_by = '2026-01-02' WHERE circle = $1";
    team.muster.database.run(late, "orders").await;

    let adas = team.ada.open(home).await;
    adas.must_say("Late by");
    let leas = team.lea.open(home).await;
    leas.must_say("Actions that wait for you");
    leas.must_say("CA-1 Raise it Ada");
    assert!(!team.bo.open(home).await.says("Raise it"));
    assert_eq!(numbers(&team.rea.open(&format!("{LIST}?overdue=yes")).await), ["CA-1"]);
}

const HOSTILE: &str = "=cmd|' /C calc'!A0;\"x\", \\n END:VEVENT";

#[tokio::test]
async fn t41_a_hostile_title_is_text_on_pages_no_formula_in_the_file_and_one_line_in_the_calendar() {
    let team = Team::at_work().await;
    let action = team.adas(HOSTILE).await;
    team.ada.open(&action).await.must_say(HOSTILE);

    let file = team.rea.get(&format!("{LIST}.csv")).await;

    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    let mut reader = csv::Reader::from_reader(file.body.as_bytes());
    let row = reader.records().next().unwrap().unwrap();
    assert_eq!(row[1], format!("'{HOSTILE}"));
    assert_eq!(domain::spreadsheet::text_of(&row[1]), HOSTILE);

    let page = team.ada.open("/circles/orders/calendar").await;
    let page = team.ada.submit(page.form("form:has([name=shows])")).await;
    let address = page.attributes("#link", "value").remove(0);
    let path = address.strip_prefix(&team.muster.url).unwrap();
    assert!(path.starts_with("/calendars/") && path.ends_with(".ics") && !path.contains("orders"), "{path}");
    let nobody = Client::of(&team.muster);
    let calendar = nobody.get(path).await;
    assert_eq!(
        (calendar.status, calendar.header("content-type")),
        (200, Some("text/calendar; charset=utf-8"))
    );
    assert!(
        calendar.body.split_terminator("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n']))
    );
    let lines = calendar.body.replace("\r\n ", "");
    assert!(lines.contains("SUMMARY:CA-1 =cmd|' /C calc'!A0\\;\"x\"\\, \\\\n END:VEVENT\r\n"), "{lines}");
    assert_eq!(lines.matches("\r\nEND:VEVENT\r\n").count(), 1);
    assert!(!team.muster.log().contains(path.trim_start_matches("/calendars/")), "the log keeps no secret");
    // Only its maker revokes it, and then nothing is there.
    for wrong in [path.trim_end_matches(".ics").to_owned(), path.replace(".ics", ".ICS"), format!("{path}x")]
    {
        assert_eq!(nobody.get(&wrong).await.status, 404, "{wrong}");
    }
    let page = team.ada.open("/circles/orders/calendar").await;
    assert!(!page.has("#link"), "it is shown once");
    team.ada.submit(page.form("form:has([name=id])").press("do", "revoke")).await.must_say("revoked");
    assert_eq!(nobody.get(path).await.status, 404);
}

#[tokio::test]
async fn a_leader_sets_the_days_and_the_form_says_them() {
    let team = Team::at_work().await;
    let page = team.lea.open("/circles/orders/action-days").await;
    assert_eq!((page.value("assign-1"), page.value("done-4")), ("1".to_owned(), "40".to_owned()));

    let refused = team.lea.send(page.form("main form").fill("done-2", "1")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.problem("done-2").unwrap().contains("cannot be done before it is assigned"));
    team.lea.submit(page.form("main form").fill("done-2", "11")).await.must_say("The days are saved.");

    team.ada
        .open("/circles/orders/make-action")
        .await
        .must_say("Assigned within 2 working days, done within 11");
}

#[tokio::test]
async fn an_action_is_checked_against_the_next_answers_to_its_questions() {
    const ASKED: [&str; 2] = ["orders-db/process/what-first", "orders-db/process/owners"];
    let team = Team::at_work().await;
    let (lea, ada, bo) = (&team.lea, &team.ada, &team.bo);
    lea.takes_bank("orders-db").await;
    let test = lea.makes_test().await;
    let round = lea.plans_round(&test).await;
    let attempt = ada.starts(&round).await;
    ada.hands_in(&attempt).await;
    let question = lea.open(&format!("/circles/orders/questions/{}", ASKED[0])).await;
    assert!(question.links().contains(&format!("/circles/orders/make-action?question={}", ASKED[0])));
    let form =
        lea.open(&format!("/circles/orders/make-action?question={}&question={}", ASKED[0], ASKED[1])).await;
    form.must_say("It comes from these questions.");
    assert_eq!(form.value("questions"), ASKED.join("\n"));
    assert!(form.links().contains(&format!("/circles/orders/questions/{}", ASKED[1])));
    let action = lea
        .makes_action("Write it down", &[("owner", &team.adas_id), ("questions", &ASKED.join("\n"))])
        .await;
    let page = lea.open(&action).await;
    page.must_say(
        "When it is done, answers to its 2 questions from before and after will tell whether it helped.",
    );

    ada.moves(&action, "start", "").await;
    ada.moves(&action, "review", "").await;
    let page = lea.moves(&action, "accept", "").await;
    page.must_say("Effect: not enough answers yet (0 of 5)");
    ada.open(&action).await.must_say("Leaders see how its 2 questions were answered before and after.");
    assert_eq!(numbers(&lea.open(&format!("{LIST}?effect=judge")).await), [] as [&str; 0]);

    // Asked again, by three people who know it no better.
    let round = lea.plans_round(&test).await;
    for who in [ada, bo] {
        let attempt = who.starts(&round).await;
        who.hands_in(&attempt).await;
    }
    lea.open(&action).await.must_say("Effect: not enough answers yet (4 of 5)");
    let kim = lea.invites(&team.muster, "kim", "engineer").await;
    let round = lea.plans_round(&test).await;
    let attempt = kim.starts(&round).await;
    kim.hands_in(&attempt).await;

    lea.open("/circles/orders").await.must_say("Effect can be judged now");
    lea.open("/circles/orders/stand-up").await.must_say("Effect can be judged now");
    let list = lea.open(&format!("{LIST}?effect=judge")).await;
    assert_eq!(numbers(&list), ["CA-1"]);
    list.must_say("Effect can be judged");
    let page = lea.open(&action).await;
    page.must_say("The answers show no effect");
    let file = lea.get(&format!("{LIST}.csv")).await;
    assert!(file.body.contains("\"no_effect\",\"0.0\",\"2\",\"0.0\",\"6\""), "{}", file.body);
    for other in [ada, &team.rea] {
        let page = other.open(&action).await;
        assert!(!page.says("The answers show") && !page.says("Effect can be judged"));
        assert!(other.get(&format!("{LIST}.csv")).await.body.contains("\"\",\"\",\"\",\"\",\"\",\"http"));
    }

    let seen = lea.moves(&action, "no-effect", "Nobody reads that page.").await;
    let words = "Right answers: before 0\u{a0}% of 2, after 0\u{a0}% of 6.";
    assert!(seen.body.contains(words), "{}", seen.text());
    assert!(!ada.open(&action).await.body.contains(words), "four people are too few for everybody");
    assert!(!lea.open("/circles/orders").await.says("Effect can be judged now"));
}
