//! Whether an action helped, from the question to the decision.

use domain::action::{Effect, Proposal, Side};
use domain::answer::Answer;
use domain::question::Topic;
use domain::retake::{Asks, Retakes};

use super::*;
use crate::attempts::saving::{Save, save};
use crate::attempts::{self, finishing};
use crate::testing::{a_plan, a_test, file, right_answer};
use crate::{rounds, tests};

const WHAT: &str = "orders-db/process/whom";
const THEN: &str = "orders-db/process/then";

/// A team with two questions about process, both asked in every round.
struct Asked {
    team: Team,
    test: String,
}

fn bank(whom: &str) -> domain::bank::Bank {
    let sheet = "name = \"Orders DB\"\nsummary = \"Keeps the orders.\"\nowner = \"Lena\"\n";
    let question =
        |text: &str| format!("{text}\n\n- [x] The DBA\n- [ ] Nobody\n- [ ] Everybody\n\n> So it is.\n");
    let shelf = domain::bank::read(&[
        file("orders-db/service.toml", sheet),
        file("orders-db/process/whom.md", &question(whom)),
        file("orders-db/process/then.md", &question("And then?")),
    ]);
    shelf.banks.into_iter().next().unwrap()
}

impl Asked {
    async fn at_work() -> Asked {
        let team = Team::at_work().await;
        questions::take_bank(&team.db, &team.lena, CIRCLE, &bank("Whom do you call?"), noon()).await.unwrap();
        let test = a_test("orders-db", &[(Topic::Process, 2)]);
        let test = tests::add(&team.db, &team.lena, CIRCLE, "Orders DB", &test, noon()).await.unwrap();
        Asked { team, test }
    }

    /// A round on that day in which these people sit and know so many of these
    /// questions, from the first on.
    async fn round(&self, days: i64, sits: &[(&Who, &[&str])]) -> String {
        let team = &self.team;
        let people: Vec<&Who> = sits.iter().map(|(who, _)| *who).collect();
        let mut plan = a_plan(self.test.clone(), later(days), &people);
        plan.retakes = Retakes { n: 3, wait: TimeDelta::zero(), asks: Asks::Everything };
        let round = rounds::plan(&team.db, &team.lena, CIRCLE, &plan, later(days)).await.unwrap();
        for (who, knows) in sits {
            self.sit(who, &round, 1, knows, later(days)).await;
        }
        round
    }

    async fn sit(&self, who: &Who, round: &str, number: u32, knows: &[&str], at: DateTime<Utc>) {
        let attempt = self.start(who, round, number, at).await;
        self.hand_in(who, &attempt, knows, at + TimeDelta::minutes(5)).await;
    }

    async fn start(&self, who: &Who, round: &str, number: u32, at: DateTime<Utc>) -> String {
        attempts::start(&self.team.db, who, CIRCLE, round, number, at, &mut dice()).await.unwrap()
    }

    async fn hand_in(&self, who: &Who, attempt: &str, knows: &[&str], at: DateTime<Utc>) {
        for slot in &attempts::drawn::of(&self.team.db, attempt).await.unwrap().slots {
            let answer = match knows.contains(&slot.question.id.to_string().as_str()) {
                true => right_answer(&slot.question.key, &slot.order),
                false => Answer::DoNotKnow,
            };
            let said = Save {
                attempt: attempt.to_owned(),
                slot: slot.n,
                client: "tab".to_owned(),
                sequence: 1,
                answer: Some(answer),
                confidence: None,
                for_review: false,
                received_at: at,
            };
            save(&self.team.db, who, said).await.unwrap();
        }
        finishing::hand_in(&self.team.db, who, attempt, at).await.unwrap();
    }

    /// An action from these questions that Lena called done at that instant.
    async fn done(&self, asks: &[&str], at: DateTime<Utc>) -> Number {
        let team = &self.team;
        let draft =
            Draft { owner: team.eve.person.clone(), questions: asks.join("\n"), ..draft("Write it down") };
        let number = make(&team.db, &team.lena, CIRCLE, Origin::by_hand(""), &draft, at).await.unwrap();
        for one in [Move::Start, Move::SendToReview, Move::Accept] {
            step(&team.db, &team.lena, CIRCLE, number, Step::new(one), at).await.unwrap();
        }
        number
    }

    async fn effect(&self, number: Number) -> Effect {
        find(&self.team.db, &self.team.lena, CIRCLE, number, later(99)).await.unwrap().action.effect.unwrap()
    }

    async fn to_judge(&self) -> Vec<Number> {
        let waiting = escalated(&self.team.db, &self.team.lena, CIRCLE, later(99)).await.unwrap();
        waiting.to_judge.iter().map(|action| action.number).collect()
    }
}

/// So many whole answers of so many people, of which so many are right.
fn side(n_answers: u32, n_people: u32, n_right: u64) -> Side {
    Side { n_answers, n_people, earned: n_right * 10_000 }
}

