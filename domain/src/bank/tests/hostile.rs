//! Files that nobody writes by hand. None may panic, overflow the stack or
//! take more than a blink.

use proptest::prelude::*;

use super::*;

#[test]
fn a_file_of_nothing_but_signs_is_read_to_its_end() {
    let limit = usize::try_from(TEXT_LIMIT).unwrap();
    let signs = [
        ">",
        "[",
        "![",
        "- ",
        "* ",
        "1. ",
        "> - ",
        "`",
        "``` ",
        "a*",
        "*_",
        "<",
        "<!--",
        "&a",
        "|",
        "|a|b|\n",
        "|\n",
        "- [x] a\n",
        "- [ ] - [x] ",
        "1. a\n",
        "= a\n",
        "=\n",
        "= 1",
        "> a\n\n",
        "![](a.png)",
        "![](a.tif)",
        "![][a]",
        "[a]: b\n",
        "+++\n",
        "a = 1\n",
        "\0",
        "\u{301}",
        "\u{feff}",
        "\r",
        "\t",
        "\\",
        "  ",
    ];

    for sign in signs {
        let filled = sign.repeat(limit / sign.len());
        for text in [filled.clone(), format!("+++\n{filled}\n+++\n{GOOD}"), format!("{GOOD}\n{filled}")] {
            let text = &text[..text.floor_char_boundary(limit)];
            read(&[file("db/process/a.md", text), file("db/service.toml", text)]);
        }
    }
}

#[test]
fn a_table_of_many_thousand_rows_is_refused() {
    let rows = "|a|b|\n".repeat(40_000);

    let found = found(&format!("What?\n\n|l|r|\n|-|-|\n{rows}\n\n> So.\n"));

    assert!(found.contains(&"25:1: error: there are 40000 pairs, the limit is 20; delete some".to_owned()));
}

#[test]
fn two_thousand_files_make_two_thousand_questions() {
    let answers = ["- [x] a\n- [ ] b\n- [ ] c", "1. a\n2. b\n3. c", "= 30 ± 5 s", "= ls *"];
    let files = (0..2000).map(|n| {
        let service = ["db", "web", "queue", "cache"][n % 4];
        let text = format!("+++\nlevel = 2\n+++\nQuestion {n}?\n\n{}\n\n> So.\n", answers[n / 4 % 4]);
        file(&format!("{service}/process/q{n}.md"), text)
    });
    let sheets = ["web", "queue", "cache"].map(|service| file(&format!("{service}/service.toml"), SHEET));

    let shelf = shelf(files.chain(sheets).collect());

    assert_eq!(lines(&shelf), [""; 0]);
    assert_eq!(shelf.banks.iter().map(|bank| bank.questions.len()).sum::<usize>(), 2000);
}

/// Pieces of the notation, in any order.
fn scraps() -> impl Strategy<Value = String> {
    let scrap = prop::sample::select(vec![
        "+++\n",
        "level = 2\n",
        "kind = \"short\"\n",
        "tags = [",
        "What?\n",
        "\n",
        "\n\n",
        "- [x] a\n",
        "- [ ] b\n",
        "  > why\n",
        "> So.\n",
        ">",
        "1. a\n",
        "2. b\n",
        "| l | r |\n|---|---|\n",
        "| a | b |\n",
        "| é \\| |\n",
        "= 5 ± 1 s\n",
        "= a*\n",
        "=",
        "```\n",
        "![i](i.png)",
        "[r]: u\n",
        "  ",
        "\t",
        "\r\n",
        "ß",
        "\u{feff}",
        "\0",
        "<div>\n",
        "---\n",
    ]);
    prop::collection::vec(scrap, 0..24).prop_map(|scraps| scraps.concat())
}

proptest! {
    #[test]
    fn any_text_is_parsed_or_refused(text in ".*") {
        let _ = parse(&id(), &text);
    }

    #[test]
    fn what_is_accepted_once_is_accepted_again(text in scraps()) {
        let shelf = shelf(vec![file("db/process/a.md", text), file("db/process/i.png", *b"\x89PNG\r\n\x1a\n")]);
        prop_assert_eq!(shelf.has_errors(), shelf.banks[0].questions.is_empty());
        for stored in &shelf.banks[0].questions {
            prop_assert_eq!(parse(&id(), &stored.text).ok(), Some(stored.question.clone()));
        }
    }

    #[test]
    fn any_path_is_read_or_refused(path in "[a-z./A\\\\\u{e9} -]{0,20}(.md|.png|service.toml)?") {
        shelf(vec![file(&path, GOOD)]);
    }

    #[test]
    fn any_service_is_read_or_refused(text in "(name|owner|links|\\[|\\]|=|\"|\n|a|\\.| ){0,30}") {
        read(&[file("db/service.toml", text)]);
    }
}
