//! A test as an engineer would get it, for a leader; nothing of it is kept.

use backend::Error;
use backend::tests::{self, Found, PreviewSlot, preview_marks};
use domain::answer::Answer;
use domain::marking::Score;
use domain::verdict::{Clause, Verdict};
use leptos::prelude::*;

use super::services::counted;
use crate::answering::{instruction, question_inputs, read_answer};
use crate::components::{Breadcrumb, Empty, Notice, NoticeKind, Status, StatusKind};
use crate::entry::move_step;
use crate::form::{Again, Form, Posted, again};
use crate::markdown::{Images, blocks};
use crate::reviewing::{points, reviewed};
use crate::server::query_value;
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// Questions drawn with a seed, to answer and to see what the answers would earn.
pub fn get() -> Loading {
    let id = path_param("test");
    circle_page(Section::Tests, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let found = tests::find(db, who, circle, &id).await?;
        let again = again();
        let seed = seed(&here, &again);
        let content = match tests::preview(db, who, circle, &id, seed).await {
            Ok(slots) => Preview { circle: circle.clone(), found, seed, slots }.view(&again),
            Err(Error::Refused(lacking)) => cannot_fill(lacking.into_iter().map(|problem| problem.what)),
            Err(why) => return Err(why),
        };
        let base = format!("/circles/{circle}/tests");
        let name = tests::find(db, who, circle, &id).await?.name;
        let trail = vec![("Tests".to_owned(), base.clone()), (name.clone(), format!("{base}/{id}"))];
        let title = format!("Preview of {name}");
        Ok(Page::new(title.clone(), view! { <Breadcrumb trail=trail/><h1>{title}</h1>{content} }))
    })
}

/// Shows the page again with what the answers would earn; there is nothing to keep.
pub async fn post(form: Form) -> Posted {
    form.who()?;
    Err(Error::Refused(Vec::new()))
}

/// The seed of the form, or else of the address, or else one that nobody has seen yet.
fn seed(here: &InCircle, again: &Again) -> u64 {
    let given = again.get("seed").map(str::to_owned).or_else(|| query_value("seed"));
    given.and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fresh(here.asked.received_at))
}

fn fresh(at: chrono::DateTime<chrono::Utc>) -> u64 {
    at.timestamp_millis().unsigned_abs()
}

fn cannot_fill(lacking: impl Iterator<Item = String>) -> AnyView {
    let lines = lacking.map(|line| view! { <li>{line}</li> }).collect_view();
    view! {
        <Empty title="The bank cannot fill this test yet" text="Nothing can be drawn until it has more ready questions:">
            <ul>{lines}</ul>
        </Empty>
    }
    .into_any()
}

/// One draw of a test.
struct Preview {
    circle: String,
    found: Found,
    seed: u64,
    slots: Vec<PreviewSlot>,
}

impl Preview {
    fn view(self, again: &Again) -> AnyView {
        // The bank may have changed since the form was made: then these are other questions.
        let is_same = again.get("drawn") == Some(self.drawn().as_str());
        let answers = if is_same { self.answers(again) } else { vec![None; self.slots.len()] };
        let changed = (again.is_again() && !is_same).then(|| {
            view! {
                <Notice kind=NoticeKind::Problem title="The bank has changed since these questions were drawn">
                    <p>"Here is a new draw. Your answers belonged to the old one and are gone."</p>
                </Notice>
            }
        });
        let content = match is_same && again.get("move").is_none() {
            true => self.marked(&answers),
            false => self.open(&answers),
        };
        let next = self.seed.wrapping_add(1);
        view! {
            <Notice kind=NoticeKind::Info title="Nothing here is kept">
                <p>"These questions are drawn as an engineer would get them. Your answers leave no trace."</p>
            </Notice>
            {changed}
            <p><a class="btn" href=format!("?seed={next}")>"Draw again"</a></p>
            {content}
        }
        .into_any()
    }

    /// What was entered so far, with the step that the form asks for moved.
    fn answers(&self, again: &Again) -> Vec<Option<Answer>> {
        let moved = again.get("move").and_then(|how| how.split_once(':'));
        self.numbered()
            .map(|(n, slot)| {
                let answer = read_answer(n, &slot.prompt.ask, &again.fields);
                match (moved, answer) {
                    (Some((of, how)), answer) if of == n.to_string() => {
                        let order = match answer {
                            Some(Answer::Order(order)) => order,
                            _ => (0..slot.question.n_shuffled()).collect(),
                        };
                        Some(Answer::Order(move_step(&order, how)))
                    }
                    (_, answer) => answer,
                }
            })
            .collect()
    }

    fn numbered(&self) -> impl Iterator<Item = (u16, &PreviewSlot)> {
        (1u16..).zip(&self.slots)
    }

    /// Names the versions that were drawn, in their order.
    fn drawn(&self) -> String {
        self.slots
            .iter()
            .map(|slot| slot.version.chars().take(8).collect())
            .collect::<Vec<String>>()
            .join(".")
    }

