//! Whatever people type stays text.

use crate::support::{Muster, Page};

/// What would leave its place if it were not escaped there.
const HOSTILE: [&str; 8] = [
    "</textarea><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!-- <script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onfocus='alert(1)' autofocus='",
    "a\u{2028}b\u{2029}c",
    "&lt;script&gt; &amp;amp; {{1}} ${alert(1)}",
    "\u{202e}txt.exe\u{200b}🧑‍🚒 ]]> -->",
];

#[tokio::test]
async fn t21_a_typed_answer_comes_back_byte_for_byte_and_runs_nothing() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let round = lea.prepares_round().await;
    let attempt = ada.starts(&round).await;
    let n = ada.slot_of(&attempt, "short").await;
    let (here, field) = (format!("/attempts/{attempt}?q={n}"), format!("q{n}-text"));
    let harmless = scripts(&ada.open(&here).await);

    for text in HOSTILE {
        let page = ada.open(&here).await;
        let check = ada.submit(page.form("#q").fill(&field, text).press("go", "check")).await;
        let again = ada.open(&here).await;

        assert_eq!(again.value(&field), text);
        assert_eq!(scripts(&again), harmless, "{text}");
        assert_eq!(scripts(&check).len(), harmless.len(), "{text}");
        let all = ada.open(&format!("/attempts/{attempt}?all=1")).await;
        assert_eq!(all.value(&field), text);
    }

    // What was typed last is shown in the result, to the taker's leader too.
    ada.hands_in(&attempt).await;
    let result = lea.open(&format!("/attempts/{attempt}/result")).await;
    result.must_say(&one_line(HOSTILE[7]));
    assert!(runs_nothing(&result));
}

#[tokio::test]
async fn a_typed_answer_is_read_back_as_it_was_typed_before_it_is_handed_in() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let round = lea.prepares_round().await;
    let attempt = ada.starts(&round).await;
    let n = ada.slot_of(&attempt, "short").await;

    for text in HOSTILE.into_iter().chain(["rm *.log && echo *done*", "# `pg_promote()` [x](y)"]) {
        let page = ada.open(&format!("/attempts/{attempt}?q={n}")).await;
        let check = ada.submit(page.form("#q").fill(&format!("q{n}-text"), text).press("go", "check")).await;
        let cells = check.all_words_of("td");
        assert!(cells.contains(&one_line(text)), "{text} is not among {cells:?}");
    }
}

#[tokio::test]
async fn t21_a_report_that_is_shown_again_keeps_its_words() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let round = lea.prepares_round().await;
    let attempt = ada.starts(&round).await;
    let path = format!("/attempts/{attempt}/report/1");

    for text in HOSTILE.into_iter().chain(["\n\n  two lines first\nand one after"]) {
        let page = ada.post(&path, &[("about", ""), ("note", text)]).await;

        assert_eq!(page.status, 422, "{text}");
        assert_eq!(page.value("note"), text);
        assert!(runs_nothing(&page), "{text} {:?}", scripts(&page));
    }
}

#[tokio::test]
async fn t21_names_are_shown_as_they_are_and_nothing_of_them_runs() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    lea.takes_bank("orders-db").await;
    let shown: Vec<&str> = HOSTILE.into_iter().filter(|text| text.is_ascii()).collect();

    for (n, text) in shown.into_iter().enumerate() {
        let page = ada.open("/account").await;
        let account = ada.submit(page.form("form:has([value=profile])").fill("name", text)).await;
        assert_eq!(account.value("name"), text);
        let slug = format!("service-{n}");
        let fields = [("slug", slug.as_str()), ("name", text), ("summary", text), ("owner", text)];
        let service = lea.post("/circles/orders/services", &fields).await.see_other();
        let form = lea.drafts_test(text, &[("orders-db", "process", 1)]).await;
        let test = lea.submit(form.press("do", "save")).await;

        for page in [
            account,
            lea.open("/circles/orders/members").await,
            lea.open("/circles/orders/services").await,
            lea.open(&service).await,
            lea.open("/circles/orders/audit").await,
            lea.open("/circles/orders/tests").await,
            lea.open("/circles/orders/plan-round").await,
            lea.open("/people").await,
            test,
        ] {
            assert!(
                page.says(&one_line(text))
                    || page.attributes("[value]", "value").iter().any(|value| value == text),
                "{}",
                page.path
            );
            assert!(runs_nothing(&page), "{} {text}", page.path);
        }
        // A form that is shown again shows what was typed.
        let again = lea
            .post(
                "/circles/orders/services",
                &[("slug", text), ("name", text), ("summary", text), ("owner", text)],
            )
            .await;
        assert_eq!(
            (again.status, again.value("slug"), again.value("summary")),
            (422, text.to_owned(), text.to_owned())
        );
        assert!(runs_nothing(&again));
    }
}

