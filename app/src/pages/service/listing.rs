//! The questions of a service as a leader looks through them.

use backend::questions::{self, Filter, Listed, PAGE};
use domain::coverage::{REVIEW_DAYS, Review};
use domain::question::{Level, State, Topic};
use leptos::prelude::*;

use super::super::sought::asked_words;
use super::{state_words, today};
use crate::components::{Empty, Pager, Time, TimeShape};
use crate::filtering::{self, option};
use crate::markdown;
use crate::server::query_value;
use crate::shell::InCircle;

/// One page of the questions of a service, as the filter asks for them.
pub struct Listing {
    base: String,
    filter: Filter,
    questions: Vec<Listed>,
    n_found: i64,
    n_all: u32,
    circle: String,
    zone: chrono_tz::Tz,
}

/// The address of the questions that a filter lets through, on their first page.
pub fn address(base: &str, filter: &Filter) -> String {
    let topic = filter.topic.map(|topic| topic.to_string()).unwrap_or_default();
    let level = filter.level.map(|level| level.get().to_string()).unwrap_or_default();
    let pairs = [
        ("view", "questions"),
        ("topic", &topic),
        ("level", &level),
        ("state", filter.state.map_or("", State::as_str)),
        ("reviewed", filter.review.map_or("", review_key)),
        ("critical", if filter.only_critical { "yes" } else { "" }),
        ("q", &filter.text),
    ];
    filtering::address(base, &pairs)
}

impl Listing {
    /// Whether the address names a filter.
    pub fn is_asked() -> bool {
        ["topic", "level", "state", "reviewed", "critical", "q", "page"]
            .iter()
            .any(|name| query_value(name).is_some())
    }

    pub async fn read(here: &InCircle, service: &str, n_all: u32) -> backend::Result<Listing> {
        let filter = asked_filter();
        let circle = here.member.circle.clone();
        let (questions, n_found) =
            questions::list(&here.site.db, &here.who, &circle, service, &filter, today(here)).await?;
        let base = format!("/circles/{circle}/services/{service}");
        Ok(Listing { base, filter, questions, n_found, n_all, circle, zone: here.member.zone })
    }

    pub fn view(self) -> AnyView {
        if self.n_all == 0 {
            let text = "Questions come from the bank of this service on the shelf.";
            return view! { <Empty title="No questions yet" text=text/> }.into_any();
        }
        let shown = u32::try_from(self.questions.len()).unwrap_or(PAGE);
        let pager = view! {
            <Pager page=self.filter.page + 1 per_page=PAGE shown=shown
                total=u64::try_from(self.n_found).ok() base=address(&self.base, &self.filter)/>
        };
        view! {
            <section class="stack">
                <h2 id="questions">"Questions"</h2>
                {self.filter_bar()}
                {self.active()}
                {self.found()}
                {pager}
            </section>
        }
        .into_any()
    }

    fn filter_bar(&self) -> impl IntoView + use<> {
        let filter = &self.filter;
        let topics =
            Topic::ALL.map(|topic| option(topic.as_str(), topic.title(), filter.topic == Some(topic)));
        let levels = Level::ALL.map(|level| {
            let n = level.get().to_string();
            option(&n, &n, filter.level == Some(level))
        });
        let states =
            State::ALL.map(|state| option(state.as_str(), state_words(state), filter.state == Some(state)));
        let reviews = REVIEWS.map(|review| {
            let words = match review {
                Review::Never => "Never",
                Review::LongAgo => "Long ago",
                Review::Lately => "Lately",
            };
            option(review_key(review), words, filter.review == Some(review))
        });
        view! {
            <form method="get" class="filter" role="search" aria-labelledby="questions">
                <input type="hidden" name="view" value="questions"/>
                <div class="field"><label for="topic">"Topic"</label>
                    <select id="topic" name="topic"><option value="">"All"</option>{topics.collect_view()}</select>
                </div>
                <div class="field"><label for="level">"Level"</label>
                    <select id="level" name="level"><option value="">"All"</option>{levels.collect_view()}</select>
                </div>
                <div class="field"><label for="state">"State"</label>
                    <select id="state" name="state"><option value="">"All"</option>{states.collect_view()}</select>
                </div>
                <div class="field"><label for="reviewed">"Reviewed"</label>
                    <select id="reviewed" name="reviewed"><option value="">"Whenever"</option>{reviews.collect_view()}</select>
                </div>
                <label class="option">
                    <input type="checkbox" name="critical" value="yes" checked=filter.only_critical/>
                    "Only critical"
                </label>
                <div class="field grow"><label for="q">"Words in it"</label>
                    <input type="search" id="q" name="q" value=filter.text.clone()/>
                </div>
                <button class="btn">"Show"</button>
            </form>
        }
    }

    /// What is asked for, each part with a link to the list without it.
    fn active(&self) -> Option<AnyView> {
        let parts = parts(&self.filter);
        if parts.is_empty() {
            return None;
        }
        let links = parts.into_iter().map(|(words, without)| {
            view! {
                <li><a class="btn small" href=address(&self.base, &without)>
                    <span class="vh">"Show also without: "</span>{words}<span aria-hidden="true">"×"</span>
                </a></li>
            }
        });
        let all = address(&self.base, &Filter::default());
        Some(
            view! {
                <div class="cluster">
                    <p class="meta">{self.n_words()}</p>
                    <ul class="cluster" data-tight="">{links.collect_view()}</ul>
                    <a href=all>"Clear the filter"</a>
                </div>
            }
            .into_any(),
        )
    }

