//! What a guesser learns, and how long they may go on.
//!
//! An address that begins with 127 is this machine's, so that one story comes
//! from many of them over real connections.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::people::email;
use crate::support::{Client, Muster, PASSWORD, Page};

const WRONG: &str = "wrong horse battery";

#[tokio::test]
async fn t32_signing_in_tells_nobody_who_has_an_account() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    lea.invites(&muster, "max", "engineer").await;
    lea.invites(&muster, "tom", "engineer").await;
    let page = lea.open(&format!("/people?person={}", lea.id_of("tom").await)).await;
    lea.submit(page.form("form:has([value=disable])")).await;

    // Known, disabled, and unknown, in turn; each try from an address of its
    // own, or the throttle would answer.
    let names = ["max", "zoe", "tom", "max", "uwe"];
    let mut tries = JoinSet::new();
    let mut alike = Alike::default();
    for n in 0..200u8 {
        let client = Client::at_address(&muster, [127, 1, 0, n + 1]);
        let name = names[usize::from(n) % names.len()];
        // The right password of a disabled account is no better.
        let password = if name == "tom" { PASSWORD } else { WRONG };
        tries.spawn(async move {
            let page = match n % 4 {
                3 => guess_in_place(&client, name, password).await,
                _ => guess(&client, name, password).await,
            };
            assert_eq!(page.status, 422);
            (page, name)
        });
        if tries.len() >= 16 {
            let (page, name) = tries.join_next().await.unwrap().unwrap();
            alike.add(&page, &[name]);
        }
    }
    for (page, name) in tries.join_all().await {
        alike.add(&page, &[name]);
    }

    assert_eq!(alike.counts(), [50, 150]);
}

#[tokio::test]
async fn t32_a_link_for_a_new_password_tells_nobody_whose_it_was() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    for name in ["max", "tom"] {
        lea.invites(&muster, name, "engineer").await;
    }
    let link = async |name: &str| -> String {
        let page = lea.open(&format!("/people?person={}", lea.id_of(name).await)).await;
        let page = lea.submit(page.form("form:has([value=link])")).await;
        page.attributes("#link", "value").remove(0).rsplit('/').next().unwrap().to_owned()
    };
    // One was followed by a newer one, one was used, one is too old, one is for
    // an account that was disabled since, and the rest nobody ever had.
    let replaced = link("max").await;
    let used = link("max").await;
    let path = format!("/reset/{used}");
    Client::of(&muster).post(&path, &[("password", PASSWORD)]).await.see_other();
    let old = link("max").await;
    let expired = "UPDATE password_resets SET expires_at = '2000-01-01T00:00:00+00:00'
                   WHERE used_at IS NULL AND token_hash <> $1";
    muster.database.run(expired, "").await;
    let of_disabled = link("tom").await;
    let page = lea.open(&format!("/people?person={}", lea.id_of("tom").await)).await;
    lea.submit(page.form("form:has([value=disable])")).await;
    let known = [replaced, used, old, of_disabled];

    let nobody = Client::of(&muster);
    let [mut seen, mut sent] = [Alike::default(), Alike::default()];
    for n in 0..200usize {
        let token = if n % 2 == 0 { known[n / 2 % 4].clone() } else { format!("{n:040x}") };
        let path = format!("/reset/{token}");
        let page = nobody.get(&path).await;
        assert_eq!(page.status, 404);
        seen.add(&page, &[&token]);
        let page = nobody.post(&path, &[("password", "a new horse battery")]).await;
        assert_eq!(page.status, 404);
        sent.add(&page, &[&token]);
    }

    assert_eq!([seen.counts(), sent.counts()], [[200], [200]]);
}

