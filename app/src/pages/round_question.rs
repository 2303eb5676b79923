//! One question of a round, for a leader: what was answered to each of its
//! versions, its figures, and how it did in earlier rounds.

use backend::results::Which;
use backend::results::one_question::{Earlier, OneQuestion, of_question};
use domain::item_analysis::words as known;
use domain::proportion::wilson;
use domain::question::{Key, Kind, Question, QuestionId};
use domain::results::{Answers, Common, QuestionFigures, answers};
use leptos::prelude::*;

use super::question::short;
use super::result::questions::title;
use super::round_results::asked::which;
use super::round_results::questions::{definitions, question_address, strip};
use super::round_results::words::{NONE, fraction, interval, of, percent, seconds, share, telling_apart};
use crate::components::{Bar, Breadcrumb, Fact, Facts, Icon, Scroll, Time, TimeShape, icon};
use crate::filtering::Query;
use crate::markdown::{Images, blocks, inline, plain};
use crate::reviewing::reviewed;
use crate::server::asked_uri;
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// What one question did in a round.
pub fn get() -> Loading {
    let round = path_param("round");
    let id = format!("{}/{}/{}", path_param("service"), path_param("topic"), path_param("slug"));
    circle_page(Section::Rounds, move |here| async move {
        let id: QuestionId = id.parse().map_err(|_| backend::Error::NotFound)?;
        let query = Query::of(asked_uri().query().unwrap_or_default());
        let which = which(&query, &mut Vec::new());
        let one = of_question(&here.site.db, &here.who, &here.member.circle, &round, &id, which).await?;
        Ok(Page::new(format!("{} – {}", id.slug, one.round.name), page(&here, &id, &one)))
    })
}

fn page(here: &InCircle, id: &QuestionId, one: &OneQuestion) -> impl IntoView + use<> {
    let circle = &here.member.circle;
    let rounds = format!("/circles/{circle}/rounds");
    let round = format!("{rounds}/{}", one.round.id);
    let results = match one.which {
        Which::First => format!("{round}/results"),
        Which::All => format!("{round}/results?attempts=all"),
    };
    let trail =
        vec![("Rounds".to_owned(), rounds), (one.round.name.clone(), round), ("Results".to_owned(), results)];
    let newest = one.versions.get(&one.pooled.newest);
    let heading = newest.map_or_else(|| id.slug.clone(), |question| title(&question.text));
    let counted = match one.which {
        Which::First => "Of each person the first attempt counts.",
        Which::All => "Every attempt counts, retakes too.",
    };
    let pooled = (one.apart.len() > 1).then(|| {
        view! {
            <section class="stack" data-tight="" aria-labelledby="pooled">
                <h2 id="pooled">{format!("All {} versions together", one.apart.len())}</h2>
                {figures(&one.pooled)}
            </section>
        }
    });
    let apart: Vec<_> = one.apart.iter().map(|it| version(circle, id, one, it)).collect();
    view! {
        <Breadcrumb trail=trail/>
        <h1>{heading}</h1>
        <p class="lead">{lead(&one.pooled)}</p>
        <p class="meta">
            {counted}" Answers stand without names. "
            <a href=format!("/circles/{circle}/questions/{id}")>"This question in the bank"</a>
        </p>
        {pooled}
        {apart}
        {definitions()}
        {history(here, id, one)}
    }
}

fn lead(it: &QuestionFigures) -> String {
    let missed = format!("{} missed it", of(it.n_missed, it.n));
    match it.n_certain_and_missed() {
        0 => format!("{missed}."),
        n => format!("{missed}, {n} of them certain of their answer."),
    }
}

fn figures(it: &QuestionFigures) -> impl IntoView + use<> {
    let facility = share(it.figures.facility);
    let lies = it.interval.map(interval).unwrap_or_default();
    let time = it.median_seconds.map_or_else(|| NONE.to_owned(), seconds);
    let (missed, certain, apart) =
        (of(it.n_missed, it.n), it.n_certain_and_missed(), telling_apart(&it.figures));
    let strip = it.figures.facility.zip(it.interval).map(|(facility, interval)| strip(facility, interval));
    view! {
        <div>{strip}</div>
        <Facts>
            <Fact name="Missed">{missed}</Fact>
            <Fact name="Certain and missed">{certain}</Fact>
            <Fact name=known::FACILITY.name>{facility}</Fact>
            <Fact name="Interval">{lies}</Fact>
            <Fact name="Time">{time}</Fact>
            <Fact name="Discrimination and efficiency">{apart}</Fact>
        </Facts>
    }
}

/// What one version asks, and what was answered to it.
fn version(circle: &str, id: &QuestionId, one: &OneQuestion, it: &QuestionFigures) -> AnyView {
    let hash = it.item.version.clone().unwrap_or_default();
    let Some(question) = one.versions.get(&hash) else { return ().into_any() };
    let name = id.to_string();
    let images = Images::Of { circle, question: &name, version: &hash };
    let met = one.met.iter().filter(|met| met.version == hash);
    let answers = answers(met, n_choices(&question.key));
    let as_written: Vec<u8> = (0..question.n_shuffled()).collect();
    let heading = format!("Version {}", short(&hash));
    view! {
        <section class="panel" aria-label=heading.clone()>
            <h2>{heading.clone()}</h2>
            <div class="prose" inner_html=blocks(&question.text, images)></div>
            <details>
                <summary>"The question with its key"</summary>
                {reviewed(question, &as_written, None, images)}
            </details>
            <h3>{format!("What {} answered", people(answers.n))}</h3>
            {answered(question, &answers, images)}
            <h3>"Figures"</h3>
            {figures(it)}
        </section>
    }
    .into_any()
}

fn people(n: u32) -> String {
    if n == 1 { "1 attempt".to_owned() } else { format!("{n} attempts") }
}

