use std::time::Instant;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;

fn of(text: &str) -> Reading {
    read("2026-03-02-orders-stood-still.md", text)
}

fn actions(text: &str) -> Vec<(u32, String, Option<String>, Option<String>)> {
    of(text).actions.into_iter().map(|one| (one.line, one.text, one.owner, one.due)).collect()
}

fn texts(text: &str) -> Vec<String> {
    of(text).actions.into_iter().map(|one| one.text).collect()
}

#[test]
fn a_number_is_read_as_it_is_said() {
    assert_eq!("PM-3".parse(), Ok(Number(3)));
    for wrong in ["", "PM-", "PM-0", "PM-03", "pm-3", "PM-3 ", "CA-3", "PM-+3"] {
        assert_eq!(wrong.parse::<Number>(), Err(NoNumber), "{wrong}");
    }
}

#[test]
fn a_postmortem_with_headings_and_lists_is_read() {
    let text = "\
# Orders stood still

**Date:** March 3rd, 2026

## Timeline
All times in UTC.

- **10:45** - Deploy
  - the third that day
- **10:50 UTC** Alarm
- **Note:** no status page

```
11:00 this is a log
```

## What went well
- The alarm

## Action items
1. Raise the pool. Owner: @bo
2. Write the runbook (due: 2026-04-01)
   - ask Cy first
3. TBD
";
    let read = of(text);

    assert_eq!(read.title, "Orders stood still");
    assert_eq!(read.date.unwrap().to_string(), "2026-03-03");
    let whens: Vec<&str> = read.timeline.iter().map(|entry| entry.when.as_str()).collect();
    assert_eq!(whens, ["10:45", "10:50 UTC"]);
    assert_eq!(
        actions(text),
        [
            (21, "Raise the pool.".to_owned(), Some("@bo".to_owned()), None),
            (22, "Write the runbook".to_owned(), None, Some("2026-04-01".to_owned())),
        ]
    );
}

#[test]
fn a_postmortem_of_tables_is_read() {
    let text = "\
Orders stood still
==================

| Incident Summary |  |
|------------------|--|
| Start Time | 2026-03-05 10:45 |

Timeline
--------
| Date/Time | Who | What |
|---|---|---|
| 10:45 | Bo | Deploys |
| 10:50 | Alarm | rings |
| | | |

### Action Items & Followups
| # | Action Item | Type | Who | Bug | Due Date |
|---|---|---|---|---|---|
| 1 | Raise the pool | Prevent | Bo | X-1 | 5 April 2026 |
| 2 | Test the restore | Process | | | |
| | | | | | |
";
    let read = of(text);

    assert_eq!(read.title, "Orders stood still");
    assert_eq!(read.date.unwrap().to_string(), "2026-03-05");
    assert_eq!(read.timeline.len(), 2);
    assert_eq!(
        actions(text),
        [
            (19, "Raise the pool".to_owned(), Some("Bo".to_owned()), Some("2026-04-05".to_owned())),
            (20, "Test the restore".to_owned(), None, None),
        ]
    );
}

#[test]
fn a_postmortem_of_bold_lines_is_read() {
    let text = "\
**Incident:** orders stood still

**Timeline**

10:45 - Deploy
10:50 - Alarm
Then we waited.

**Root cause**
- the pool

**Corrective actions:**
* [ ] Raise the pool @bo
* [x] Tell support
* Short term:
  * Add an alarm
  * Add a graph
    * and colour it

Owner of this text: Cy
";
    assert_eq!(of(text).timeline.len(), 2);
    assert_eq!(texts(text), ["Raise the pool @bo", "Tell support", "Add an alarm", "Add a graph"]);
    assert_eq!(of(text).title, "orders stood still");
    assert_eq!(of(text).date.unwrap().to_string(), "2026-03-02");
}