#[tokio::test]
async fn t32_an_invitation_tells_nobody_who_has_an_account() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    lea.makes_circle("Billing").await.invites(&muster, "joe", "engineer").await;
    lea.invites(&muster, "lou", "leader").await;
    let lou = muster.signs_in("lou").await;

    let nobody = Client::of(&muster);
    let [mut invited, mut seen] = [Alike::default(), Alike::default()];
    let mut refused = [Alike::default(), Alike::default()];
    for n in 0..200 {
        // Joe works in a circle that Lou knows nothing of; Zoe is nobody.
        let name = ["joe", "zoe"][n % 2];
        let invite = [("do", "invite"), ("email", &email(name)), ("role", "engineer")];
        let page = lou.post("/circles/orders/members", &invite).await;
        assert_eq!(page.status, 303);
        invited.add(&page, &[name]);
        let page = lou.open("/circles/orders/members").await;
        let link = page.attributes("#link", "value").remove(0);
        let path = link.strip_prefix(&muster.url).unwrap();
        let token = path.rsplit('/').next().unwrap();
        let id = page.attributes("form:has([value=withdraw]) [name=id]", "value").remove(0);
        invited.add(&page, &[token, &id, name]);
        let page = nobody.get(path).await;
        assert_eq!(page.status, 200);
        seen.add(&page, &[token, name]);
        let misfits = [[("name", ""), ("password", PASSWORD)], [("name", "Somebody"), ("password", "short")]];
        for (refused, fields) in refused.iter_mut().zip(misfits) {
            let page = nobody.post(path, &fields).await;
            assert_eq!(page.status, 422);
            refused.add(&page, &[token, name]);
        }
        // The list of those who are invited does not grow meanwhile.
        lou.post("/circles/orders/members", &[("do", "withdraw"), ("id", &id)]).await.see_other();
    }

    assert_eq!([invited.counts(), seen.counts()], [vec![200, 200], vec![200]]);
}

#[tokio::test]
async fn t33_one_address_that_guesses_at_one_person_waits_and_the_person_gets_in() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    lea.invites(&muster, "ada", "engineer").await;
    let guesser = Client::at_address(&muster, [127, 2, 0, 1]);
    let adas_home = Client::at_address(&muster, [127, 2, 0, 2]);

    for n in 0..10 {
        let page = if n % 2 == 0 {
            guess(&guesser, "ada", WRONG).await
        } else {
            guess_in_place(&guesser, "ada", WRONG).await
        };
        assert_eq!(page.status, 422, "{n}");
        if n == 5 {
            assert!(gets_in(&adas_home, "ada").await, "meanwhile");
        }
    }

    let page = guess(&guesser, "ada", PASSWORD).await;
    assert_waits(&page);
    page.must_say("Too many tries");
    assert_waits(&guess_in_place(&guesser, "ada", PASSWORD).await);
    assert!(gets_in(&adas_home, "ada").await);
    assert!(gets_in(&guesser, "lea").await, "others behind the same address");

    // Nobody is locked out for good, not even behind the guesser's address.
    a_quarter_of_an_hour_passes(&muster).await;
    assert!(gets_in(&guesser, "ada").await);
}

#[tokio::test]
async fn t33_one_address_that_guesses_at_many_people_waits() {
    let mut muster = Muster::start().await;
    muster.set_up().await;
    let guesser = Client::at_address(&muster, [127, 3, 0, 1]);

    let mut tries = JoinSet::new();
    for n in 0..50 {
        let guesser = guesser.clone();
        tries.spawn(async move { guess(&guesser, &format!("person-{n}"), WRONG).await.status });
    }
    assert!(tries.join_all().await.into_iter().all(|status| status == 422));

    assert_waits(&guess(&guesser, "lea", PASSWORD).await);
    assert_waits(&guess(&guesser, "somebody-else", WRONG).await);
    assert!(gets_in(&Client::at_address(&muster, [127, 3, 0, 2]), "lea").await);
    a_quarter_of_an_hour_passes(&muster).await;
    assert!(gets_in(&guesser, "lea").await);
}

