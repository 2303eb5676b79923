//! A postmortem from an incident to what is done about it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::action::{Fixes, How, Severity};
use domain::incident::Phase;
use domain::people::Role::{Engineer, Leader, Reader};
use domain::postmortem::{Move, Number, Section, State, Trigger};

use super::deciding::{Decision, decide, question};
use super::importing::{MarkdownFile, take};
use super::writing::{MEANWHILE, Written, begin, make_action, merge, set_none_because, set_people, write};
use super::{Found, Wanted, alike, find, moving::step, of_circle};
use crate::actions::making::Draft;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::incidents;
use crate::people::Who;
use crate::testing::{circle_with, fresh_db, noon, run_sql};
use crate::token::stamp;

const CIRCLE: &str = "orders";

fn after(minutes: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minutes)
}

/// Leo leads, Eve is an engineer, Rea reads.
async fn world() -> (Db, Who, Who, Who) {
    let db = fresh_db().await;
    let [leo, eve, rea] =
        circle_with(&db, CIRCLE, [("leo", Leader), ("eve", Engineer), ("rea", Reader)]).await;
    (db, leo, eve, rea)
}

fn says(title: &str, symptoms: &str) -> Written {
    Written {
        title: title.to_owned(),
        sections: vec![(Section::Symptoms, symptoms.to_owned())],
        ..Written::default()
    }
}

async fn begun(db: &Db, who: &Who, title: &str, symptoms: &str) -> Number {
    begin(db, who, CIRCLE, None, &says(title, symptoms), noon()).await.unwrap()
}

async fn seen(db: &Db, who: &Who, number: Number) -> Found {
    find(db, who, CIRCLE, number, noon()).await.unwrap()
}

fn refused(outcome: Result<impl std::fmt::Debug>) -> Vec<String> {
    match outcome {
        Err(Error::Refused(problems)) => problems.into_iter().map(|problem| problem.what).collect(),
        other => panic!("{other:?}"),
    }
}

fn says_to<'a>(said: &'a [(Trigger, Option<bool>, &'a str)], why_none: &'a str) -> Decision<'a> {
    Decision { said, why_none, n_had: None }
}

fn raise_the_pool(owner: &Who) -> Draft {
    Draft {
        title: "Raise the limit of the connection pool".to_owned(),
        fixes: Some(Fixes::Process),
        how: Some(How::Preventive),
        severity: Some(Severity::ALL[2]),
        owner: owner.person.clone(),
        ..Draft::default()
    }
}

#[tokio::test]
async fn a_postmortem_is_reviewed_only_with_people_and_with_an_action_that_is_owned() {
    let (db, leo, eve, _) = world().await;
    let number = begun(&db, &eve, "Checkout stood still", "The pool was empty.").await;
    assert_eq!(number.to_string(), "PM-1");
    let move_it = async |who: &Who, one: Move| step(&db, who, CIRCLE, number, one, after(1)).await;

    move_it(&eve, Move::SendToReview).await.unwrap();
    assert!(matches!(move_it(&eve, Move::Review).await, Err(Error::NotFound)), "that is for leaders");
    let lacks = refused(move_it(&leo, Move::Review).await);
    assert_eq!(lacks, ["Say who was at the review.", "Make an action, or say why there is none."]);

    set_people(&db, &leo, CIRCLE, number, &[&leo.person, &eve.person], after(2)).await.unwrap();
    let nobody = Draft { owner: String::new(), ..raise_the_pool(&eve) };
    let made = make_action(&db, &eve, CIRCLE, number, None, &nobody, after(3)).await.unwrap();
    assert_eq!(refused(move_it(&leo, Move::Review).await), [format!("Give {made} an owner.")]);

    let action = crate::actions::find(&db, &leo, CIRCLE, made, after(4)).await.unwrap().action;
    let owned = Draft {
        assign_by: action.assign_by.to_string(),
        done_by: action.done_by.to_string(),
        ..raise_the_pool(&eve)
    };
    crate::actions::making::edit(&db, &leo, CIRCLE, made, action.revision, &owned, after(4)).await.unwrap();
    move_it(&leo, Move::Review).await.unwrap();
    move_it(&leo, Move::Close).await.unwrap();

    let found = seen(&db, &eve, number).await;
    assert_eq!(found.postmortem.state, State::Closed);
    assert_eq!(found.actions.len(), 1);
    assert!(found.markdown().contains("## What surprised us"));
    assert!(found.markdown().contains("CA-1 Raise the limit of the connection pool (owner: Eve;"));
    assert_eq!(refused(write(&db, &eve, CIRCLE, number, 1, &says("x", "y"), after(5)).await).len(), 1);
}

