//! What a question says as it is written.

use insta::assert_debug_snapshot;

use super::*;

#[test]
fn a_question_is_read_as_it_is_written() {
    let text = "\
+++
level = 2
critical = true
sources = [\"runbook:orders-db#replication\"]
tags = [\"replication\"]
reviewed = 2026-11-20
state = \"draft\"
+++
Lag is **40 s**. What first?

```
- [x] not a choice
= not an answer
```

* [X] Whether a query holds back replay

  ```
  select 1;
  ```

  > Only replay lags.
  >
  > Nothing else.
* [ ] 3. replica
* [ ] Restart it
  > It loses
the evidence.

> A query
> holds it.
>
> See `pg_stat_activity`.
";

    assert_debug_snapshot!(question(text), @r#"
    Question {
        id: QuestionId {
            service: "db",
            topic: Process,
            slug: "a",
        },
        state: Draft,
        level: Level(
            2,
        ),
        critical: true,
        tags: [
            "replication",
        ],
        sources: [
            "runbook:orders-db#replication",
        ],
        reviewed: Some(
            2026-11-20,
        ),
        text: "Lag is **40 s**. What first?\n\n```\n- [x] not a choice\n= not an answer\n```",
        key: Single {
            choices: [
                Choice {
                    text: "Whether a query holds back replay\n\n```\nselect 1;\n```",
                    is_right: true,
                    feedback: Some(
                        "Only replay lags.\n\nNothing else.",
                    ),
                },
                Choice {
                    text: "3\\. replica",
                    is_right: false,
                    feedback: None,
                },
                Choice {
                    text: "Restart it",
                    is_right: false,
                    feedback: Some(
                        "It loses\nthe evidence.",
                    ),
                },
            ],
        },
        explanation: Some(
            "A query\nholds it.\n\nSee `pg_stat_activity`.",
        ),
    }
    "#);
}

#[test]
fn the_answer_tells_the_kind() {
    let cases = [
        ("- [x] a\n- [ ] b\n- [ ] c", "single"),
        ("- [x] a\n- [x] b\n- [ ] c", "multiple"),
        ("1. a\n2. b\n3. c", "ordering"),
        ("1) a\n1) b\n1) c", "ordering"),
        ("| l | r |\n|---|---|\n| a | b |\n| c | d |", "matching"),
        ("= 5432", "numeric"),
        ("= 30 ± 5 s", "numeric"),
        ("= systemctl status *", "short"),
        ("= one\n= two", "short"),
        ("= 1\n= 2", "short"),
    ];

    for (answer, kind) in cases {
        let question = question(&format!("What?\n\n{answer}\n\n> Because.\n"));
        assert_eq!(question.kind().as_str(), kind, "{answer}");
        assert_eq!(question.text, "What?");
        assert_eq!(question.explanation.as_deref(), Some("Because."));
    }
}

#[test]
fn typed_answers_are_taken_as_typed() {
    let question =
        question("+++\ncase_sensitive = true\n+++\nHow?\n\n=  systemctl *status* \n= `a` _b_ \\*\n\n> So.\n");

    let accepted = vec!["systemctl *status*".to_owned(), "`a` _b_ \\*".to_owned()];
    assert_eq!(question.key, Key::Short { accepted, case_sensitive: true });
}

#[test]
fn the_cells_of_a_table_stand_alone() {
    let question =
        question("Match.\n\n| Sign | Use |\n|:-|-:|\n| `a \\| b` | # pipe |\n| **c** | d\n\n> So.\n");

    let pair = |left: &str, right: &str| Pair { left: left.to_owned(), right: right.to_owned() };
    let headings = ("Sign".to_owned(), "Use".to_owned());
    let pairs = vec![pair("`a | b`", "\\# pipe"), pair("**c**", "d")];
    assert_eq!(question.key, Key::Matching { headings, pairs });
}

#[test]
fn steps_keep_the_lines_inside_them() {
    let question = question("Order.\n\n1. a\n   b\n\n2. ```\n   code\n     more\n   ```\n3. c\n\n> So.\n");

    let steps = ["a\nb", "```\ncode\n  more\n```", "c"].map(str::to_owned).to_vec();
    assert_eq!(question.key, Key::Ordering { steps });
}

#[test]
fn a_multiple_choice_may_have_one_right_answer_if_it_says_so() {
    let question = question(&format!("+++\nkind = \"multiple\"\n+++\n{GOOD}"));

    assert_eq!(question.kind().as_str(), "multiple");
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_make_no_difference() {
    let unix = shelf(vec![file("db/process/a.md", format!("+++\nlevel = 3\n+++\n{GOOD}"))]);
    let text = format!("\u{feff}\u{feff}+++\r\nlevel = 3\r\n+++\r\n{}", GOOD.replace('\n', "\r\n"));
    let windows = shelf(vec![file("db/process/a.md", text.clone())]);

    assert_eq!(windows, unix);
    assert_eq!(parse(&id(), &text).unwrap(), unix.banks[0].questions[0].question);
}

#[test]
fn a_text_that_cannot_be_parsed_again_names_the_question() {
    let findings = parse(&id(), "What?\n").unwrap_err();

    assert!(findings[0].to_string().starts_with("db/process/a.md:1:1: error: no answer found"));
}

#[test]
fn a_text_over_the_limit_is_refused_before_it_is_parsed() {
    let findings = parse(&id(), &"x".repeat(300 * 1024)).unwrap_err();

    assert_eq!(findings.len(), 1);
    assert!(findings[0].what.starts_with("the file has 300 KiB, the limit is 256 KiB"));
}