fn n_choices(key: &Key) -> usize {
    match key {
        Key::Single { choices } | Key::Multiple { choices } => choices.len(),
        _ => 0,
    }
}

/// A line for each choice or for each of the commonest answers, and what else
/// there was.
fn answered(question: &Question, answers: &Answers, images: Images<'_>) -> impl IntoView + use<> {
    let mut rows: Vec<AnyView> = match &question.key {
        Key::Single { choices } | Key::Multiple { choices } => choices
            .iter()
            .zip(&answers.taken)
            .map(|(choice, n)| line(inline(&choice.text, images), *n, answers.n, choice.is_right))
            .collect(),
        _ if question.kind() == Kind::Open => Vec::new(),
        _ => answers.commonest.iter().map(|common| common_line(question, common, answers.n)).collect(),
    };
    let rest = [
        (if question.kind() == Kind::Open { "" } else { "Other answers" }, answers.n_others),
        ("I do not know", answers.n_do_not_know),
        ("No answer", answers.n_not_answered),
    ];
    for (words, n) in rest.into_iter().filter(|(words, n)| *n > 0 && !words.is_empty()) {
        rows.push(line(escaped(words), n, answers.n, false));
    }
    let note = match question.kind() {
        Kind::Multiple => Some("With several right choices the counts can add up to more than the attempts."),
        Kind::Open => Some("Open answers differ from one to the next; they are read where they are marked."),
        Kind::Single => None,
        _ => {
            Some("The commonest answers. Those that differ in letter case or white space alone count as one.")
        }
    };
    view! {
        <table class="bars">
                <caption class="vh">"How often each answer was given"</caption>
                <thead class="vh"><tr>
                    <th scope="col">"Answer"</th><th scope="col">"Length"</th><th scope="col">"How often"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        {note.map(|note| view! { <p class="meta">{note}</p> })}
    }
}

fn line(html: String, n: u32, all: u32, is_right: bool) -> AnyView {
    let right = is_right.then(|| {
        view! { <span class="mark" data-mark="right">{icon(Icon::Check)}<span>"Right"</span></span> }
    });
    let length = f64::from(n) / f64::from(all.max(1));
    view! {
        <tr data-key=is_right.then_some("")>
            <th scope="row"><span class="prose" inner_html=html></span>" "{right}</th>
            <td class="plot"><Bar share=length is_key=is_right/></td>
            <td class="num">{of(n, all)}</td>
        </tr>
    }
    .into_any()
}

fn common_line(question: &Question, common: &Common, all: u32) -> AnyView {
    line(escaped(&answer_words(question, &common.answer)), common.n, all, common.is_full)
}

/// An answer that is no choice, in words.
fn answer_words(question: &Question, answer: &domain::answer::Answer) -> String {
    use domain::answer::Answer;
    let at = |texts: &[String], place: u8| texts.get(usize::from(place)).cloned().unwrap_or_default();
    match (answer, &question.key) {
        (Answer::Order(places), Key::Ordering { steps }) => {
            let steps: Vec<String> = steps.iter().map(|step| plain(step)).collect();
            places.iter().map(|place| at(&steps, *place)).collect::<Vec<_>>().join(" → ")
        }
        (Answer::Pairs(places), Key::Matching { pairs, .. }) => {
            let right: Vec<String> = pairs.iter().map(|pair| plain(&pair.right)).collect();
            let told = pairs.iter().zip(places).map(|(pair, place)| {
                let chosen = place.map_or_else(|| "nothing".to_owned(), |place| at(&right, place));
                format!("{} = {chosen}", plain(&pair.left))
            });
            told.collect::<Vec<_>>().join("; ")
        }
        (Answer::Typed(text), _) => {
            let shown: String = text.chars().take(200).collect();
            if shown.len() < text.len() { format!("{shown} …") } else { shown }
        }
        _ => String::new(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// How it did before.
fn history(here: &InCircle, id: &QuestionId, one: &OneQuestion) -> AnyView {
    if one.earlier.is_empty() {
        return view! { <p class="meta">"No earlier round of this circle asked it."</p> }.into_any();
    }
    let rows: Vec<_> = one.earlier.iter().map(|it| history_row(here, id, one.which, it)).collect();
    view! {
        <section class="stack" data-tight="" aria-labelledby="history">
            <h2 id="history">"In earlier rounds"</h2>
            <Scroll name="Earlier rounds">
                <table class="fold">
                    <caption class="vh">"The question in earlier rounds, the newest first"</caption>
                    <thead><tr>
                        <th scope="col">"Round"</th>
                        <th scope="col">"Closed"</th>
                        <th scope="col">"Version"</th>
                        <th scope="col" class="num">"Missed"</th>
                        <th scope="col" class="num">"Facility"</th>
                        <th scope="col" class="num">"Interval"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </Scroll>
        </section>
    }
    .into_any()
}

fn history_row(here: &InCircle, id: &QuestionId, which: Which, it: &Earlier) -> impl IntoView + use<> {
    let base = format!("/circles/{}/rounds/{}/results", here.member.circle, it.round);
    let href = question_address(&base, &id.to_string(), which);
    let facility = fraction(it.score);
    view! {
        <tr>
            <th scope="row"><a href=href>{it.round_name.clone()}</a></th>
            <td data-label="Closed"><Time at=it.closes_at zone=here.member.zone shape=TimeShape::Day/></td>
            <td data-label="Version"><code>{short(&it.version)}</code></td>
            <td data-label="Missed" class="num">{of(it.n_missed, it.n)}</td>
            <td data-label="Facility" class="num">{percent(facility)}</td>
            <td data-label="Interval" class="num">{wilson(facility, it.n).map(interval)}</td>
        </tr>
    }
}
