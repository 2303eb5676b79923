use proptest::prelude::*;

use super::import::{self, Folder};
use super::*;
use crate::bank::{Content, SourceFile};

fn status(document: &Document) -> String {
    document
        .fillings
        .iter()
        .map(|(section, filling)| format!("{}={} ", section.as_str(), filling.as_str()))
        .collect()
}

fn names(document: &Document) -> Vec<&str> {
    document.alerts.iter().flat_map(|alert| &alert.names).map(String::as_str).collect()
}

/// The pieces, put together again.
fn together(document: &Document, text: &str) -> String {
    document.parts.iter().map(|part| &text[part.range.clone()]).collect()
}

const ORDERS: &str = "# Orders database

## 1. Overview
Keeps orders.

## Service SLA
99.9 %

## Escalation path
TODO

## Incident workflow

## Monitoring
Dashboards.

## Alerts
Read this first.

### `OrdersLagHigh`
#### Meaning
A replica is behind.
#### Impact
Reports are late.
#### Remediation
Look for a long query.

### OrdersDown / OrdersGone
- Meaning: nothing answers
- **Impact:** nobody can order
- Remediation: fail over

```
Impact: not a label
```

### How to silence
Use amtool.

## Docs
See the wiki.
";

#[test]
fn the_runbook_of_a_service_has_eight_sections_and_its_alerts() {
    let document = read("orders.md", ORDERS);

    assert_eq!(document.kind, Kind::Service);
    assert_eq!(document.title, "Orders database");
    assert_eq!(
        status(&document),
        "summary=filled service sla=filled escalation path=todo incident workflow=empty monitoring=filled \
         alerts=filled postmortems=missing doc=filled "
    );
    assert_eq!(names(&document), ["OrdersLagHigh", "OrdersDown", "OrdersGone"]);
    let lag = &document.alerts[0];
    assert_eq!(lag.body(ORDERS, Section::Mitigation), "Look for a long query.");
    assert_eq!(lag.filling(ORDERS, Section::Diagnosis), Filling::Missing);
    let down = &document.alerts[1];
    assert_eq!(down.body(ORDERS, Section::Impact), "nobody can order");
    assert!(down.body(ORDERS, Section::Mitigation).contains("not a label"));
    assert_eq!(together(&document, ORDERS), ORDERS);
}

#[test]
fn a_file_about_an_alert_has_four_sections() {
    let text = "---\ntitle: Pool Full\n---\n\n# PoolFull\n\n## Meaning\nThe pool is full.\n\n## Impact\n\n## Critical\nNow.\n\n## Mitigation\nTODO\n";
    let document = read("db/PoolFull.md", text);

    assert_eq!(document.kind, Kind::Alert);
    assert_eq!(document.title, "PoolFull");
    assert_eq!(names(&document), ["PoolFull"]);
    assert_eq!(status(&document), "meaning=filled impact=empty diagnosis=missing mitigation=todo ");
    assert!(document.alerts[0].rest(text).contains("Now."));
    assert_eq!(together(&document, text), text);
}

#[test]
fn an_alert_is_named_by_its_title_or_by_its_file() {
    for (path, text, name) in [
        ("PoolFull.md", "# Pool full\n## Impact\nx", "PoolFull"),
        ("x.md", "# PoolFull\n## Impact\nx", "PoolFull"),
        ("Watchdog.md", "# Watchdog\n## Impact\nx", "Watchdog"),
        ("a/PoolFull", "Meaning: full\nImpact: slow\n", "PoolFull"),
        ("x.md", "# Disk is nearly full\n## Impact\nx", "Disk is nearly full"),
        ("PoolFull.md", "## Impact\nx", "PoolFull"),
        ("MySQLReplicaDown.md", "# How MySQL fails\n## Impact\nx", "MySQLReplicaDown"),
        ("pool-full.md", "# Runbook for PoolFull alerts\n## Impact\nx", "PoolFull"),
        ("PoolAlert.md", "# Alert name: PoolFull, at night\n## Impact\nx", "PoolFull"),
        ("PoolGone.md", "---\ntitle: Pool Gone\n---\n# PoolFull\n## Impact\nx", "PoolGone"),
    ] {
        assert_eq!(names(&read(path, text)), [name], "{path} {text}");
    }
}

