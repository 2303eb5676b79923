//! Files that are taken, and what is said of those that are not.

use proptest::prelude::*;

use super::decimal::Decimal;
use super::*;

const HEAD: &str = "attempt,pager,backup\nmax,1,2\n";

fn taken(text: impl AsRef<[u8]>) -> ResponseFile {
    ResponseFile::read(text.as_ref()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// As `line:column what`.
fn faults(text: impl AsRef<[u8]>) -> Vec<String> {
    let faults = ResponseFile::read(text.as_ref()).expect_err("the file has faults");
    assert_eq!(faults.n_more, 0);
    faults.told.into_iter().map(|Fault { line, column, what }| format!("{line}:{column} {what}")).collect()
}

/// How many attempts had each question, and its facility.
fn read(text: impl AsRef<[u8]>) -> Vec<(u32, Option<f64>)> {
    taken(text).item_figures().into_iter().map(|one| (one.n, one.facility)).collect()
}

#[test]
fn a_cell_is_a_mark_or_not_answered_or_not_there() {
    let file = taken(format!("{HEAD}a1,1,2\na2,-,\na3,,-1\n"));
    assert_eq!(file.names, ["pager", "backup"]);
    assert_eq!(file.responses.n_attempts(), 3);
    let facilities: Vec<_> = file.item_figures().iter().map(|one| (one.n, one.facility)).collect();
    assert_eq!(facilities, [(2, Some(0.5)), (2, Some(0.25))]);
}

#[test]
fn the_same_table_is_read_however_it_was_saved() {
    let plain = format!("{HEAD}a1,1,2\na2,0,1\n");
    let expected = taken(&plain);
    for text in [
        plain.replace('\n', "\r\n"),
        plain.replace('\n', "\r"),
        plain.trim_end().to_owned(),
        format!("\u{feff}{plain}"),
        format!("{plain}\n\n"),
        plain.replace("max", "\nmax"),
        plain.replace("a1,1,2", "\"a1\",\"1\",\"2\""),
        plain.replace("a1,1,2", "a1, 1 ,2.000"),
        plain.replace("a1,1,2", "a1,+1,2e0"),
        plain.replace("a1,1,2", "a1,1.,20E-1"),
    ] {
        let file = taken(&text);
        assert_eq!(file.names, expected.names, "{text:?}");
        assert_eq!(file.item_figures(), expected.item_figures(), "{text:?}");
        assert_eq!(file.test_figures(), expected.test_figures(), "{text:?}");
    }
}

#[test]
fn a_name_in_quotation_marks_may_hold_commas_and_line_ends() {
    let text = "attempt,\"who, when\nand \"\"why\"\"\",b\nmax,1,1\n\"a\n1\",1,2\na2,0,3\n";
    assert_eq!(
        faults(text),
        [
            "5:6 the mark 2 is above 1, the maximum of \"b\"",
            "6:6 the mark 3 is above 1, the maximum of \"b\""
        ]
    );
    let file = taken(text.replace(",2\n", ",1\n").replace(",3\n", ",1\n"));
    assert_eq!(file.names, ["who, when\nand \"why\"", "b"]);
}

#[test]
fn decimals_are_not_rounded_to_binary_fractions() {
    // 0.1 + 0.2 is 0.3 here: the rest is the same in both, so there is no spread.
    let text = "attempt,a,b,c\nmax,1,1,1\na1,0,0.1,0.2\na2,1,0.3,0\na3,1,0.15,0.15\n";
    assert_eq!(taken(text).item_figures()[0].discrimination, None);
    // What adding up left behind the sixteenth digit is no mark above the maximum.
    assert_eq!(read("attempt,a\nmax,0.3\na1,0.30000000000000004\n"), [(1, Some(1.0))]);
}

#[test]
fn numbers_are_read_as_they_are_written() {
    for (text, expected) in [
        ("0", 0.0),
        ("-0", 0.0),
        ("0.25", 0.25),
        (".5", 0.5),
        ("-.5", -0.5),
        ("+1", 1.0),
        ("1e-3", 0.001),
        ("12.5e-1", 1.25),
        ("0.0001e3", 0.1),
        ("0.333333333333333333333333", 1.0 / 3.0),
        ("1e-400", 0.0),
        ("1e-99999999999999999999", 0.0),
        ("0e99999999999999999999", 0.0),
        ("-1e12", -1e12),
        ("00000000000000000000000000001.5", 1.5),
        ("1.00000000000000000000000000001", 1.0),
        ("1500000000000000000000e-21", 1.5),
    ] {
        let file = read(format!("attempt,a\nmax,2\na1,{text}\n"));
        let facility = file[0].1.unwrap() * 2.0;
        assert!((facility - expected).abs() <= 1e-15 * expected.abs(), "{text}: {facility}");
    }
}

#[test]
fn beyond_fifteen_places_numbers_are_rounded_half_away_from_0() {
    for (text, expected) in [
        ("0.6666666666666666", 666_666_666_666_667),
        ("-0.6666666666666666", -666_666_666_666_667),
        ("0.0000000000000005", 1),
        ("0.0000000000000004", 0),
        ("1.23e-15", 1),
    ] {
        assert_eq!(Decimal::read(text).unwrap().in_units_of(15), expected, "{text}");
    }
}

#[test]
fn what_is_no_number_is_told_with_a_way_to_write_one() {
    let not_a_number = "is not a number; write for example 1 or 0.5";
    let comma = "is not a number; write a point and not a comma before the decimals";
    let too_large = "is not between minus and plus a million million";
    for (cell, shown, why) in [
        ("NaN", "NaN", not_a_number),
        ("inf", "inf", not_a_number),
        ("-inf", "-inf", not_a_number),
        ("x", "x", not_a_number),
        ("--", "--", not_a_number),
        (".", ".", not_a_number),
        ("1e", "1e", not_a_number),
        ("e3", "e3", not_a_number),
        ("1e3.5", "1e3.5", not_a_number),
        ("1 000", "1 000", not_a_number),
        ("0x1", "0x1", not_a_number),
        ("1_0", "1_0", not_a_number),
        ("½", "½", not_a_number),
        ("\u{2212}1", "\u{2212}1", not_a_number),
        ("\"0,5\"", "0,5", comma),
        ("\"1,000,000\"", "1,000,000", not_a_number),
        ("1e13", "1e13", too_large),
        ("-1e13", "-1e13", too_large),
        ("1e999", "1e999", too_large),
    ] {
        assert_eq!(
            faults(format!("attempt,a\nmax,1\nb1,{cell}\n")),
            [format!("3:4 the mark {shown:?} {why}")],
            "{cell}"
        );
        assert_eq!(
            faults(format!("attempt,a\nmax,{cell}\nb1,0\n")),
            [format!("2:5 the maximum {shown:?} {why}")],
            "{cell}"
        );
    }
}

#[test]
fn what_is_wrong_with_the_head_is_told_at_its_place() {
    let no_maxima = "the second line, which gives the maxima, is missing";
    for (text, expected) in [
        ("", vec!["1:1 the file is empty"]),
        ("\u{feff}", vec!["1:1 the file is empty"]),
        ("\n\r\n\n", vec!["4:1 the file is empty"]),
        ("attempt", vec!["1:8 there is no question: the first line is attempt,question,question,…"]),
        ("attempt,a", vec![&format!("1:10 {no_maxima}")]),
        ("attempt,a\n", vec![&format!("2:1 {no_maxima}")]),
        ("id,a\nmax,1\n", vec!["1:1 the first line must begin with attempt"]),
        (
            "attempt;a;b\nmax;1;1\n",
            vec!["1:1 the first line must begin with attempt; cells are separated by commas"],
        ),
        (
            "attempt,a,,a\nmax,1,1,1\n",
            vec!["1:11 this question has no name", "1:12 there is a question \"a\" already"],
        ),
        (
            "attempt,a\nb1,1\nb2,x\n",
            vec![
                "2:1 the second line must give the maxima: max,1,1,…",
                "3:4 the mark \"x\" is not a number; write for example 1 or 0.5",
            ],
        ),
        ("attempt,a,b\nmax,1\n", vec!["2:6 this row is too short: 2 cells must follow \"max\""]),
        ("attempt,a\nmax,1,1\n", vec!["2:7 this row is too long: 1 cell must follow \"max\""]),
        (
            "attempt,a,b\nmax,-1,-\n",
            vec![
                "2:5 the maximum \"-1\" is below 0",
                "2:8 the maximum \"-\" is not a number; write for example 1 or 0.5",
            ],
        ),
        ("attempt,a\nmax,\n", vec!["2:5 the maximum \"\" is not a number; write for example 1 or 0.5"]),
        ("attempt,\"a\nmax,1\n", vec!["1:9 this quotation mark is never closed"]),
    ] {
        assert_eq!(faults(text), expected, "{text:?}");
    }
}

#[test]
fn every_fault_of_the_attempts_is_told_at_its_place() {
    let text =
        format!("{HEAD}a1,2,2\na2,1\na3,1,1,1,1\n,1,1\na1,0,0\n\na5,é,3\na6\na7,0,-\na8,\"0,\na9,1,1\n");
    assert_eq!(
        faults(text),
        [
            "3:4 the mark 2 is above 1, the maximum of \"pager\"",
            "4:5 this row is too short: 2 cells must follow \"a2\"",
            "5:8 this row is too long: 2 cells must follow \"a3\"",
            "6:1 this attempt has no name",
            "7:1 there is an attempt \"a1\" already",
            "9:4 the mark \"é\" is not a number; write for example 1 or 0.5",
            "9:6 the mark 3 is above 2, the maximum of \"backup\"",
            "10:3 this row is too short: 2 cells must follow \"a6\"",
            "12:4 the mark \"0,\\na9,1,1\" is not a number; write for example 1 or 0.5",
            "12:4 this quotation mark is never closed",
        ]
    );
}

#[test]
fn a_table_without_attempts_has_no_figures_and_no_faults() {
    assert_eq!(read(HEAD), [(0, None), (0, None)]);
}

#[test]
fn text_that_is_not_utf_8_is_refused_where_that_shows() {
    assert_eq!(
        faults(b"attempt,a\nmax,1\n\xc3\xa9,\xff\n"),
        ["3:3 this is not UTF-8 text; save the table as CSV in UTF-8"]
    );
    assert_eq!(faults(b"\xff\xfea\0t\0"), ["1:1 this is not UTF-8 text; save the table as CSV in UTF-8"]);
}

#[test]
fn of_very_many_faults_the_first_are_told_and_the_others_counted() {
    let text = format!("{HEAD}{}", (0..150).map(|n| format!("a{n},x,1\n")).collect::<String>());
    let faults = ResponseFile::read(text.as_bytes()).unwrap_err();
    assert_eq!((faults.told.len(), faults.n_more), (MOST_FAULTS, 50));
}

#[test]
fn marks_as_large_as_they_may_be_are_added_up() {
    let million_million = "1000000000000";
    let rows: String = (0..50).map(|n| format!("a{n},{million_million},-{million_million}\n")).collect();
    let file = taken(format!("attempt,a,b\nmax,{million_million},1e-15\n{rows}"));
    assert_eq!(file.item_figures()[0].facility, Some(1.0));
    assert_eq!(file.test_figures().sd, Some(0.0));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(attempt,a,b\n)?(max,1,1\n)?[a-c0-9,.\"\r\n é+-]{0,60}") {
        let _ = ResponseFile::read(text.as_bytes());
    }

    #[test]
    fn a_number_of_twelve_digits_is_read_exactly(units in -999_999_999_999i64..=999_999_999_999, places in 0u32..=12) {
        let text = format!("{}e-{places}", units);
        let decimal = Decimal::read(&text).unwrap();
        let expected = i128::from(units) * 10i128.pow(15 - places);
        prop_assert_eq!(decimal.in_units_of(15), expected);
        let plain = decimal.to_string();
        prop_assert_eq!(Decimal::read(&plain).unwrap().in_units_of(15), expected);
    }
}
