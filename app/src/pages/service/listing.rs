//! The questions of a service as a leader looks through them.

use backend::questions::{self, Filter, Listed, PAGE};
use domain::question::{State, Topic};
use leptos::prelude::*;

use super::state_words;
use crate::components::{Empty, Pager, Time, TimeShape};
use crate::markdown;
use crate::server::query_value;
use crate::shell::{InCircle, encode};

/// One page of the questions of a service, as the filter asks for them.
pub struct Listing {
    base: String,
    filter: Filter,
    questions: Vec<Listed>,
    n_found: i64,
    n_all: i64,
    circle: String,
    zone: chrono_tz::Tz,
}

impl Listing {
    pub async fn read(here: &InCircle, service: &str, n_all: i64) -> backend::Result<Listing> {
        let page = query_value("page").and_then(|page| page.parse::<u32>().ok()).unwrap_or(1);
        let filter = Filter {
            topic: query_value("topic").and_then(|topic| topic.parse().ok()),
            state: query_value("state").and_then(|state| state.parse().ok()),
            text: query_value("q").unwrap_or_default().trim().to_owned(),
            page: page.saturating_sub(1),
        };
        let circle = here.member.circle.clone();
        let (questions, n_found) =
            questions::list(&here.site.db, &here.who, &circle, service, &filter).await?;
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
                total=u64::try_from(self.n_found).ok() base=self.address()/>
        };
        view! {
            <section class="stack">
                <h2 id="questions">"Questions"</h2>
                {self.filter_bar()}
                {self.found()}
                {pager}
            </section>
        }
        .into_any()
    }

    /// The address of the first page with this filter.
    fn address(&self) -> String {
        let topic = self.filter.topic.map_or("", Topic::as_str);
        let state = self.filter.state.map_or("", State::as_str);
        format!("{}?q={}&topic={topic}&state={state}", self.base, encode(&self.filter.text))
    }

    fn filter_bar(&self) -> impl IntoView + use<> {
        let option = |value: &'static str, words: &'static str, is_chosen: bool| {
            view! { <option value=value selected=is_chosen>{words}</option> }
        };
        let topics =
            Topic::ALL.map(|topic| option(topic.as_str(), topic.title(), self.filter.topic == Some(topic)));
        let states = State::ALL
            .map(|state| option(state.as_str(), state_words(state), self.filter.state == Some(state)));
        view! {
            <form method="get" class="filter" role="search" aria-labelledby="questions">
                <div class="field"><label for="topic">"Topic"</label>
                    <select id="topic" name="topic"><option value="">"All"</option>{topics.collect_view()}</select>
                </div>
                <div class="field"><label for="state">"State"</label>
                    <select id="state" name="state"><option value="">"All"</option>{states.collect_view()}</select>
                </div>
                <div class="field grow"><label for="q">"Words in it"</label>
                    <input type="search" id="q" name="q" value=self.filter.text.clone()/>
                </div>
                <button class="btn">"Show"</button>
            </form>
        }
    }

    fn found(&self) -> AnyView {
        if self.questions.is_empty() {
            let all = self.base.clone();
            return view! {
                <Empty title="No question matches" text="The service has questions, but none like this.">
                    <a class="btn" href=all>"Clear the filter"</a>
                </Empty>
            }
            .into_any();
        }
        let rows = self.questions.iter().map(|question| self.row(question));
        view! { <ul class="rows">{rows.collect_view()}</ul> }.into_any()
    }

    fn row(&self, question: &Listed) -> impl IntoView + use<> {
        let critical = question.critical.then(|| view! { <span class="tag">"Critical"</span>" " });
        let facts = format!(
            "{} · level {} · {} · {} · changed ",
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