#[test]
fn several_alerts_in_one_file_are_told_apart_and_the_report_shows_the_worst() {
    let text = "# Pool alerts\n\n## PoolFull\n### Meaning\nFull.\n### Impact\nSlow.\n\n## PoolGone\n### Meaning\nTODO\n";
    let document = read("pool.md", text);

    assert_eq!(names(&document), ["PoolFull", "PoolGone"]);
    assert_eq!(status(&document), "meaning=todo impact=missing diagnosis=missing mitigation=missing ");
    assert_eq!(together(&document, text), text);
}

#[test]
fn alerts_under_headings_of_their_own_need_none_over_all_of_them() {
    let text = "# Orders\n\n### Group Name: \"orders\"\n\n##### Alert Name: \"PoolFull\"\nCall.\n";
    let document = read("orders.md", text);
    assert_eq!(document.kind, Kind::Service);
    assert_eq!(document.alerts[0].names, ["PoolFull"]);
    assert_eq!(document.filling(Section::Alerts), Filling::Filled);
    assert_eq!(document.filling(Section::Doc), Filling::Missing);
}

#[test]
fn alerts_stand_in_tables_and_lists_too() {
    let table =
        "## Alerts\n\n| Alert | Impact | Remediation |\n|---|---|---|\n| `PoolFull` | Slow | Raise it |\n";
    let document = read("x.md", table);
    assert_eq!(names(&document), ["PoolFull"]);
    assert_eq!(document.alerts[0].body(table, Section::Mitigation), "Raise it");

    let list = "## Summary\nx\n## Alerts\n\n- **PoolFull**: raise it\n- PoolGone – call\n- General words\n";
    assert_eq!(names(&read("x.md", list)), ["PoolFull", "PoolGone"]);
}

#[test]
fn a_fence_that_is_never_closed_does_not_swallow_the_sections_behind_it() {
    for fence in [
        "```shell\n$ kubectl get pods\n\n",
        "```\n$ kubectl get pods\n\n",
        "~~~\nx\n",
        "```shell\n# comment\n$ a\n\n```shell\n$ b\n",
        "<!-- hidden\n\n",
    ] {
        let text = format!("# PoolFull\n## Diagnosis\nLook.\n{fence}## Mitigation\nTODO\n");
        let document = read("PoolFull.md", &text);

        assert_eq!(
            status(&document),
            "meaning=missing impact=missing diagnosis=filled mitigation=todo ",
            "{text}"
        );
        assert!(document.findings.iter().any(|finding| finding.what.contains("never closed")), "{text}");
        assert_eq!(together(&document, &text), text);
    }
}

#[test]
fn a_fence_closed_by_the_next_one_gives_the_section_between_them_back() {
    let text = "# PoolFull\n## Diagnosis\n```shell\n$ a\n\n## Mitigation\nRun it:\n```shell\n$ b\n```\n";
    let document = read("PoolFull.md", text);

    assert_eq!(document.filling(Section::Mitigation), Filling::Filled);
    assert_eq!(document.findings[0].line, 3);
}

#[test]
fn what_a_closed_fence_shows_is_no_heading() {
    for text in [
        "# PoolFull\n## Diagnosis\n```shell\n# impact\n$ a\n```\n",
        "# PoolFull\n## Diagnosis\n```markdown\n\n## Impact\nx\n```\n",
        "# PoolFull\n## Diagnosis\n    ## Impact\n",
    ] {
        let document = read("PoolFull.md", text);
        assert_eq!(document.filling(Section::Impact), Filling::Missing, "{text}");
        assert!(document.findings.is_empty(), "{text}");
    }
}

#[test]
fn headings_may_be_bold_underlined_or_html() {
    let text = "PoolFull\n========\n\n**Meaning**\n\nFull.\n\nImpact\n------\n\nSlow.\n\n<h2 id=\"x\">Diagnosis</h2>\n\nLook.\n\nMitigation:\n\nRaise it.\n";
    let document = read("x.md", text);

    assert_eq!(status(&document), "meaning=filled impact=filled diagnosis=filled mitigation=filled ");
    assert_eq!(together(&document, text), text);
}

