//! Banks from the command line and from the page: checked the same, taken whole or not at all.

use std::path::Path;
use std::process::Output;

use crate::support::{Muster, banks, copy_all, muster};

const BROKEN: &str =
    "+++\nlevel = 9\n+++\nWhat first?\n\n- [ ] One thing\n- [ ] Another thing\n- [ ] A third\n";
const NO_EXPLANATION: &str = "+++\nlevel = 1\nsources = [\"alert:Lag\"]\n+++\nWhat first?\n\n- [x] One thing\n- [ ] Another thing\n- [ ] A third thing\n";

#[test]
fn a_check_names_every_fault_by_its_place_and_says_by_its_status_whether_it_is_grave() {
    let folder = tempfile::tempdir().unwrap();
    let bank = folder.path().join("banks");
    copy_all(&banks(), &bank);
    let check = || run(folder.path(), &["check", "banks"]);

    let clean = check();
    assert_eq!((clean.status.code(), text(&clean.stdout).as_str()), (Some(0), ""));
    assert!(text(&clean.stderr).starts_with("6 questions in 1 bank"));

    std::fs::write(bank.join("orders-db/process/short.md"), NO_EXPLANATION).unwrap();
    let warned = check();
    assert_eq!(warned.status.code(), Some(0));
    let warning = "banks/orders-db/process/short.md:7:1: warning: no explanation";
    assert!(text(&warned.stdout).starts_with(warning), "{}", text(&warned.stdout));

    std::fs::write(bank.join("orders-db/process/broken.md"), BROKEN).unwrap();
    std::fs::write(bank.join("orders-db/troubleshooting/empty.md"), "").unwrap();
    let failed = check();
    let found = text(&failed.stdout);
    assert_eq!(failed.status.code(), Some(1));
    for place in [
        "process/broken.md:2:9: error: level",
        "process/broken.md:6:1: error: no choice",
        "troubleshooting/empty.md:1:1: error: ",
    ] {
        assert!(found.contains(&format!("banks/orders-db/{place}")), "{place} is not in\n{found}");
    }

    assert_eq!(run(folder.path(), &["check", "nowhere"]).status.code(), Some(2));
}

#[tokio::test]
async fn t38_an_import_takes_all_or_nothing_and_the_same_twice_changes_nothing() {
    let mut muster = Muster::start().await;
    muster.set_up().await;
    let shelf = muster.shelf();
    let import = |circle: &str| {
        run(&shelf, &["import", ".", "--circle", circle, "--database", muster.database.address()])
    };
    let n_questions =
        async || muster.database.number("SELECT count(*) FROM questions WHERE circle = $1", "orders").await;

    muster.shelve("orders-db/process/broken.md", BROKEN);
    let refused = import("orders");
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        text(&refused.stderr).contains("orders-db/process/broken.md:2:9: error: level"),
        "{}",
        text(&refused.stderr)
    );
    assert!(text(&refused.stderr).contains("nothing was taken"));
    assert_eq!(n_questions().await, 0);
    std::fs::remove_file(shelf.join("orders-db/process/broken.md")).unwrap();

    let unknown = import("Warehouse");
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("there is no circle \"Warehouse\""), "{}", text(&unknown.stderr));

    let steps = shelf.join("orders-db/process/steps.md");
    let changed = std::fs::read_to_string(&steps).unwrap().replace("of an incident", "of every incident");
    let taken: [(&str, &dyn Fn()); 4] = [
        ("6 added, 0 changed, 0 unchanged, 0 outdated", &|| {}),
        ("0 added, 0 changed, 6 unchanged, 0 outdated", &|| {}),
        ("0 added, 1 changed, 5 unchanged, 0 outdated", &|| std::fs::write(&steps, &changed).unwrap()),
        (
            "0 added, 0 changed, 5 unchanged, 1 outdated\n  orders-db/process/steps: outdated: its bank has it no more",
            &|| std::fs::remove_file(&steps).unwrap(),
        ),
    ];
    for (expected, first) in taken {
        first();
        let output = import("Orders");
        assert_eq!(text(&output.stdout).trim(), expected, "{}", text(&output.stderr));
        assert!(output.status.success());
    }
    let versions = "SELECT count(*) FROM question_versions WHERE question = $1";
    assert_eq!(muster.database.number(versions, "orders-db/process/steps").await, 2);
    let state = "SELECT state FROM questions WHERE id = $1";
    assert_eq!(muster.database.text(state, "orders-db/process/steps").await, "outdated");
}

#[tokio::test]
async fn the_page_shows_what_the_check_prints_and_takes_nothing_of_a_broken_bank() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    muster.shelve("orders-db/process/broken.md", BROKEN);
    muster.shelve("orders-db/process/<b>odd</b>.md", NO_EXPLANATION);
    let printed = text(&run(&muster.shelf(), &["check", "."]).stdout);
    let lines: Vec<&str> = printed.lines().map(|line| line.trim_start_matches("./")).collect();
    assert!(lines.len() >= 3, "{printed}");

    let service = lea.open("/circles/orders/services/orders-db").await;
    let services = lea.open("/circles/orders/services").await;
    let refused = lea.post("/circles/orders/services/orders-db", &[("do", "take")]).await;

    for page in [&service, &services, &refused] {
        for line in &lines {
            page.must_say(&line.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    assert!(!service.has("button[value=take]"));
    assert_eq!(refused.status, 422);
    assert_eq!(muster.database.number("SELECT count(*) FROM questions WHERE circle = $1", "orders").await, 0);

    // The bank is mended without a restart.
    for name in ["broken.md", "<b>odd<"] {
        let _ = std::fs::remove_file(muster.shelf().join("orders-db/process").join(name));
    }
    std::fs::remove_dir_all(muster.shelf().join("orders-db/process/<b>odd<")).unwrap_or_default();
    lea.takes_bank("orders-db").await.must_say("6 added");
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    muster(folder).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