#[test]
fn an_action_under_a_heading_of_its_own_takes_owner_and_date_from_below() {
    let text = "# A\n## Actions\n### Raise the pool\nOwner: Bo\nDue: 2026-05-01\n\nBecause it is small.\n### Test it\n- Owner: Cy\n";

    assert_eq!(
        actions(text),
        [
            (3, "Raise the pool".to_owned(), Some("Bo".to_owned()), Some("2026-05-01".to_owned())),
            (8, "Test it".to_owned(), Some("Cy".to_owned()), None),
        ]
    );
}

#[test]
fn lists_that_explain_a_numbered_action_are_none_themselves() {
    let text = "## Remediation\n\n### Planned\n\n1.  **Watch the engine**\n    We add metrics around:\n\n-   Reads\n-   Sizes\n\n2. **Write it down**\n";

    assert_eq!(texts(text), ["Watch the engine We add metrics around:", "Write it down"]);
}

#[test]
fn what_a_template_explains_is_no_action() {
    for text in [
        "## Follow-ups\n_Copy these from the tracker_\n\n- [ ] \n\n## Anything else\n",
        "## Action Items\n",
        "## Action items\n\nNone.\n",
        "## Actions\n> Say what will be done.\n",
        "## Actions taken\n- restarted it\n",
        "## Lessons learned\n- test more\n",
    ] {
        assert_eq!(texts(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn an_action_stands_anywhere_when_it_says_so() {
    assert_eq!(texts("# A\n\nText.\n\n**Action item:** Begin earlier. Owner: @bo\n"), ["Begin earlier."]);
    assert_eq!(texts("# A\n- [ ] Raise the pool\n- [x] Tell them\n"), ["Raise the pool", "Tell them"]);
    assert_eq!(texts("## Actions\n\nRaise the pool.\n\nTell them.\n"), ["Raise the pool.", "Tell them."]);
}

#[test]
fn a_title_and_a_day_come_from_the_name_of_the_file_where_the_text_has_none() {
    let read = read("investigations/2024-02-28-decide is down.md", "\nIt was down on 28th February.\n");

    assert_eq!(read.title, "decide is down");
    assert_eq!(read.date.unwrap().to_string(), "2024-02-28");
    assert_eq!(super::read("2026_03_02_orders_stood_still.md", "").title, "orders stood still");
    assert_eq!(
        super::read("x.md", "---\ntitle: \"Orders\"\nstart: 2026-03-01T10:00:00Z\n---\n# Summary\n").title,
        "Orders"
    );
}

#[test]
fn odd_encodings_are_words_all_the_same() {
    assert_eq!(decode("\u{feff}é\r\nb\rc\0".as_bytes()), "é\nb\nc\u{fffd}");
    assert_eq!(decode(&[0xFF, 0xFE, b'a', 0, b'b', 0]), "ab");
    assert_eq!(decode(&[0xFE, 0xFF, 0, b'a', 0xD8]), "a");
    assert_eq!(decode(&[b'a', 0xE9, b'b']), "aéb");
}

#[test]
fn a_huge_file_is_read_in_little_time() {
    for piece in [
        "- [ ] a\n",
        "|a|b|\n|-|-|\n",
        "<<<<[[[[((((",
        "```\n",
        "# a\n",
        "10:45 - a\n",
        "> ",
        "* * *\n",
        "**",
        "by 2 ",
        "owner ",
        "- a:\n  - b\n",
    ] {
        let text = piece.repeat(1_000_000 / piece.len());
        let began = Instant::now();
        let read = of(&text);
        assert!(read.actions.len() <= 2001);
        assert!(began.elapsed().as_secs() < 20, "{piece:?} took {:?}", began.elapsed());
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_fall(text in "(?s).{0,400}", name in ".{0,40}") {
        let read = read(&name, &text);
        let n_lines = u32::try_from(text.split('\n').count()).unwrap();
        for action in &read.actions {
            prop_assert!(action.line >= 1 && action.line <= n_lines);
            prop_assert!(!action.text.is_empty());
        }
    }

    #[test]
    fn no_marks_make_the_reader_fall(text in "([-*#|>`_:\\[\\]() \n\t0-9a-c@.éT+~=<!]|Owner: |## Actions\n|## Timeline\n|\\*\\*|\n\n|10:45|due|March){0,120}") {
        let read = of(&text);
        prop_assert!(read.title.chars().count() <= 200);
    }

    #[test]
    fn no_bytes_make_the_decoder_fall(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read("a.md", &decode(&bytes));
    }
}

#[test]
fn a_postmortem_goes_from_draft_to_closed_and_back() {
    assert_eq!(State::Draft.after(Move::SendToReview), Some(State::InReview));
    assert_eq!(State::InReview.after(Move::Review), Some(State::Reviewed));
    assert_eq!(State::Draft.after(Move::Review), None);
    assert_eq!(State::Reviewed.after(Move::Close), Some(State::Closed));
    assert_eq!(State::Closed.after(Move::Reopen), Some(State::InReview));
    for state in State::ALL {
        assert_eq!(State::parse(state.as_str()), Some(state));
    }
    for one in Move::ALL {
        assert_eq!(Move::parse(one.as_str()), Some(one));
    }
}

#[test]
fn reviewed_needs_people_and_for_each_action_an_owner_and_dates_or_a_reason_for_none() {
    let whole = [("CA-1".to_owned(), true, true)];
    let halves = [("CA-1".to_owned(), false, true), ("CA-2".to_owned(), true, false)];
    let standing = Standing { n_came: 2, actions: &whole, none_because: "", n_written: 3 };

    assert_eq!(lacking(standing), []);
    assert_eq!(lacking(Standing { n_came: 0, ..standing }), [Lacking::Attendance]);
    assert_eq!(lacking(Standing { actions: &[], ..standing }), [Lacking::Actions]);
    assert_eq!(lacking(Standing { actions: &[], none_because: "It was a test.", ..standing }), []);
    assert_eq!(
        lacking(Standing { actions: &halves, ..standing }),
        [Lacking::Owner("CA-1".to_owned()), Lacking::Dates("CA-2".to_owned())]
    );
    assert_eq!(lacking(Standing { n_written: 0, ..standing }), [Lacking::Text]);
}

#[test]
fn each_trigger_is_suggested_with_its_evidence() {
    let met = |facts: &Facts| suggest(facts).map(|one| one.is_met);
    let quiet = Facts { n_signals: 2, ..Facts::default() };

    assert_eq!(met(&quiet), [false; 5]);
    assert_eq!(
        met(&Facts {
            words: vec!["We restored from backup, 40 rows lost".to_owned()],
            business_impact: Some("checkout was closed".to_owned()),
            assignee: Some("Bo".to_owned()),
            is_by_hand: true,
            earlier: vec![("INC-2".to_owned(), 90)],
            ..Facts::default()
        }),
        [true; 5]
    );
    assert_eq!(met(&Facts { words: vec!["No data was lost.".to_owned()], ..quiet.clone() }), [false; 5]);
    assert_eq!(met(&Facts { earlier: vec![("INC-2".to_owned(), 91)], ..quiet.clone() }), [false; 5]);
    assert!(suggest(&Facts { until_detected: Some(TimeDelta::minutes(31)), ..quiet.clone() })[3].is_met);
    let drill = Facts { is_drill: true, assignee: Some("Bo".to_owned()), ..quiet };
    assert!(suggest(&drill).iter().all(|one| !one.is_met && one.evidence == ["It was a drill."]));
}

#[test]
fn the_earlier_one_that_is_alike_comes_first_and_says_what_it_promised() {
    let promises = ["Raise the connection pool limit".to_owned(), "Paint the office".to_owned()];
    let known = [
        Known { text: "The mail queue was full and nobody was told.", promises: &[] },
        Known { text: "The connection pool of checkout was exhausted after a deploy.", promises: &promises },
    ];

    let found = similar("Checkout stood still: the connection pool was exhausted, its limit is low.", &known);

    assert_eq!(found[0].place, 1);
    assert_eq!(found[0].promised, [0]);
    assert!(found[0].words.contains(&"pool".to_owned()), "{:?}", found[0].words);
    assert_eq!(similar("", &known), []);
    assert_eq!(similar("words", &[]), []);
}