#[tokio::test]
async fn t33_many_addresses_that_guess_at_one_person_wait_and_the_person_gets_in() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    lea.invites(&muster, "ada", "engineer").await;
    let guessers: Vec<Client> = (1..=25).map(|n| Client::at_address(&muster, [127, 4, 0, n])).collect();
    let adas_home = Client::at_address(&muster, [127, 4, 1, 1]);

    for round in 0..4 {
        let mut tries = JoinSet::new();
        for guesser in guessers.clone() {
            tries.spawn(async move { guess(&guesser, "ada", WRONG).await.status });
        }
        assert!(tries.join_all().await.into_iter().all(|status| status == 422), "{round}");
        assert!(gets_in(&adas_home, "ada").await, "meanwhile");
    }

    for guesser in &guessers {
        assert_waits(&guess(guesser, "ada", PASSWORD).await);
    }
    let fresh = Client::at_address(&muster, [127, 4, 0, 99]);
    assert_eq!(guess(&fresh, "ada", WRONG).await.status, 422, "one guess from each new address");
    assert_waits(&guess(&fresh, "ada", PASSWORD).await);
    assert!(gets_in(&adas_home, "ada").await);
    a_quarter_of_an_hour_passes(&muster).await;
    assert!(gets_in(&guessers[0], "ada").await);
}

/// What somebody who is no proxy of ours may write into a request.
const FORGED: [&str; 4] = ["x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-host"];

#[tokio::test]
async fn t34_an_address_that_a_client_makes_up_is_not_believed() {
    let mut muster = Muster::start_with(&["--trusted-proxies", "127.5.0.9,10.0.0.0/8"]).await;
    muster.set_up().await;
    let guesser = Client::of(&muster);
    let mut statuses = Vec::new();
    for n in 0..11 {
        let mut request = guesser.request(Method::POST, "/sign-in").header("sec-fetch-site", "same-origin");
        for name in FORGED {
            request = request.header(name, format!("192.0.2.{n}"));
            request = request.header(name, format!("for=192.0.2.{n};by=10.0.0.1;host=evil.example"));
        }
        let request = request.form(&[("email", email("lea").as_str()), ("password", WRONG)]);
        statuses.push(request.send().await.unwrap().status().as_u16());
    }

    assert_eq!(statuses, [[422; 10].as_slice(), &[429]].concat());
    let log = muster.log();
    assert!(!log.contains("192.0.2.") && !log.contains("evil"), "{log}");
    // The proxy is believed in what it added, and not in what it was sent.
    for (peer, forwarded, believed) in [
        ([127, 5, 0, 1], "192.0.2.7", "127.5.0.1"),
        ([127, 5, 0, 1], "127.5.0.9", "127.5.0.1"),
        ([127, 5, 0, 9], "198.51.100.1, 192.0.2.7", "192.0.2.7"),
        ([127, 5, 0, 9], "198.51.100.1, 192.0.2.7, 10.1.2.3", "192.0.2.7"),
        ([127, 5, 0, 9], "198.51.100.1, nonsense", "127.5.0.9"),
    ] {
        let client = Client::at_address(&muster, peer);
        let page = client.ask(Method::GET, "/sign-in", &[("x-forwarded-for", forwarded)]).await;
        let (log, id) = (muster.log(), page.header("x-request-id").unwrap());
        let line = log.lines().find(|line| line.contains(id)).unwrap();
        assert!(line.contains(&format!("\"address\":\"{believed}\"")), "{forwarded}: {line}");
    }
}

