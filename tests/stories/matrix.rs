//! A leader's matrix over HTTP: filters in the address, the file, and who gets
//! neither.

use crate::support::{Client, Muster, Page};

/// Lea leads Ada, who handed a test in, and somebody whose name a spreadsheet
/// would compute.
struct Team {
    muster: Muster,
    lea: Client,
    ada: Client,
    attempt: String,
}

const HOSTILE: &str = "=cmd|' /C calc'!A0;\"x\"";

impl Team {
    async fn at_work() -> Team {
        let mut muster = Muster::start().await;
        let lea = muster.set_up().await;
        let ada = lea.invites(&muster, "ada", "engineer").await;
        let bo = lea.invites(&muster, "bo", "engineer").await;
        let account = bo.open("/account").await;
        bo.submit(account.form("main form").fill("name", HOSTILE)).await;
        let round = lea.prepares_round().await;
        let attempt = ada.starts(&round).await;
        ada.hands_in(&attempt).await;
        Team { muster, lea, ada, attempt }
    }
}

fn at(query: &str) -> String {
    format!("/circles/orders/readiness{query}")
}

/// The names in the first column of the matrix.
fn rows(page: &Page) -> Vec<String> {
    page.all_words_of("table.matrix tbody th")
}

fn records(page: &Page) -> Vec<csv::StringRecord> {
    assert_eq!(page.status, 200, "{}", page.body);
    let mut reader = csv::Reader::from_reader(page.body.as_bytes());
    reader.records().map(Result::unwrap).collect()
}

#[tokio::test]
async fn filters_stand_in_the_address_and_each_is_taken_off_by_a_link() {
    let team = Team::at_work().await;
    let page = team.lea.open(&at("")).await;
    assert_eq!(rows(&page), [HOSTILE, "Ada"]);
    page.must_say("0 of 2 are ready for everything.");
    assert!(!page.has("a.chip"));

    // What the form sends is what the address says.
    let form = page.form("form[role=search]");
    let form =
        form.fill("service", "orders-db").fill("topic", "process").fill("show", "gaps").fill("q", "AD");
    let query: Vec<String> = form.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let filtered = team.lea.open(&at(&format!("?{}", query.join("&")))).await;

    assert_eq!(rows(&filtered), ["Ada"]);
    filtered.must_say("0 of 1 with “AD” in their name are ready for process of Orders database.");
    assert_eq!(filtered.all_words_of("table.matrix thead tr:last-child th"), ["Person", "Process"]);
    for (field, value) in [("service", "orders-db"), ("topic", "process"), ("show", "gaps"), ("q", "AD")] {
        assert_eq!(filtered.value(field), value);
    }
    let chips = filtered.attributes("a.chip", "href");
    assert_eq!(
        chips,
        [
            at("?topic=process&show=gaps&q=AD"),
            at("?service=orders-db&show=gaps&q=AD"),
            at("?service=orders-db&topic=process&q=AD"),
            at("?service=orders-db&topic=process&show=gaps"),
        ]
    );
    for chip in chips {
        assert_eq!(team.lea.open(&chip).await.all_words_of("a.chip").len(), 3);
    }
}

#[tokio::test]
async fn filtered_to_nothing_is_said_apart_from_nobody_there_and_no_value_breaks_the_page() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    lea.takes_bank("orders-db").await;
    lea.open(&at("")).await.must_say("No engineers yet");
    lea.invites(&muster, "ada", "engineer").await;

    let nothing = lea.open(&at("?q=nobody&topic=process")).await;
    nothing.must_say("Nothing matches Process, Name has “nobody”");
    assert!(nothing.has("a[href='/circles/orders/readiness']"));
    let everybody = lea.open(&at("?show=ready")).await;
    everybody.must_say("Nothing matches Ready");

    let long = "x".repeat(5000);
    for (query, words) in [
        ("?service=no-such", "There is no such filter: service “no-such”."),
        ("?topic=love&show=all", "There is no such filter: topic “love”, show “all”."),
        ("?before=yesterday", "There is no such filter: day “yesterday”."),
        ("?before=1999-01-01", "There is no such filter: day “1999-01-01”."),
        (&format!("?service={long}"), "There is no such filter: service “xxx"),
    ] {
        let page = lea.open(&at(query)).await;
        page.must_say(words);
        assert_eq!(rows(&page), ["Ada"]);
    }
    for query in
        ["?page=99999999999999999999", "?page=-1", "?page=4294967295", "?%00=%FF&q=%00", "?&&==&service"]
    {
        assert_eq!(lea.get(&at(query)).await.status, 200, "{query}");
    }
    let cut = lea.open(&at(&format!("?q={long}"))).await;
    assert_eq!(cut.value("q").len(), 100);
}