#[tokio::test]
async fn an_action_is_checked_against_the_answers_before_it_was_done_and_after() {
    let asked = Asked::at_work().await;
    let Team { db, lena, eve, bo, .. } = &asked.team;
    asked.round(0, &[(eve, &[]), (bo, &[THEN]), (lena, &[])]).await;
    let number = asked.done(&[WHAT, THEN], later(2)).await;
    assert_eq!(asked.effect(number).await, Effect { before: side(6, 3, 1), after: Side::default() });
    assert_eq!(asked.to_judge().await, []);

    asked.round(3, &[(eve, &[WHAT, THEN])]).await;
    let early = asked.effect(number).await;
    assert_eq!(early.proposal(), Proposal::NotEnough { n: 2 });
    asked.round(4, &[(bo, &[WHAT, THEN]), (lena, &[WHAT, THEN])]).await;

    let effect = asked.effect(number).await;
    assert_eq!(effect, Effect { before: side(6, 3, 1), after: side(6, 3, 6) });
    assert_eq!(effect.proposal(), Proposal::EffectSeen);
    assert_eq!(asked.to_judge().await, [number]);
    let seen = stand_up(db, lena, CIRCLE, later(5)).await.unwrap();
    assert_eq!(seen.to_judge.len(), 1);
    let detail = find(db, lena, CIRCLE, number, later(5)).await.unwrap();
    let by_question: Vec<_> = detail.by_question.iter().map(|(id, effect)| (id.as_str(), *effect)).collect();
    let [then, what] = [side(3, 3, 1), side(3, 3, 0)].map(|before| Effect { before, after: side(3, 3, 3) });
    assert_eq!(by_question, [(THEN, then), (WHAT, what)]);
}

#[tokio::test]
async fn each_person_counts_once_on_either_side_and_what_was_being_sat_counts_on_neither() {
    let asked = Asked::at_work().await;
    let Team { eve, bo, .. } = &asked.team;
    let round = asked.round(0, &[(eve, &[]), (bo, &[])]).await;
    // A retake the next hour shows what the first attempt taught.
    asked.sit(eve, &round, 2, &[WHAT], noon() + TimeDelta::hours(1)).await;
    let running = asked.start(bo, &round, 2, noon() + TimeDelta::minutes(118)).await;
    let number = asked.done(&[WHAT], noon() + TimeDelta::hours(2)).await;
    asked.hand_in(bo, &running, &[WHAT], noon() + TimeDelta::minutes(125)).await;
    assert_eq!(asked.effect(number).await, Effect { before: side(2, 2, 0), after: Side::default() });

    asked.sit(eve, &round, 3, &[], noon() + TimeDelta::hours(3)).await;
    asked.sit(eve, &round, 4, &[WHAT], noon() + TimeDelta::hours(4)).await;

    assert_eq!(asked.effect(number).await.after, side(1, 1, 0), "the first after it, whatever came later");
}

#[tokio::test]
async fn a_new_version_of_a_question_counts_with_the_old_one() {
    let asked = Asked::at_work().await;
    let Team { db, lena, eve, .. } = &asked.team;
    asked.round(0, &[(eve, &[])]).await;
    let number = asked.done(&[WHAT], later(2)).await;
    questions::take_bank(db, lena, CIRCLE, &bank("Whom do you call first, at night?"), later(2))
        .await
        .unwrap();

    asked.round(3, &[(eve, &[WHAT])]).await;

    assert_eq!(asked.effect(number).await, Effect { before: side(1, 1, 0), after: side(1, 1, 1) });
}

#[tokio::test]
async fn a_decision_keeps_the_figures_it_was_made_with_and_few_people_are_seen_by_leaders_only() {
    let asked = Asked::at_work().await;
    let Team { db, lena, eve, bo, rea } = &asked.team;
    let sits = |knows: &'static [&'static str]| [eve, bo, lena].map(|who| (who, knows));
    asked.round(0, &sits(&[])).await;
    let number = asked.done(&[WHAT, THEN], later(2)).await;
    asked.round(3, &sits(&[WHAT, THEN])).await;
    let seen = Step::because(Move::SeeEffect, "The re-test passed.");
    assert!(is_hidden(step(db, eve, CIRCLE, number, seen, later(4)).await));

    step(db, lena, CIRCLE, number, seen, later(4)).await.unwrap();

    let kept = Effect { before: side(6, 3, 0), after: side(6, 3, 6) };
    let figures = async |who: &Who| {
        let detail = find(db, who, CIRCLE, number, later(9)).await.unwrap();
        (detail.action.effect, detail.events.last().unwrap().effect, detail.by_question.len())
    };
    assert_eq!(figures(lena).await, (Some(kept), Some(kept), 2));
    for other in [eve, rea] {
        assert_eq!(figures(other).await, (None, None, 0));
    }
    assert_eq!(asked.to_judge().await, [], "it is decided");
    for (who, n) in [(eve, 0), (rea, 0)] {
        assert_eq!(stand_up(db, who, CIRCLE, later(9)).await.unwrap().to_judge.len(), n);
    }
    // With more people behind them everybody may read what was decided with.
    run_sql(
        db,
        "UPDATE action_effects SET people_before = 5, people_after = 5 WHERE turn > 0 AND $1 <> ''",
        "x",
    )
    .await;
    assert!(figures(rea).await.1.is_some());
}

#[tokio::test]
async fn what_came_from_no_question_or_is_not_done_has_no_figures() {
    let asked = Asked::at_work().await;
    let Team { db, lena, eve, .. } = &asked.team;
    let bare = asked.done(&[], later(1)).await;
    let open = Draft { questions: WHAT.to_owned(), ..draft("Open") };
    let open = asked.team.makes(lena, &open).await.unwrap();
    asked.round(3, &[(eve, &[])]).await;

    for number in [bare, open] {
        assert_eq!(find(db, lena, CIRCLE, number, later(5)).await.unwrap().action.effect, None);
    }
    step(db, lena, CIRCLE, bare, Step::because(Move::SeeEffect, "I see it."), later(5)).await.unwrap();
    let kept = find(db, lena, CIRCLE, bare, later(5)).await.unwrap().events.pop().unwrap().effect;
    assert_eq!(kept, None);
    // Questions can be named later, and the answers are there already.
    let draft = Draft { questions: WHAT.to_owned(), ..draft("Write it down") };
    edit(db, lena, CIRCLE, bare, 1, &draft, later(5)).await.unwrap();
    assert_eq!(asked.effect(bare).await, Effect { before: Side::default(), after: side(1, 1, 0) });
}