#[tokio::test]
async fn t34_a_host_that_a_client_makes_up_stands_in_no_link() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    lea.invites(&muster, "ada", "engineer").await;
    let adas_id = lea.id_of("ada").await;
    let forged = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "host=evil.example;proto=https"),
        ("x-original-url", "/people"),
        ("x-rewrite-url", "/people"),
        ("sec-fetch-site", "same-origin"),
    ];

    let mut pages = Vec::new();
    let invite = format!("do=invite&email={}&role=engineer", email("eve"));
    let link_for_ada = format!("do=link&person={adas_id}");
    for (path, body, shown_at) in [
        ("/circles/orders/members", invite.as_str(), "/circles/orders/members"),
        ("/people", link_for_ada.as_str(), &format!("/people?person={adas_id}")),
    ] {
        let mut request = lea.request(Method::POST, path).body(body.to_owned());
        for (name, value) in forged {
            request = request.header(name, value);
        }
        let sent = Page::read(path, request.send().await.unwrap()).await.unwrap();
        assert_eq!(sent.see_other(), shown_at);
        let shown = lea.ask(Method::GET, shown_at, &forged).await;
        let link = shown.attributes("#link", "value").remove(0);
        assert!(link.starts_with(&format!("{}/", muster.url)), "{link}");
        pages.extend([sent, shown]);
    }
    for path in ["/", "/sign-in", "/circles/orders", "/nowhere"] {
        pages.push(lea.ask(Method::GET, path, &forged).await);
        pages.push(Client::of(&muster).ask(Method::GET, path, &forged).await);
    }

    for page in pages {
        assert!(!format!("{:?}{}", page.headers, page.body).contains("evil"), "{}", page.path);
    }
    assert!(!muster.log().contains("evil"));
}

async fn guess(client: &Client, name: &str, password: &str) -> Page {
    client.post("/sign-in", &[("email", email(name).as_str()), ("password", password)]).await
}

async fn guess_in_place(client: &Client, name: &str, password: &str) -> Page {
    let who = json!({ "email": email(name), "password": password });
    client.call("/api/v1/sessions/sign-in-again", &who).await
}

async fn gets_in(client: &Client, name: &str) -> bool {
    guess(client, name, PASSWORD).await.status == 303
}

#[track_caller]
fn assert_waits(page: &Page) {
    assert_eq!(page.status, 429);
    let seconds: u64 = page.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=15 * 60).contains(&seconds), "{seconds}");
}

/// As far as the counts know.
async fn a_quarter_of_an_hour_passes(muster: &Muster) {
    let long_ago = "UPDATE sign_in_failures SET failed_at = '2000-01-01T00:00:00+00:00' WHERE id <> $1";
    muster.database.run(long_ago, "").await;
}

/// Answers that have to be the same byte for byte, but for what was typed and
/// what is made anew for each. Fails where two differ.
#[derive(Default)]
struct Alike(BTreeMap<String, (usize, String)>);

impl Alike {
    /// How many there were of each path.
    fn counts(&self) -> Vec<usize> {
        self.0.values().map(|(n, _)| *n).collect()
    }

    fn add(&mut self, page: &Page, typed: &[&str]) {
        let nonces = page.attributes("script[nonce]", "nonce");
        let fresh: Vec<&str> = nonces.iter().take(1).map(String::as_str).collect();
        let plain = |text: &str| {
            let text = fresh.iter().fold(text.to_owned(), |text, fresh| text.replace(fresh, "fresh"));
            typed
                .iter()
                .filter(|typed| !typed.is_empty())
                .fold(text, |text, typed| text.replace(typed, "typed"))
        };
        let mut headers: Vec<String> = page
            .headers
            .iter()
            .filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()))
            .map(|(name, value)| {
                format!("{name}: {}", value.to_str().unwrap().split("'nonce-").next().unwrap())
            })
            .collect();
        headers.sort();
        let whole = plain(&format!("{} {headers:?} {}", page.status, without_times(&page.body)));
        let (n, first) =
            self.0.entry(format!("{} {}", page.status, plain(&page.path))).or_insert((0, whole.clone()));
        *n += 1;
        let same = first.chars().zip(whole.chars()).take_while(|(one, other)| one == other).count();
        let rest = |text: &str| text.chars().skip(same.saturating_sub(40)).take(160).collect::<String>();
        assert!(*first == whole, "{} tells them apart:\n{}\n{}", page.path, rest(first), rest(&whole));
    }
}

/// A page without the days and minutes that it shows.
fn without_times(body: &str) -> String {
    let mut parts = body.split("<time");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |page, part| page + part.split_once("</time>").map_or(part, |(_, rest)| rest))
}
