//! Which disputes somebody asked to see, as it stands in the address.

use backend::disputes::Disputed;
use domain::question::Topic;
use leptos::prelude::*;

use crate::filtering::{self, Query, option, unknown_words};
use crate::pages::members::listing::holds;

/// The longest text that is searched for, in characters.
const LONGEST: usize = 100;

/// Whether a question waits for a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Open,
    Decided,
}

impl State {
    const ALL: [State; 2] = [State::Open, State::Decided];

    pub fn of(one: &Disputed) -> State {
        if one.n_open > 0 { State::Open } else { State::Decided }
    }

    fn as_str(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Decided => "decided",
        }
    }

    fn title(self) -> &'static str {
        match self {
            State::Open => "Open",
            State::Decided => "Decided",
        }
    }
}

/// Which disputes to show. What the address says and is no filter is left out,
/// and told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub state: Option<State>,
    /// Empty is every service.
    pub service: String,
    pub topic: Option<Topic>,
    /// A part of the question or of its id.
    pub text: String,
    pub unknown: Vec<String>,
}

impl Filter {
    /// The filter that a query says, for the disputes that there are.
    pub fn read(query: &str, all: &[Disputed]) -> Filter {
        let query = Query::of(query);
        let mut filter = Filter::default();
        if let Some(state) = query.value("state") {
            filter.state = State::ALL.into_iter().find(|known| known.as_str() == state);
            filter.note(filter.state.is_none(), "state", state);
        }
        if let Some(service) = query.value("service") {
            let is_known = services(all).contains(&service);
            if is_known {
                service.clone_into(&mut filter.service);
            }
            filter.note(!is_known, "service", service);
        }
        if let Some(topic) = query.value("topic") {
            filter.topic = topic.parse().ok();
            filter.note(filter.topic.is_none(), "topic", topic);
        }
        filter.text = query.value("q").unwrap_or_default().chars().take(LONGEST).collect();
        filter
    }

    fn note(&mut self, is_unknown: bool, what: &str, value: &str) {
        if is_unknown {
            self.unknown.push(unknown_words(what, value));
        }
    }

    /// The address of these disputes.
    pub fn address(&self, path: &str) -> String {
        let pairs = [
            ("state", self.state.map_or("", State::as_str)),
            ("service", self.service.as_str()),
            ("topic", self.topic.map_or("", Topic::as_str)),
            ("q", self.text.as_str()),
        ];
        filtering::address(path, &pairs)
    }

    /// Every filter that is set, in words, and what is left without it.
    pub fn set(&self) -> Vec<(String, Filter)> {
        let without = |change: fn(&mut Filter)| {
            let mut filter = self.clone();
            change(&mut filter);
            filter
        };
        let mut set = Vec::new();
        if let Some(state) = self.state {
            set.push((state.title().to_owned(), without(|filter| filter.state = None)));
        }
        if !self.service.is_empty() {
            set.push((format!("Service {}", self.service), without(|filter| filter.service.clear())));
        }
        if let Some(topic) = self.topic {
            set.push((topic.title().to_owned(), without(|filter| filter.topic = None)));
        }
        if !self.text.is_empty() {
            set.push((format!("Has “{}”", self.text), without(|filter| filter.text.clear())));
        }
        set
    }

    /// The disputes that it shows, in their order.
    pub fn of<'a>(&self, all: &'a [Disputed]) -> Vec<&'a Disputed> {
        let is_shown = |one: &&Disputed| {
            self.state.is_none_or(|state| State::of(one) == state)
                && (self.service.is_empty() || one.question.service == self.service)
                && self.topic.is_none_or(|topic| one.question.topic == topic)
                && (self.text.is_empty()
                    || holds(&one.title, &self.text)
                    || holds(&one.question.to_string(), &self.text))
        };
        all.iter().filter(is_shown).collect()
    }
}

/// The filter as a form.
pub fn bar(path: &str, all: &[Disputed], filter: &Filter) -> impl IntoView + use<> {
    let states = State::ALL
        .map(|state| option(state.as_str(), state.title(), filter.state == Some(state)))
        .collect_view();
    let services: Vec<_> = services(all)
        .into_iter()
        .map(|service| option(service, service, filter.service == service))
        .collect();
    let topics = Topic::ALL
        .iter()
        .map(|&topic| option(topic.as_str(), topic.title(), filter.topic == Some(topic)))
        .collect_view();
    view! {
        <form class="filter many" method="get" action=path.to_owned() role="search" aria-label="Filter the disputes">
            <label>"State"<select name="state"><option value="">"All states"</option>{states}</select></label>
            <label>"Service"<select name="service"><option value="">"All services"</option>{services}</select></label>
            <label>"Topic"<select name="topic"><option value="">"All topics"</option>{topics}</select></label>
            <label>
                "Words of the question"
                <input type="search" name="q" value=filter.text.clone() autocomplete="off" maxlength="100"/>
            </label>
            <button class="btn">"Show"</button>
        </form>
    }
}

/// Each service that has a dispute, once, in alphabetical order.
fn services(all: &[Disputed]) -> Vec<&str> {
    let mut services: Vec<&str> = all.iter().map(|one| one.question.service.as_str()).collect();
    services.sort_unstable();
    services.dedup();
    services
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disputed(question: &str, title: &str, n_open: i64) -> Disputed {
        Disputed {
            question: question.parse().unwrap(),
            version: "v".to_owned(),
            title: title.to_owned(),
            n_reports: 2,
            n_open,
            newest: Default::default(),
            ruling: None,
        }
    }

    fn all() -> Vec<Disputed> {
        vec![
            disputed("orders-db/process/whom", "Whom do you call?", 1),
            disputed("orders-db/monitoring/lag", "What lags?", 0),
            disputed("edge/monitoring/rate", "Which rate?", 2),
        ]
    }

    fn found(query: &str) -> Vec<String> {
        let all = all();
        Filter::read(query, &all).of(&all).iter().map(|one| one.question.slug.clone()).collect()
    }

    #[test]
    fn disputes_are_found_by_state_service_topic_and_words() {
        assert_eq!(found(""), ["whom", "lag", "rate"]);
        assert_eq!(found("state=open"), ["whom", "rate"]);
        assert_eq!(found("state=decided&q=LAGS"), ["lag"]);
        assert_eq!(found("service=edge"), ["rate"]);
        assert_eq!(found("topic=monitoring&state=open"), ["rate"]);
        assert_eq!(found("q=orders-db%2Fprocess"), ["whom"]);
    }

    #[test]
    fn what_is_no_filter_is_told_and_left_out() {
        let filter = Filter::read("state=lost&service=x&topic=y", &all());

        assert_eq!(filter.unknown, ["state “lost”", "service “x”", "topic “y”"]);
        assert_eq!(filter.address("/d"), "/d");
    }

    #[test]
    fn each_filter_that_is_set_can_be_taken_off() {
        let filter = Filter::read("state=open&service=edge&topic=monitoring&q=rate", &all());

        let set = filter.set();

        assert_eq!(
            set.iter().map(|(words, _)| words.as_str()).collect::<Vec<_>>(),
            ["Open", "Service edge", "Monitoring", "Has “rate”"]
        );
        assert_eq!(set[0].1.address("/d"), "/d?service=edge&topic=monitoring&q=rate");
        assert_eq!(Filter::read("state=open", &all()).address("/d"), "/d?state=open");
    }
}