    fn open(&self, answers: &[Option<Answer>]) -> AnyView {
        let questions =
            self.numbered().zip(answers).map(|((n, slot), answer)| self.one_open(n, slot, answer.as_ref()));
        view! {
            <form method="post" class="stack" data-loose="" novalidate>
                // Enter in a field marks: the first button of a form is the one it presses.
                <button class="vh" name="do" value="mark" tabindex="-1" aria-hidden="true">"Show"</button>
                <input type="hidden" name="seed" value=self.seed.to_string()/>
                <input type="hidden" name="drawn" value=self.drawn()/>
                {questions.collect_view()}
                <div class="cluster">
                    <button class="btn primary" name="do" value="mark">"Show what this would earn"</button>
                </div>
            </form>
        }
        .into_any()
    }

    fn one_open(&self, n: u16, slot: &PreviewSlot, answer: Option<&Answer>) -> impl IntoView + use<> {
        let id = slot.question.id.to_string();
        let images = Images::Of { circle: &self.circle, question: &id, version: &slot.version };
        view! {
            <section class="panel" aria-labelledby=format!("q{n}")>
                {self.heading(n, slot)}
                <div class="prose" inner_html=blocks(&slot.prompt.text, images)></div>
                <fieldset class="choices">
                    <legend>{instruction(&slot.prompt.ask)}</legend>
                    {question_inputs(n, &slot.prompt, answer, images)}
                </fieldset>
            </section>
        }
    }

    fn heading(&self, n: u16, slot: &PreviewSlot) -> impl IntoView + use<> {
        let id = &slot.question.id;
        let critical = slot.question.critical.then(|| view! { <span class="tag">"Critical"</span> });
        view! {
            <h2 id=format!("q{n}")>{format!("Question {n} of {}", self.slots.len())}</h2>
            <p class="meta">
                <a href=format!("/circles/{}/questions/{id}", self.circle)>{id.to_string()}</a>
                {format!(" · level {} ", slot.question.level.get())}
                {critical}
            </p>
        }
    }

    fn marked(&self, answers: &[Option<Answer>]) -> AnyView {
        let (scores, verdict) = preview_marks(&self.found.test, &self.slots, answers);
        let questions = self.numbered().zip(answers).zip(&scores);
        let questions =
            questions.map(|(((n, slot), answer), score)| self.one_marked(n, slot, answer.as_ref(), *score));
        view! {
            {verdict.as_ref().map(verdict_section)}
            {verdict.is_none().then(no_verdict)}
            {questions.collect_view()}
            <p><a class="btn" href=format!("?seed={}", self.seed)>"Answer these questions again"</a></p>
        }
        .into_any()
    }

    fn one_marked(
        &self,
        n: u16,
        slot: &PreviewSlot,
        answer: Option<&Answer>,
        score: Option<Score>,
    ) -> impl IntoView + use<> {
        let id = slot.question.id.to_string();
        let images = Images::Of { circle: &self.circle, question: &id, version: &slot.version };
        view! {
            <section class="panel" aria-labelledby=format!("q{n}")>
                {self.heading(n, slot)}
                <p><strong>{score.map_or_else(|| WAITS.to_owned(), |score| format!("Earns {}", points(score)))}</strong></p>
                {reviewed(&slot.question, &slot.order, Some(answer), images)}
            </section>
        }
    }
}

/// What an answer that no rule can mark would come to.
const WAITS: &str = "A leader would mark this against the rubric";

fn no_verdict() -> impl IntoView {
    view! {
        <section class="panel" id="verdict">
            <h2>"No verdict before it is marked"</h2>
            <p>"An open question was answered. In a round a leader marks it, and the verdict follows."</p>
        </section>
    }
}

fn verdict_section(verdict: &Verdict) -> impl IntoView + use<> {
    let title =
        if verdict.passed() { "These answers would pass" } else { "These answers would not pass yet" };
    let clauses = verdict.clauses.iter().map(|clause| {
        let (kind, words) =
            if clause.holds() { (StatusKind::Ready, "Holds") } else { (StatusKind::Gap, "Short") };
        view! { <li><Status kind=kind words=words/><span>{clause_words(clause)}</span></li> }
    });
    view! {
        <section class="panel" id="verdict">
            <h2>{title}</h2>
            <ul class="checklist">{clauses.collect_view()}</ul>
        </section>
    }
}

/// One condition of a pass with what it needs and what was reached.
fn clause_words(clause: &Clause) -> String {
    let reached = |score: &Score, needed: u8| match score.percent() {
        Some(percent) => format!("{} ({percent} %), needs {needed} %", points(*score)),
        None => format!("{}, needs {needed} %", points(*score)),
    };
    match clause {
        Clause::Whole { needed, reached: score } => {
            format!("The whole test: {}", reached(score, needed.get()))
        }
        Clause::Topic { service, topic, needed, reached: score } => {
            format!("{service}, {}: {}", topic.title(), reached(score, needed.get()))
        }
        Clause::Critical { n_drawn, n_full } => {
            format!("Critical: {n_full} of {} right, needs all", counted(*n_drawn, "question"))
        }
    }
}