#[tokio::test]
async fn a_reason_for_no_action_is_enough() {
    let (db, leo, eve, _) = world().await;
    let number = begun(&db, &eve, "Checkout stood still", "For a minute.").await;
    step(&db, &eve, CIRCLE, number, Move::SendToReview, after(1)).await.unwrap();
    set_people(&db, &leo, CIRCLE, number, &[&leo.person], after(2)).await.unwrap();
    set_none_because(&db, &leo, CIRCLE, number, "It cannot happen again.", after(3)).await.unwrap();

    step(&db, &leo, CIRCLE, number, Move::Review, after(4)).await.unwrap();

    assert!(seen(&db, &leo, number).await.markdown().contains("None, because: It cannot happen again."));
}

#[tokio::test]
async fn who_writes_over_somebody_is_told_and_nothing_is_lost() {
    let (db, leo, eve, _) = world().await;
    let number = begun(&db, &eve, "Checkout stood still", "The pool was empty.").await;

    let revision =
        write(&db, &eve, CIRCLE, number, 1, &says("Checkout stood still", "The pool"), after(1)).await;
    assert_eq!(revision.unwrap(), 2);
    let late = write(&db, &leo, CIRCLE, number, 1, &says("Checkout stood still", "My words"), after(2)).await;

    assert!(refused(late)[0].starts_with("Somebody changed this postmortem meanwhile."));
    assert_eq!(seen(&db, &leo, number).await.section(Section::Symptoms), "The pool");
}