/// Markdown that tries to become something else.
const MARKDOWN: [&str; 10] = [
    "<script>alert(1)</script>",
    "<svg onload=alert(1)><desc><![CDATA[</desc><script>alert(1)</script>]]></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></math>",
    "[a](javascript:alert(1)) [b](<data:text/html,<script>alert(1)</script>>)",
    "![c](x \"onerror=alert(1)\")",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<details>\n<summary><img src=x onerror=alert(1)></summary>\n\ntext\n\n</details>",
    "<a href=\"jav&#x09;ascript:alert(1)\">d</a>",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
];

#[tokio::test]
async fn t19_markdown_of_every_record_is_text_and_t20_its_preview_is_its_page() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    lea.takes_bank("orders-db").await;
    let opens = [("title", "Slow"), ("severity", "2"), ("business_affected", "on"), ("impact", MARKDOWN[0])];
    lea.post("/circles/orders/open-incident", &opens).await.see_other();
    lea.post("/circles/orders/write-postmortem", &[("title", "Slow"), ("happened_on", ""), ("service", "")])
        .await
        .see_other();
    let (incident, postmortem) = ("/circles/orders/incidents/INC-1", "/circles/orders/postmortems/PM-1");
    let runbook = "/circles/orders/services/orders-db/runbook";
    for (n, text) in MARKDOWN.iter().enumerate() {
        let id = format!("entry-{n}");
        let note = [("do", "note"), ("id", &id), ("kind", "finding"), ("note", text), ("told", "on")];
        lea.post(incident, &note).await.see_other();
    }
    let all = MARKDOWN.join("\n\n");
    lea.post(&format!("{postmortem}/edit"), &[("title", "Slow"), ("symptoms", &all)]).await.see_other();
    let edit = format!("{runbook}/edit");
    let written = |what| [("do", what), ("page", "runbook"), ("content", all.as_str()), ("based_on", "0")];
    let preview = lea.post(&edit, &written("preview")).await;
    lea.post(&edit, &written("save")).await.see_other();
    let page = lea.open(runbook).await;

    let prose = |page: &Page| page.all("main .prose", |prose| prose.inner_html()).concat();
    assert_eq!(prose(&preview), prose(&page));
    let pages = [
        preview,
        page,
        lea.open(incident).await,
        lea.open(&format!("{incident}/report")).await,
        lea.open(postmortem).await,
    ];
    for page in pages {
        assert!(prose(&page).contains("script"), "{}: what was written is shown", page.path);
        assert!(
            !page.has("main svg.x, main math, main style, main [onload], main [ontoggle], main [src=x], main a[href^=jav], main a[href^=data]"),
            "{}",
            page.path
        );
        assert!(!page.has("main script:not([nonce])"), "{}", page.path);
    }
}

#[tokio::test]
async fn t23_a_nul_is_refused_at_its_field() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;

    let page = lea.post("/circles/orders/services", &[("slug", "cache"), ("name", "Ca\0che")]).await;

    assert_eq!(page.status, 422);
    assert!(page.problem("name").unwrap().contains("NUL"));
}

#[tokio::test]
async fn t23_a_title_that_turns_the_line_around_turns_nothing_beside_it() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let turned = "Slow \u{202e}txet drowssap";
    let form = [("title", turned), ("severity", "2"), ("service", ""), ("impact", "")];
    lea.post("/circles/orders/open-incident", &form).await.see_other();
    for path in ["/incidents", "/incidents/INC-1", "/incidents/INC-1/report", "/search?q=slow", ""] {
        let page = lea.open(&format!("/circles/orders{path}")).await;
        let isolated = page.all_words_of("main bdi");
        assert!(isolated.iter().any(|words| words.contains(turned)), "{path}: {isolated:?}");
    }
}

/// The scripts of a page, without what is made anew for each.
fn scripts(page: &Page) -> Vec<String> {
    page.all("script", |script| script.text().collect::<String>())
}

/// Leptos's own scripts carry the nonce and nothing that was typed; there is
/// no other, and no attribute that is one.
fn runs_nothing(page: &Page) -> bool {
    !page.has("script:not([nonce]), img[src=x], [onerror], [onfocus]")
        && !scripts(page).concat().contains("alert")
}

/// As a reader sees it: white space is one space.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