#[tokio::test]
async fn the_file_has_a_row_for_each_person_service_and_topic_with_the_same_filters() {
    let team = Team::at_work().await;

    let page = team.lea.get(&at(".csv")).await;

    assert_eq!(page.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let disposition = page.header("content-disposition").unwrap();
    let date = disposition.strip_prefix("attachment; filename=\"readiness-orders-").unwrap();
    assert!(date.strip_suffix(".csv\"").unwrap().parse::<chrono::NaiveDate>().is_ok(), "{disposition}");
    let all = records(&page);
    assert_eq!(all.len(), 8);
    assert!(page.body.starts_with("\"person\",\"service\",\"topic\",\"state\",\"until\",\"since\""));
    let adas = all.iter().find(|row| &row[0] == "Ada" && &row[2] == "process").unwrap();
    assert_eq!((&adas[1], &adas[3], &adas[6]), ("orders-db", "gap", "0"));
    assert!(adas[8].ends_with(&format!("/attempts/{}/result", team.attempt)), "{adas:?}");
    assert!(chrono::DateTime::parse_from_rfc3339(&adas[5]).is_ok(), "{adas:?}");
    let untaken = all.iter().find(|row| &row[0] == "Ada" && &row[2] == "monitoring").unwrap();
    assert_eq!(untaken.iter().skip(3).collect::<Vec<_>>(), ["unknown", "", "", "", "", ""]);

    let filtered = records(&team.lea.get(&at(".csv?q=ada&topic=process&show=gaps&service=orders-db")).await);
    assert_eq!(filtered, std::slice::from_ref(adas));
    let refused = team.lea.get(&at(".csv?service=no-such")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("There is no such filter: service “no-such”."));
    let link = team.lea.open(&at("?q=ada")).await;
    assert!(link.has("a[href='/circles/orders/readiness.csv?q=ada']"));
}

#[tokio::test]
async fn t41_a_hostile_name_is_text_on_the_page_and_no_formula_in_the_file() {
    let team = Team::at_work().await;

    let page = team.lea.get(&at(".csv?topic=process")).await;

    let records = records(&page);
    let names: Vec<&str> = records.iter().map(|row| &row[0]).collect();
    assert_eq!(names, [format!("'{HOSTILE}").as_str(), "Ada"]);
    assert_eq!(domain::spreadsheet::text_of(names[0]), HOSTILE);
    assert!(page.body.contains("\"'=cmd|' /C calc'!A0;\"\"x\"\"\",\"orders-db\""), "{}", page.body);
    let found = team.lea.open(&at("?q=%3Dcmd%7C")).await;
    assert_eq!(rows(&found), [HOSTILE]);
}

#[tokio::test]
async fn whoever_does_not_lead_gets_no_file_and_no_filter() {
    let team = Team::at_work().await;
    let reader = team.lea.invites(&team.muster, "rob", "reader").await;
    let nobody = Client::of(&team.muster);

    for (who, status) in [(&team.ada, 404), (&reader, 404), (&nobody, 401)] {
        let page = who.get(&at(".csv")).await;
        assert_eq!(page.status, status);
        assert!(!page.body.contains("Ada") && page.header("content-disposition").is_none());
    }
    for who in [&team.ada, &reader] {
        let (plain, filtered) = (who.open(&at("")).await, who.open(&at("?q=ada&show=gaps&print=1")).await);
        assert_eq!(plain.text(), filtered.text(), "a filter could point at somebody");
        assert!(!plain.has("form[role=search]") && !plain.has("a[href*='.csv']"));
    }
}

#[tokio::test]
async fn paper_has_everybody_the_filter_shows_and_nothing_to_press() {
    let team = Team::at_work().await;
    let page = team.lea.open(&at("?topic=process")).await;
    let href = page.attributes(".no-print a[href*=print]", "href").remove(0);
    assert_eq!(href, at("?topic=process&print=1"));

    let paper = team.lea.open(&href).await;

    assert_eq!(rows(&paper), [HOSTILE, "Ada"]);
    paper.must_say("Readiness of Orders");
    paper.must_say("Filtered by: Process.");
    assert!(!paper.has("form[role=search]") && paper.has("[aria-label=Key]"));
}