#[tokio::test]
async fn readers_read_and_others_find_nothing() {
    let (db, _, eve, rea) = world().await;
    let [zoe] = circle_with(&db, "billing", [("zoe", Leader)]).await;
    let number = begun(&db, &eve, "Checkout stood still", "The pool was empty.").await;

    assert!(!seen(&db, &rea, number).await.may_write());
    for who in [&rea, &zoe] {
        let wrote = write(&db, who, CIRCLE, number, 1, &says("x", "y"), after(1)).await;
        assert!(matches!(wrote, Err(Error::NotFound)));
        let moved = step(&db, who, CIRCLE, number, Move::SendToReview, after(1)).await;
        assert!(matches!(moved, Err(Error::NotFound)));
        let began = begin(&db, who, CIRCLE, None, &says("x", "y"), after(1)).await;
        assert!(matches!(began, Err(Error::NotFound)));
    }
    assert!(matches!(find(&db, &zoe, CIRCLE, number, noon()).await, Err(Error::NotFound)));
    assert!(matches!(of_circle(&db, &zoe, CIRCLE, &Wanted::default(), 1).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_list_is_filtered_by_state_and_words() {
    let (db, _, eve, _) = world().await;
    let first = begun(&db, &eve, "Checkout stood still", "The 100% pool").await;
    begun(&db, &eve, "Mail was late", "The queue").await;
    step(&db, &eve, CIRCLE, first, Move::SendToReview, after(1)).await.unwrap();
    let titles = async |wanted: Wanted| {
        let listed = of_circle(&db, &eve, CIRCLE, &wanted, 1).await.unwrap();
        assert_eq!(listed.n_all, 2);
        listed.rows.into_iter().map(|one| one.number.to_string()).collect::<Vec<_>>()
    };
    let words = |text: &str| Wanted { text: text.to_owned(), ..Wanted::default() };

    assert_eq!(titles(Wanted::default()).await, ["PM-2", "PM-1"]);
    assert_eq!(titles(Wanted { state: Some(State::InReview), ..Wanted::default() }).await, ["PM-1"]);
    assert_eq!(titles(words("QUEUE")).await, ["PM-2"]);
    assert_eq!(titles(words("100%")).await, ["PM-1"]);
    assert_eq!(titles(words("_ail")).await, Vec::<String>::new());
    assert_eq!(titles(words("pm-2")).await, ["PM-2"]);
}

/// An incident that Eve opened by hand and took.
async fn incident(db: &Db, eve: &Who, title: &str, at: DateTime<Utc>) -> domain::incident::Number {
    let draft = incidents::opening::Draft {
        title: title.to_owned(),
        severity: Some(domain::incident::Severity::ALL[0]),
        business_affected: true,
        impact: "Nobody could pay.".to_owned(),
        ..incidents::opening::Draft::default()
    };
    let number = incidents::opening::open(db, eve, CIRCLE, &draft, at).await.unwrap();
    incidents::working::step(db, eve, CIRCLE, number, Phase::Acknowledged, None, at + TimeDelta::minutes(2))
        .await
        .unwrap();
    number
}

#[tokio::test]
async fn the_triggers_are_suggested_decided_and_kept_and_the_incident_knows() {
    let (db, leo, eve, rea) = world().await;
    let number = incident(&db, &eve, "Checkout stood still", noon()).await;
    let asked = question(&db, &rea, CIRCLE, number.0).await.unwrap();
    let met: Vec<bool> = asked.suggestions.iter().map(|one| one.is_met).collect();
    assert_eq!(met, [false, true, true, true, false]);

    let no = |reason: &'static str| Trigger::ALL.map(|trigger| (trigger, Some(false), reason));
    let bare = decide(&db, &eve, CIRCLE, number.0, says_to(&no(""), ""), after(5)).await;
    assert_eq!(refused(bare).len(), 3, "a no against the facts has a reason");
    assert_eq!(
        refused(decide(&db, &eve, CIRCLE, number.0, says_to(&no("Known."), ""), after(5)).await).len(),
        1
    );
    assert!(
        !decide(&db, &eve, CIRCLE, number.0, says_to(&no("Known."), "It was a test."), after(5))
            .await
            .unwrap()
    );

    let decided = question(&db, &leo, CIRCLE, number.0).await.unwrap();
    assert_eq!((decided.decided.len(), decided.history.len()), (5, 5));
    let of_incident = &decided.incident.incident.postmortem;
    assert!(matches!(of_incident, incidents::Postmortem::Decided { is_wanted: false, .. }));

    let yes = Trigger::ALL.map(|trigger| (trigger, Some(trigger != Trigger::DataLoss), ""));
    let yes = yes.map(|(trigger, is_met, _)| {
        (trigger, is_met, if trigger == Trigger::DataLoss { "" } else { "So it was." })
    });
    assert!(decide(&db, &leo, CIRCLE, number.0, says_to(&yes, ""), after(9)).await.unwrap());
    let again = question(&db, &leo, CIRCLE, number.0).await.unwrap();
    assert_eq!(again.history.len(), 10, "what was decided before stays");
    assert_eq!(again.of(Trigger::RecurringEvent).unwrap().by, "Leo");
    assert!(matches!(
        decide(&db, &rea, CIRCLE, number.0, says_to(&yes, ""), after(9)).await,
        Err(Error::NotFound)
    ));
}

#[tokio::test]
async fn of_two_decisions_at_once_one_is_asked_to_look_and_one_sent_twice_is_kept_once() {
    let (db, leo, eve, _) = world().await;
    let number = incident(&db, &eve, "Checkout stood still", noon()).await;
    let all = |is_met| Trigger::ALL.map(|trigger| (trigger, Some(is_met), "So it was."));
    let (yes, no) = (all(true), all(false));
    let of = |said, why_none| Decision { said, why_none, n_had: Some(0) };

    let (one, other) = tokio::join!(
        decide(&db, &eve, CIRCLE, number.0, of(&yes, ""), after(5)),
        decide(&db, &leo, CIRCLE, number.0, of(&no, "A test."), after(5)),
    );

    let (wanted, refused_one) = if one.is_ok() { (one, other) } else { (other, one) };
    assert!(refused(refused_one)[0].starts_with("Somebody decided meanwhile."));
    let (who, again) = if wanted.unwrap() { (&eve, of(&yes, "")) } else { (&leo, of(&no, "A test.")) };
    decide(&db, who, CIRCLE, number.0, again, after(6)).await.unwrap();
    assert_eq!(question(&db, &leo, CIRCLE, number.0).await.unwrap().history.len(), 5);
    let why = Decision { why_none: "Another reason.", ..of(&no, "") };
    assert_eq!(refused(decide(&db, &leo, CIRCLE, number.0, why, after(6)).await).len(), 1);
}

#[tokio::test]
async fn a_postmortem_begins_with_what_its_incident_knows_and_an_incident_has_one() {
    let (db, _, eve, _) = world().await;
    let incident = incident(&db, &eve, "Checkout stood still", noon()).await;

    let number = begin(&db, &eve, CIRCLE, Some(incident.0), &Written::default(), after(60)).await.unwrap();
    let again = begin(&db, &eve, CIRCLE, Some(incident.0), &Written::default(), after(61)).await.unwrap();

    assert_eq!(number, again);
    let found = seen(&db, &eve, number).await;
    assert_eq!(found.postmortem.title, "Checkout stood still");
    assert_eq!(found.postmortem.happened_on.unwrap().to_string(), "2026-03-02");
    assert_eq!(found.section(Section::Impact), "Nobody could pay.");
    assert!(
        found.section(Section::Timeline).contains("- 2026-03-02 13:0"),
        "{}",
        found.section(Section::Timeline)
    );
}

#[tokio::test]
async fn an_import_keeps_the_text_and_its_promises_and_is_done_once() {
    let (db, _, eve, _) = world().await;
    let text = "# Checkout stood still\n\n## Timeline\n- 10:45 Down\n- 10:50 Up\n\n## Actions\n- Raise the limit of the connection pool\n- Tell Cy. Owner: @bo\n";
    let file = MarkdownFile { path: "2026-01-05-checkout.md".to_owned(), bytes: text.as_bytes().to_vec() };

    let first = take(&db, &eve, CIRCLE, std::slice::from_ref(&file), noon()).await.unwrap();
    let second = take(&db, &eve, CIRCLE, &[file], noon()).await.unwrap();

    assert_eq!((first.n_added, first.n_promises, second.n_added, second.n_known), (1, 2, 0, 1));
    let found = seen(&db, &eve, Number(1)).await;
    assert_eq!(found.original, text);
    assert_eq!(found.postmortem.happened_on.unwrap().to_string(), "2026-01-05");
    assert_eq!(found.section(Section::Timeline), "- 10:45 Down\n- 10:50 Up");
    let owners: Vec<&str> = found.promises.iter().map(|one| one.owner.as_str()).collect();
    assert_eq!(owners, ["", "@bo"]);

    let (line, n) = (found.promises[0].line, found.promises[0].n);
    let made =
        make_action(&db, &eve, CIRCLE, Number(1), Some((line, n)), &raise_the_pool(&eve), after(1)).await;
    assert_eq!(seen(&db, &eve, Number(1)).await.promises[0].action, Some(made.unwrap().0));
}

#[tokio::test]
async fn while_writing_it_is_shown_what_was_promised_before() {
    let (db, _, eve, _) = world().await;
    let first =
        begun(&db, &eve, "Checkout stood still", "The connection pool was exhausted after a deploy.").await;
    make_action(&db, &eve, CIRCLE, first, None, &raise_the_pool(&eve), after(1)).await.unwrap();
    begun(&db, &eve, "Mail was late", "The queue was full.").await;

    let words = "The connection pool reached its limit, which nobody had raised.";
    let again = begun(&db, &eve, "Checkout was slow", words).await;

    let found = alike(&db, &seen(&db, &eve, again).await).await.unwrap();
    assert_eq!(found[0].number, first);
    assert_eq!(found[0].promised, ["Raise the limit of the connection pool"]);
}

#[tokio::test]
async fn a_question_on_a_draft_asks_to_be_checked_when_the_draft_says_something_else() {
    let (db, leo, eve, _) = world().await;
    let service = "INSERT INTO services (circle, slug, name, summary, owner, links, created_at)
                   VALUES ($1, 'orders-db', 'Orders database', '', '', '[]', '2026-01-01T00:00:00+00:00')";
    run_sql(&db, service, CIRCLE).await;
    let number = begun(&db, &eve, "Checkout stood still", "The pool was empty.").await;
    let text = format!(
        "+++\nsources = [\"postmortem:{number}\"]\n+++\nWhat was empty?\n\n- [x] The pool\n- [ ] It\n"
    );
    crate::sources::editing::add(&db, &leo, CIRCLE, "orders-db/process/pool", &text, noon()).await.unwrap();
    let asking = || async { crate::sources::to_check(&db, &leo, CIRCLE).await.unwrap() };

    let revision = seen(&db, &eve, number).await.postmortem.revision;
    let same = says("Checkout stood still", "The pool was empty.");
    let revision = write(&db, &eve, CIRCLE, number, revision, &same, after(5)).await.unwrap();
    assert!(asking().await.is_empty(), "it says the same");
    let other = says("Checkout stood still", "The disk was full.");
    write(&db, &eve, CIRCLE, number, revision, &other, after(6)).await.unwrap();
    assert_eq!(asking().await.len(), 1);
}

#[tokio::test]
async fn two_who_write_different_parts_keep_both_and_of_one_part_the_other_is_shown() {
    let (db, leo, eve, _) = world().await;
    let number = begun(&db, &eve, "Checkout stood still", "Slow carts").await;
    let shown: BTreeMap<String, String> =
        [("title", "Checkout stood still"), ("symptoms", "Slow carts"), ("impact", "")]
            .into_iter()
            .map(|(field, words)| (field.to_owned(), stamp(words)))
            .collect();
    let parts = |symptoms: &str, impact: &str| Written {
        title: "Checkout stood still".to_owned(),
        sections: vec![(Section::Symptoms, symptoms.to_owned()), (Section::Impact, impact.to_owned())],
        ..Written::default()
    };
    let save = async |who: &Who, written: Written, minute| {
        let (revision, merged) = merge(&db, who, CIRCLE, number, written, &shown, after(minute)).await?;
        write(&db, who, CIRCLE, number, revision, &merged, after(minute)).await
    };
    save(&leo, parts("Slow carts", "Two in ten gave up"), 1).await.unwrap();
    save(&eve, parts("Slow carts, and errors", ""), 2).await.unwrap();
    let found = find(&db, &eve, CIRCLE, number, after(3)).await.unwrap();
    assert_eq!(found.section(Section::Impact), "Two in ten gave up", "Eve did not touch it");
    assert_eq!(found.section(Section::Symptoms), "Slow carts, and errors");

    let Err(Error::Refused(problems)) = save(&leo, parts("Something else", "Two in ten gave up"), 4).await
    else {
        panic!("Eve's symptoms are lost");
    };
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].field, "symptoms");
    assert!(problems[0].what.starts_with(MEANWHILE) && problems[0].what.contains("and errors"));
}