    fn n_words(&self) -> String {
        match (self.questions.is_empty(), self.filter.page) {
            (true, 0) => format!("None of {}:", self.n_all),
            // Past the end nobody has counted.
            (true, _) => format!("Of {}:", self.n_all),
            (false, _) => format!("{} of {}:", self.n_found, self.n_all),
        }
    }

    fn found(&self) -> AnyView {
        if !self.questions.is_empty() {
            let rows = self.questions.iter().map(|question| self.row(question));
            return view! { <ul class="rows">{rows.collect_view()}</ul> }.into_any();
        }
        let first = address(&self.base, &self.filter);
        let all = address(&self.base, &Filter::default());
        if self.filter.page > 0 {
            view! {
                <Empty title="The list ends before this page" text="There are fewer questions than the address asks for.">
                    <a class="btn" href=first>"Go to the first page"</a>
                </Empty>
            }
            .into_any()
        } else {
            view! {
                <Empty title="No question matches" text="The service has questions, but none like this.">
                    <a class="btn" href=all>"Show all questions"</a>
                </Empty>
            }
            .into_any()
        }
    }

    fn row(&self, question: &Listed) -> impl IntoView + use<> {
        let critical = question.critical.then(|| view! { <span class="tag">"Critical"</span>" " });
        let reviewed = match question.reviewed {
            Some(day) => format!("reviewed {}", day.format("%-d %b %Y")),
            None => "never reviewed".to_owned(),
        };
        let facts = format!(
            "{} · level {} · {} · {} · {reviewed} · changed ",
            question.id.topic.title(),
            question.level,
            question.kind,
            state_words(question.state).to_lowercase(),
        );
        view! {
            <li>
                <div>
                    <a class="cover" href=format!("/circles/{}/questions/{}", self.circle, question.id)>
                        {markdown::plain(&question.title)}
                    </a>
                    <p class="meta">
                        {critical}{facts}<Time at=question.changed_at zone=self.zone shape=TimeShape::Day/>
                    </p>
                </div>
            </li>
        }
    }
}

/// What the address asks for; what does not read asks for nothing.
fn asked_filter() -> Filter {
    let page = query_value("page").and_then(|page| page.parse::<u32>().ok()).unwrap_or(1);
    let level = query_value("level").and_then(|level| level.parse::<u8>().ok());
    let review = query_value("reviewed").unwrap_or_default();
    Filter {
        topic: query_value("topic").and_then(|topic| topic.parse().ok()),
        level: level.and_then(|level| Level::try_from(level).ok()),
        state: query_value("state").and_then(|state| state.parse().ok()),
        only_critical: query_value("critical").as_deref() == Some("yes"),
        review: REVIEWS.into_iter().find(|known| review_key(*known) == review),
        text: asked_words(),
        page: page.saturating_sub(1),
    }
}

/// The parts of a filter in words, each with the filter that is left without it.
fn parts(filter: &Filter) -> Vec<(String, Filter)> {
    let own = Filter { page: 0, ..filter.clone() };
    let mut parts = Vec::new();
    if let Some(topic) = filter.topic {
        parts.push((topic.title().to_owned(), Filter { topic: None, ..own.clone() }));
    }
    if let Some(level) = filter.level {
        parts.push((format!("Level {}", level.get()), Filter { level: None, ..own.clone() }));
    }
    if let Some(state) = filter.state {
        parts.push((state_words(state).to_owned(), Filter { state: None, ..own.clone() }));
    }
    if let Some(review) = filter.review {
        parts.push((review_words(review), Filter { review: None, ..own.clone() }));
    }
    if filter.only_critical {
        parts.push(("Critical".to_owned(), Filter { only_critical: false, ..own.clone() }));
    }
    if !filter.text.is_empty() {
        parts.push((format!("“{}”", filter.text), Filter { text: String::new(), ..own }));
    }
    parts
}

const REVIEWS: [Review; 3] = [Review::Never, Review::LongAgo, Review::Lately];

/// As it stands in an address.
fn review_key(review: Review) -> &'static str {
    match review {
        Review::Never => "never",
        Review::LongAgo => "old",
        Review::Lately => "lately",
    }
}

fn review_words(review: Review) -> String {
    match review {
        Review::Never => "Never reviewed".to_owned(),
        Review::LongAgo => format!("Reviewed more than {REVIEW_DAYS} days ago"),
        Review::Lately => format!("Reviewed in the last {REVIEW_DAYS} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everything() -> Filter {
        Filter {
            topic: Some(Topic::Process),
            level: Level::ALL.get(1).copied(),
            state: Some(State::Ready),
            only_critical: true,
            review: Some(Review::LongAgo),
            text: "100 %".to_owned(),
            page: 3,
        }
    }

    #[test]
    fn a_filter_stands_in_the_address_with_all_its_parts_and_without_its_page() {
        assert_eq!(address("/s", &Filter::default()), "/s?view=questions");
        assert_eq!(
            address("/s", &everything()),
            "/s?view=questions&topic=process&level=2&state=ready&reviewed=old&critical=yes&q=100%20%25"
        );
    }

    #[test]
    fn each_part_of_a_filter_can_be_taken_away_alone() {
        let parts = parts(&everything());

        let words: Vec<&str> = parts.iter().map(|(words, _)| words.as_str()).collect();
        assert_eq!(
            words,
            ["Process", "Level 2", "Ready", "Reviewed more than 180 days ago", "Critical", "“100 %”"]
        );
        let (_, without_level) = &parts[1];
        assert_eq!(
            address("", without_level),
            "?view=questions&topic=process&state=ready&reviewed=old&critical=yes&q=100%20%25"
        );
        assert_eq!(super::parts(&Filter::default()).len(), 0);
    }
}