#[test]
fn a_redirect_says_where_it_leads_and_lacks_its_sections() {
    let text = "---\ntitle: x\n---\n# DiskFailed\n\nSee [the other]({{< ref \"./DiskDegraded.md\" >}})\n";
    let document = read("DiskFailed.md", text);

    assert_eq!(document.redirect.as_deref(), Some("./DiskDegraded.md"));
    assert_eq!(status(&document), "meaning=missing impact=missing diagnosis=missing mitigation=missing ");
}

fn folder(files: &[(&str, &[u8])]) -> Folder {
    let file = |(path, bytes): &(&str, &[u8])| SourceFile {
        path: (*path).to_owned(),
        content: Content::Bytes(bytes.to_vec()),
    };
    import::read(&files.iter().map(file).collect::<Vec<_>>())
}

#[test]
fn a_folder_is_read_file_by_file_and_what_is_odd_is_told() {
    let read = folder(&[
        ("PoolFull", b"# PoolFull\n## Impact\nx"),
        ("PoolFull.md", b"# PoolFull\n## Impact\nx"),
        ("LICENSE", b"Words of a licence."),
        ("map.png", b"\x89PNG\0"),
        ("old.md", b"# Caf\xE9\n## Summary\nx"),
        ("binary.md", b"a\0b"),
        ("empty.md", b""),
    ]);

    let paths: Vec<&str> = read.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["PoolFull", "PoolFull.md", "old.md", "empty.md"]);
    assert_eq!(read.left_out, ["LICENSE", "map.png", "binary.md"]);
    let told: Vec<String> =
        read.findings.iter().map(|finding| format!("{}: {}", finding.path, finding.what)).collect();
    assert_eq!(
        told,
        [
            "PoolFull.md: PoolFull is described in PoolFull too; both are kept",
            "binary.md: the file is not text: byte 1 is NUL; it was not read",
            "empty.md: the file is empty",
            "old.md: the file is not UTF-8 (line 1) and was read as Windows-1252; save it as UTF-8",
        ]
    );
}

#[test]
fn a_hostile_text_is_read_in_no_time() {
    for text in [
        ">".repeat(100_000),
        "- ".repeat(100_000),
        "```\n## Impact\n".repeat(15_000),
        "[a](".repeat(50_000),
        "# A\n".repeat(60_000),
        "<!--".repeat(60_000),
        "**".repeat(100_000),
        "|a".repeat(100_000),
        "\u{202e}\u{200b}e\u{301}\u{301}🙂\u{2028}".repeat(10_000),
    ] {
        let document = read("x.md", &text);
        assert_eq!(together(&document, &text).len(), text.len());
    }
}

/// Pieces that runbooks are made of, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("# PoolFull\n".to_owned()),
        Just("## Impact\n".to_owned()),
        Just("### Meaning\n\n".to_owned()),
        Just("## Alerts\n".to_owned()),
        Just("## Summary\n".to_owned()),
        Just("```sh\n".to_owned()),
        Just("```\n".to_owned()),
        Just("- Impact: x\n".to_owned()),
        Just("  - PoolGone\n".to_owned()),
        Just("> ".to_owned()),
        Just("| Alert | Impact |\n|--|--|\n| A_b | c |\n".to_owned()),
        Just("<!-- ".to_owned()),
        Just("---\n".to_owned()),
        Just("TODO\n\n".to_owned()),
        "\\PC{0,12}\n?",
    ];
    prop::collection::vec(piece, 0..25).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_of_a_text_is_lost_whatever_it_says(text in pieces()) {
        let document = read("PoolFull.md", &text);
        prop_assert_eq!(together(&document, &text), text.clone());
        for alert in &document.alerts {
            prop_assert!(!alert.names.is_empty());
            for section in Section::OF_ALERT {
                let _ = alert.body(&text, section);
            }
            let _ = alert.rest(&text);
        }
        let _ = linked(&text, |name| Some(name.to_owned()));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok((text, _)) = super::text(&bytes) {
            let document = read("x", &text);
            prop_assert_eq!(together(&document, &text), text.clone());
        }
    }
}
