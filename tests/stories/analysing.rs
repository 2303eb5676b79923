//! `muster analyse`: what it prints of a table of marks, and of one it cannot take.

use std::fs;
use std::path::Path;

use crate::support::muster;

/// Four attempts at three questions, of which each figure can be had by hand.
const FOUR: &str = "attempt,pager,backup,escalation\nmax,1,2,1\na1,1,2,1\na2,1,1,-\na3,0,1,0\na4,-,-1,1\n";

/// Nobody met all of it.
const DRAWN: &str = "attempt,pager,backup\nmax,1,2\na1,1,2\na2,0,\na3,,1\n";

#[test]
fn every_figure_is_printed_as_json() {
    let said = Said::of(&[("marks.csv", FOUR)], &["marks.csv", "--json"]);
    let expected = serde_json::json!({
        "attempts": 4,
        "items": [
            {
                "id": "pager", "n": 4, "facility": 0.5, "sd": (1.0 / 3f64).sqrt(),
                "discrimination": 0.688_247_201_611_685_2, "discriminative_efficiency": 1.0,
                "intended_weight": 0.25, "effective_weight": 0.337_405_971_381_768_6,
            },
            {
                "id": "backup", "n": 4, "facility": 0.375, "sd": 0.629_152_869_605_895_8,
                "discrimination": 0.324_442_842_261_525, "discriminative_efficiency": 1.0 / 3.0,
                "intended_weight": 0.5, "effective_weight": 0.511_701_491_013_434_7,
            },
            {
                "id": "escalation", "n": 4, "facility": 0.5, "sd": (1.0 / 3f64).sqrt(),
                "discrimination": -0.169_030_850_945_703_3, "discriminative_efficiency": -0.2,
                "intended_weight": 0.25, "effective_weight": 0.150_892_537_604_796_6,
            },
        ],
        "test": {
            "mean": 0.4375, "median": 0.375, "sd": 0.426_956_281_914_983_2,
            "skewness": 0.752_837_199_131_725_5, "kurtosis": 12.0 / 35.0, "alpha": 12.0 / 35.0,
            "error_ratio": 0.810_643_483_377_777_5, "sem": 0.346_109_327_621_586_4,
        },
    });
    assert_eq!((said.status, said.stderr.as_str()), (0, ""));
    assert!(
        said.stdout.starts_with(r#"{"attempts":4,"items":[{"id":"pager","n":4,"facility":0.5,"sd":0.57"#)
    );
    assert!(said.stdout.ends_with("}}\n"));
    agrees(&serde_json::from_str(&said.stdout).unwrap(), &expected);
}

#[test]
fn what_is_not_defined_is_null() {
    let figures = r#""facility":null,"sd":null,"discrimination":null,"discriminative_efficiency":null"#;
    let nothing = concat!(
        r#""test":{"mean":null,"median":null,"sd":null,"skewness":null,"kurtosis":null,"#,
        r#""alpha":null,"error_ratio":null,"sem":null}"#
    );
    let nobody = Said::of(&[("marks.csv", "attempt,a\nmax,0\n")], &["marks.csv", "--json"]);
    let expected = format!(
        r#"{{"attempts":0,"items":[{{"id":"a","n":0,{figures},"intended_weight":null,"effective_weight":null}}],{nothing}}}"#
    );
    assert_eq!((nobody.status, nobody.stderr.as_str()), (0, ""));
    assert_eq!(nobody.stdout, format!("{expected}\n"));

    let drawn = Said::of(&[("marks.csv", DRAWN)], &["--json", "marks.csv"]);
    let printed: serde_json::Value = serde_json::from_str(&drawn.stdout).unwrap();
    assert_eq!(printed["attempts"], 3);
    assert_eq!((&printed["items"][0]["n"], &printed["items"][0]["facility"]), (&2.into(), &0.5.into()));
    for figure in ["discrimination", "intended_weight", "effective_weight"] {
        assert!(printed["items"][0][figure].is_null(), "{figure}");
    }
    for (figure, is_null) in [("mean", false), ("skewness", false), ("kurtosis", true), ("alpha", true)] {
        assert_eq!(printed["test"][figure].is_null(), is_null, "{figure}");
    }
}

#[test]
fn a_person_reads_a_table_with_the_definition_of_each_figure() {
    let twenty: String = (0..20).map(|n| format!("b{n},{},{},1\n", n % 2, n % 3)).collect();
    let (head, _) = FOUR.split_at(FOUR.find("a1").unwrap());
    let files = [("few.csv", FOUR.to_owned()), ("enough.csv", format!("{head}{twenty}"))];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let few = Said::of(&files, &["few.csv"]);
    let enough = Said::of(&files, &["enough.csv"]);
    assert_eq!((few.status, few.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(few.stdout, @r"
    4 attempts, 3 questions

    Mean                   0.4375  the mean of what attempts earned, each as a share of its maximum
    Median                 0.3750  the score with as many attempts below it as above it
    Standard deviation     0.4270  how far scores lie from their mean, with n - 1
    Skewness               0.7528  k3/k2^1.5; below 0 where low scores reach further out, above 0 where high ones do
    Kurtosis               0.3429  k4/k2^2; above 0 where more scores lie far out than in a bell curve
    Alpha               not enough attempts yet (4 of 20)  p/(p - 1) times (1 - the variances of the p questions / that of the total); how far they measure one thing; only where everybody had every question
    Error ratio         not enough attempts yet (4 of 20)  how much of the standard deviation is chance: the root of 1 - alpha
    Standard error      not enough attempts yet (4 of 20)  how far a score would move if the test were sat again: error ratio times standard deviation

    Question         n  Facility       SD          Discrimination    Efficiency  Intended weight  Effective weight
    pager            4    0.5000   0.5774     not enough attempts yet (4 of 20)           0.2500            0.3374
    backup           4    0.3750   0.6292     not enough attempts yet (4 of 20)           0.5000            0.5117
    escalation       4    0.5000   0.5774     not enough attempts yet (4 of 20)           0.2500            0.1509

    Facility: the mean mark of those who had the question, as a share of its maximum.
    SD (Standard deviation): how far marks lie from their mean, with n - 1, as a share of the maximum.
    Discrimination: the correlation of the mark with the share earned on the attempt's other questions, from -1 to 1.
    Efficiency: how far the mark goes with the rest, as a share of the most that the same marks allow; at most 1.
    Intended weight: the maximum, as a share of all maxima; only where everybody had every question.
    Effective weight: the root of the covariance of mark and total, as a share of these roots; only where everybody had every question.
    A figure that is not defined here is shown as -.
    ");
    insta::assert_snapshot!(enough.stdout, @r"
    20 attempts, 3 questions

    Mean                   0.6125  the mean of what attempts earned, each as a share of its maximum
    Median                 0.6250  the score with as many attempts below it as above it
    Standard deviation     0.2497  how far scores lie from their mean, with n - 1
    Skewness              -0.0238  k3/k2^1.5; below 0 where low scores reach further out, above 0 where high ones do
    Kurtosis              -0.9332  k4/k2^2; above 0 where more scores lie far out than in a bell curve
    Alpha                  0.0792  p/(p - 1) times (1 - the variances of the p questions / that of the total); how far they measure one thing; only where everybody had every question
    Error ratio            0.9596  how much of the standard deviation is chance: the root of 1 - alpha
    Standard error         0.2396  how far a score would move if the test were sat again: error ratio times standard deviation

    Question         n  Facility       SD          Discrimination    Efficiency  Intended weight  Effective weight
    pager           20    0.5000   0.5130                  0.0621        0.0769           0.2500            0.3900
    backup          20    0.4750   0.4128                  0.0621        0.0769           0.5000            0.6100
    escalation      20    1.0000   0.0000                       -             -           0.2500            0.0000

    Facility: the mean mark of those who had the question, as a share of its maximum.
    SD (Standard deviation): how far marks lie from their mean, with n - 1, as a share of the maximum.
    Discrimination: the correlation of the mark with the share earned on the attempt's other questions, from -1 to 1.
    Efficiency: how far the mark goes with the rest, as a share of the most that the same marks allow; at most 1.
    Intended weight: the maximum, as a share of all maxima; only where everybody had every question.
    Effective weight: the root of the covariance of mark and total, as a share of these roots; only where everybody had every question.
    A figure that is not defined here is shown as -.
    ");
}

#[test]
fn every_fault_of_a_file_is_told_with_its_place_and_nothing_is_printed() {
    let faulty = "attempt,pager,backup\nmax,1,2\na1,2,2\na2,1\na3,\"0,5\",nan\n";
    let files = [("faulty.csv", faulty), ("empty.csv", ""), ("many.csv", "")];
    let cases = [
        (
            "faulty.csv",
            "faulty.csv:3:4: error: the mark 2 is above 1, the maximum of \"pager\"\n\
             faulty.csv:4:5: error: this row is too short: 2 cells must follow \"a2\"\n\
             faulty.csv:5:4: error: the mark \"0,5\" is not a number; write a point and not a comma before the decimals\n\
             faulty.csv:5:10: error: the mark \"nan\" is not a number; write for example 1 or 0.5\n",
        ),
        ("empty.csv", "empty.csv:1:1: error: the file is empty\n"),
        ("nowhere.csv", "nowhere.csv:1:1: error: cannot be read: No such file or directory (os error 2)\n"),
        (".", ".:1:1: error: cannot be read: Is a directory (os error 21)\n"),
    ];
    for (file, expected) in cases {
        for arguments in [vec![file, "--json"], vec![file]] {
            let said = Said::of(&files, &arguments);
            assert_eq!((said.status, said.stdout.as_str()), (1, ""), "{file}");
            assert_eq!(said.stderr, expected);
        }
    }
}

#[test]
fn of_very_many_faults_a_hundred_are_told_and_the_others_counted() {
    let rows: String = (0..250).map(|n| format!("a{n},2\n")).collect();
    let said = Said::of(&[("many.csv", &format!("attempt,a\nmax,1\n{rows}"))], &["many.csv"]);
    assert_eq!((said.status, said.stdout.as_str(), said.stderr.lines().count()), (1, "", 101));
    assert!(said.stderr.ends_with("muster: many.csv has 150 more errors\n"), "{}", said.stderr);
}

/// What the program said to `muster analyse` in a folder with these files.
struct Said {
    status: i32,
    stdout: String,
    stderr: String,
}

impl Said {
    fn of(files: &[(&str, &str)], arguments: &[&str]) -> Said {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Said::within(folder.path(), arguments)
    }

    fn within(folder: &Path, arguments: &[&str]) -> Said {
        let output = muster(folder).arg("analyse").args(arguments).output().unwrap();
        Said {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The same keys in both, and numbers that differ by rounding at most.
#[track_caller]
fn agrees(printed: &serde_json::Value, expected: &serde_json::Value) {
    use serde_json::Value;
    match (printed, expected) {
        (Value::Object(printed), Value::Object(expected)) => {
            let keys: Vec<&String> = printed.keys().collect();
            assert_eq!(keys, expected.keys().collect::<Vec<_>>());
            printed.iter().for_each(|(key, value)| agrees(value, &expected[key]));
        }
        (Value::Array(printed), Value::Array(expected)) => {
            assert_eq!(printed.len(), expected.len());
            printed.iter().zip(expected).for_each(|(printed, expected)| agrees(printed, expected));
        }
        (Value::Number(printed), Value::Number(expected)) => {
            let off = printed.as_f64().unwrap() - expected.as_f64().unwrap();
            assert!(off.abs() < 1e-12, "{printed} is not {expected}");
        }
        (printed, expected) => assert_eq!(printed, expected),
    }
}
