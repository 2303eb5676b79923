//! Open questions: the rubric as it is written, and what is wrong with one.

use crate::question::{Key, Kind, RubricLine};

use super::*;

const WHY: &str = "> So.\n";

fn open(rubric: &str) -> String {
    format!("What first?\n\n{rubric}\n{WHY}")
}

#[test]
fn a_rubric_is_the_key_of_an_open_question_and_no_part_of_its_prompt() {
    let text = "\
Look at this:

1. first
2. second

| a | b |
|---|---|
| 1 | 2 |

## Rubric

- (2) names the *on-call DBA*
  before restarting
- (10) looks (1) at the queries

> So.
";
    let question = question(text);

    let line = |points, text: &str| RubricLine { points, text: text.to_owned() };
    let rubric =
        vec![line(2, "names the *on-call DBA*\nbefore restarting"), line(10, "looks (1) at the queries")];
    assert_eq!((question.kind(), &question.key), (Kind::Open, &Key::Open { rubric }));
    assert!(question.text.ends_with("| 1 | 2 |"), "{}", question.text);
    assert_eq!(question.explanation.as_deref(), Some("So."));
    let prompt = format!("{:?}", question.prompt(&[]));
    assert!(!prompt.contains("DBA") && !prompt.contains("Rubric"), "{prompt}");
}

#[test]
fn a_rubric_is_found_whatever_sign_its_list_has_and_in_whatever_case() {
    for rubric in ["## Rubric\n* (1) a\n", "## rubric\n\n+ (1) a\n", "Rubric\n------\n\n- ( 1 ) a\n"] {
        assert_eq!(question(&open(rubric)).kind(), Kind::Open, "{rubric}");
    }
}

#[test]
fn faults_of_a_rubric_stand_at_their_line() {
    let many: String = (0..13).map(|n| format!("- (1) line {n}\n")).collect();
    let points = "error: the points of a rubric line are a whole number from 1 to 10";
    let none = "no points at the head of this line; begin it with them, such as `(2) names the owner`";
    let no_line =
        "no rubric line follows; write what earns points as a list, such as `- (2) names the owner`";
    let cases = [
        (open("## Rubric\n"), format!("3:1: error: {no_line}")),
        (open("## Rubric\n\nIt is named.\n"), format!("3:1: error: {no_line}")),
        (open("## Rubric\n\n- [x] a\n- [ ] b\n"), format!("3:1: error: {no_line}")),
        (open("## Rubric\n\n1. (1) a\n2. (1) b\n"), format!("3:1: error: {no_line}")),
        (open("## Rubric\n\n- (0) a\n"), format!("5:3: {points}")),
        (open("## Rubric\n\n- (1) a\n- (1.5) b\n"), format!("6:3: {points}")),
        (open("## Rubric\n\n- (-1) a\n- (11) b\n"), format!("5:3: {points}\n6:3: {points}")),
        (open("## Rubric\n\n- names it\n"), format!("5:3: error: {none}")),
        (
            open("## Rubric\n\n- (2)\n"),
            "5:3: error: this line only has points; write what earns them behind the bracket".to_owned(),
        ),
        (
            open("## Rubric\n\n- (2) a\n- (1) a\n"),
            "6:1: error: this line stands twice; tell the two apart".to_owned(),
        ),
        (
            open(&format!("## Rubric\n\n{many}")),
            "17:1: error: there are 13 rubric lines, the limit is 12; delete some".to_owned(),
        ),
        (
            open("# Rubric\n\n- (1) a\n"),
            "3:1: error: a rubric begins with two signs: `## Rubric`".to_owned(),
        ),
        (
            open("## Rubric\n\n- (1) a\n\nMore.\n"),
            "7:1: error: this follows the rubric; move it above `## Rubric`, or make it a closing quote with `>`"
                .to_owned(),
        ),
        (
            open("## Rubric\n\n- (1) a\n\n## Rubric\n\n- (1) b\n"),
            "7:1: error: a second rubric; write all lines under one heading".to_owned(),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(found(&text).join("\n"), expected, "{text}");
    }
}

#[test]
fn a_rubric_in_a_question_of_another_kind_is_refused() {
    let both = "a rubric is the key of an open question, and this one has another answer above; delete one of the two";
    for answer in ["- [x] a\n- [ ] b\n- [ ] c\n", "= 5432\n"] {
        let text = open(&format!("{answer}\n## Rubric\n\n- (1) a\n"));
        let findings = found(&text);
        assert!(findings.len() == 1 && findings[0].ends_with(both), "{findings:?}");
    }
    let named = format!("+++\nkind = \"short\"\n+++\n{}", open("## Rubric\n\n- (1) a\n"));
    let what = "2:8: error: kind is \"short\", but the answer is a `## Rubric`, which is \"open\"; change one of the two";
    assert_eq!(found(&named), [what]);
}

#[test]
fn a_rubric_without_an_explanation_is_worth_a_warning_like_any_other_answer() {
    let findings = found("What first?\n\n## Rubric\n\n- (1) a\n");
    assert!(findings.len() == 1 && findings[0].contains("warning"), "{findings:?}");
}
