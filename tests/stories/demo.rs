//! The demo circle: made at the first press, entered without a password, gone at a press.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::{Client, Muster, muster, until};

/// A visitor who became somebody of the demo, and where they stand then.
async fn somebody(muster: &Muster, name: &str) -> (Client, String) {
    let visitor = Client::of(muster).in_circle("demo");
    let page = visitor.open("/demo").await;
    let ids = page.attributes("main .entrances input[name=person]", "value");
    let names = page.all_words_of("main .entrances button");
    let at = names.iter().position(|button| button == &format!("Be {name}")).expect(name);
    let home = visitor.post("/demo", &[("person", &ids[at])]).await.see_other();
    (visitor, home)
}

/// A demo in an installation that nobody has set up.
async fn made() -> Muster {
    let muster = Muster::start().await;
    let visitor = Client::of(&muster);
    let page = visitor.post("/", &[("do", "demo")]).await;
    assert_eq!(page.see_other(), "/demo");
    muster
}

#[tokio::test]
async fn whoever_one_is_every_page_has_something_to_show() {
    let muster = made().await;
    let leaders = ["/tests", "/rounds", "/plan-round", "/audit", "/settings"];
    let everyones =
        ["", "/readiness", "/services", "/services/orders-db", "/services/event-stream", "/members"];
    for (name, role) in [("Lena Okafor", "leader"), ("Ada Brown", "engineer"), ("Grace Mbeki", "reader")] {
        let (client, home) = somebody(&muster, name).await;
        assert_eq!(home, "/circles/demo");
        let own: &[&str] = if role == "leader" { &leaders } else { &[] };
        for path in everyones.iter().chain(own) {
            let page = client.open(&client.at(path)).await;
            assert!(!page.has("main .empty"), "{name} sees nothing at {path}:\n{}", page.text());
            page.must_say(&format!("You are {name}, {role}"));
        }
    }
}

#[tokio::test]
async fn rounds_are_over_running_and_planned_and_their_results_are_there() {
    let muster = made().await;
    let (lena, _) = somebody(&muster, "Lena Okafor").await;
    let rounds = lena.open("/circles/demo/rounds").await;
    for state in ["Planned", "Running", "Closed, results ready", "Cancelled"] {
        rounds.must_say(state);
    }
    let links = rounds.attributes("main a[href*='/rounds/']", "href");
    assert!(links.len() >= 8, "{links:?}");
    let mut n_reports = 0;
    for link in links {
        let page = lena.open(&link).await;
        n_reports += page.text().matches("What takers reported").count();
        for result in page.attributes("main a[href$='/result']", "href") {
            assert_eq!(lena.get(&result).await.status, 200, "{result}");
        }
    }
    assert_eq!(n_reports, 4);

    let (joao, _) = somebody(&muster, "João Pereira").await;
    let home = joao.open("/circles/demo").await;
    let goes_on = home.attributes("main a[href^='/attempts/']", "href");
    let page = joao.open(goes_on.first().expect("a test to go on with")).await;
    page.must_say("You are João Pereira");
    assert!(page.text().contains("answered"), "{}", page.text());
}

#[tokio::test]
async fn one_press_removes_it_all_and_signs_its_people_out() {
    let muster = made().await;
    let (lena, _) = somebody(&muster, "Lena Okafor").await;
    let (ada, _) = somebody(&muster, "Ada Brown").await;

    let page = lena.open("/demo/remove").await;
    page.must_say("made-up people");
    let home = lena.submit(page.form("main form")).await;

    assert_eq!(home.path, "/?done=demo-removed");
    home.must_say("The demo circle is removed");
    for client in [&lena, &ada] {
        assert!(client.get("/circles/demo").await.leads_to().unwrap().starts_with("/sign-in"));
    }
    assert_eq!(lena.get("/demo").await.status, 404);
    for (table, n) in muster.database.sizes().await {
        assert_eq!(n, 0, "{table}");
    }
    assert_eq!(lena.post("/", &[("do", "demo")]).await.see_other(), "/demo", "it can be made again");
}

#[tokio::test]
async fn where_real_people_work_the_demo_is_the_administrators_to_make_and_to_remove() {
    let mut muster = made().await;
    let lea = muster.set_up().await;
    let (lena, _) = somebody(&muster, "Lena Okafor").await;
    let stranger = Client::of(&muster);

    for client in [&lena, &stranger] {
        assert_eq!(client.get("/demo/remove").await.status, 404);
        assert_eq!(client.post("/demo/remove", &[("", "")]).await.status, 404);
        assert!(!client.open("/demo").await.says("Remove the demo"));
    }
    assert!(!lena.open("/circles/demo").await.says("Remove the demo"));
    lea.open("/circles").await.must_say("Remove it");
    let page = lea.open("/demo/remove").await;
    let page = lea.submit(page.form("main form")).await;

    page.must_say("The demo circle is removed");
    assert_eq!(lea.get("/circles/orders").await.status, 200, "still signed in");
    assert_eq!(stranger.post("/", &[("do", "demo")]).await.status, 404);
}

#[tokio::test]
async fn serve_demo_leads_to_the_choice_and_is_refused_where_real_people_work() {
    let mut muster = Muster::start_with(&["--demo"]).await;
    assert_eq!(
        muster.wait_for_line("Demo: open ").await,
        format!("{} and choose whom to be; there is no password", muster.url)
    );
    let visitor = Client::of(&muster);
    assert_eq!(visitor.open("/").await.path, "/demo");
    let (ada, _) = somebody(&muster, "Ada Brown").await;
    assert_eq!(ada.open("/").await.path, "/circles/demo");

    // Set up all the same: it starts again, since the demo is there.
    let lea = muster.set_up().await;
    muster.restart().await;
    assert_eq!(Client::of(&muster).open("/").await.path, "/sign-in");

    lea.submit(lea.open("/demo/remove").await.form("main form")).await;
    muster.kill();
    let folder = tempfile::tempdir().unwrap();
    let refused =
        muster_serve(folder.path(), &["--demo", "--database", muster.database.address()]).output().unwrap();
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success());
    assert!(told.contains("muster: demo: this database is set up for real people"), "{told}");
}

#[tokio::test]
async fn serve_demo_without_a_database_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let passing = folder.path().join("tmp");
    std::fs::create_dir(&passing).unwrap();
    let mut process = muster_serve(folder.path(), &["--demo"])
        .env("TMPDIR", &passing)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);

    let said: Vec<String> = lines.by_ref().take(3).collect();
    let kept = || std::fs::read_dir(&passing).unwrap().count();
    assert!(said[0].starts_with("Listening on ") && said[1].starts_with("Demo: open "), "{said:?}");
    assert!(said[2].contains("goes when this program ends"), "{said:?}");
    assert_eq!(kept(), 1);
    assert!(!folder.path().join("data").exists());

    let id = process.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let status = until("it stops", Duration::from_secs(15), async || process.try_wait().unwrap()).await;
    assert!(status.success(), "{status}");
    assert_eq!(kept(), 0, "the folder is gone");
    assert!(lines.all(|line| !line.contains("token")), "there is nothing to set up");
}

fn muster_serve(folder: &std::path::Path, flags: &[&str]) -> Command {
    let mut command = muster(folder);
    command.args(["serve", "--listen", "127.0.0.1:0"]).args(flags);
    command
}
