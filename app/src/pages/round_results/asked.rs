//! What a leader asked to see of the results, as it stands in the address.

use backend::results::{Results, Which};
use domain::question::Topic;
use domain::results::{QuestionFigures, TopicFigures, Versions, place_in};
use leptos::prelude::*;

use crate::filtering::{self, Query, option, unknown_words};
use crate::pages::result::words::Names;

/// What a leader asked to see. What the address says and is no filter is left
/// out, and told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    pub which: Which,
    pub topic: Option<(String, Topic)>,
    pub versions: Versions,
    pub order: Order,
    pub unknown: Vec<String>,
}

/// How the questions are ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    Missed,
    Certain,
    Test,
}

impl Order {
    const ALL: [Order; 3] = [Order::Missed, Order::Certain, Order::Test];

    fn as_str(self) -> &'static str {
        match self {
            Order::Missed => "missed",
            Order::Certain => "certain",
            Order::Test => "test",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Order::Missed => "Most missed",
            Order::Certain => "Certain, missed",
            Order::Test => "As in the test",
        }
    }
}

/// Whether versions are apart, as it stands in the address.
fn versions_str(versions: Versions) -> &'static str {
    match versions {
        Versions::Pooled => "pooled",
        Versions::Apart => "apart",
    }
}

/// Which attempts are counted, as the address says; what it says otherwise is
/// told.
pub fn which(query: &Query, unknown: &mut Vec<String>) -> Which {
    let Some(asked) = query.value("attempts") else { return Which::default() };
    Which::parse(asked).unwrap_or_else(|| {
        unknown.push(unknown_words("attempts", asked));
        Which::default()
    })
}

impl Asked {
    /// The topics are those of the round.
    pub fn read(query: &Query, topics: &[TopicFigures]) -> Asked {
        let mut unknown = Vec::new();
        let which = which(query, &mut unknown);
        let mut topic = None;
        if let Some(asked) = query.value("topic") {
            let found = topics.iter().find(|it| topic_value(&it.service, it.topic) == asked);
            topic = found.map(|it| (it.service.clone(), it.topic));
            if topic.is_none() {
                unknown.push(unknown_words("topic", asked));
            }
        }
        let versions = match query.value("versions") {
            None | Some("pooled") => Versions::Pooled,
            Some("apart") => Versions::Apart,
            Some(asked) => {
                unknown.push(unknown_words("versions", asked));
                Versions::Pooled
            }
        };
        let order = query.value("order").map_or(Order::default(), |asked| {
            Order::ALL.into_iter().find(|order| order.as_str() == asked).unwrap_or_else(|| {
                unknown.push(unknown_words("order", asked));
                Order::default()
            })
        });
        Asked { which, topic, versions, order, unknown }
    }

    /// The address that asks for the same.
    pub fn address(&self, path: &str) -> String {
        self.address_with(path, "")
    }

    /// The same with a part of a name that people are searched by.
    pub fn address_with(&self, path: &str, name: &str) -> String {
        let mut set = self.set();
        set.push(("q", name.to_owned()));
        let set: Vec<(&str, &str)> = set.iter().map(|(name, value)| (*name, value.as_str())).collect();
        filtering::address(path, &set)
    }

    /// What is not as it usually is, as it stands in the address.
    pub fn set(&self) -> Vec<(&'static str, String)> {
        let topic = self.topic.as_ref().map(|(service, topic)| topic_value(service, *topic));
        let unless = |usual: bool, value: &'static str| if usual { String::new() } else { value.to_owned() };
        let mut set = vec![
            ("attempts", unless(self.which == Which::First, self.which.as_str())),
            ("topic", topic.unwrap_or_default()),
            ("versions", unless(self.versions == Versions::Pooled, versions_str(self.versions))),
            ("order", unless(self.order == Order::Missed, self.order.as_str())),
        ];
        set.retain(|(_, value)| !value.is_empty());
        set
    }

    /// The questions that are asked for, in the order that is.
    pub fn of(&self, mut questions: Vec<QuestionFigures>, results: &Results) -> Vec<QuestionFigures> {
        let blueprint = &results.round.test.blueprint;
        if let Some((service, topic)) = &self.topic {
            questions.retain(|it| it.item.question.service == *service && it.item.question.topic == *topic);
        }
        let place =
            |it: &QuestionFigures| place_in(blueprint, &it.item.question.service, it.item.question.topic);
        // What is equal stays as in the test.
        questions.sort_by_key(place);
        match self.order {
            Order::Test => {}
            Order::Missed => questions.sort_by(|a, b| b.miss_rate().total_cmp(&a.miss_rate())),
            Order::Certain => questions.sort_by(|a, b| {
                let certain = |it: &QuestionFigures| it.n_certain_and_missed();
                certain(b).cmp(&certain(a)).then(b.miss_rate().total_cmp(&a.miss_rate()))
            }),
        }
        questions
    }
}

fn topic_value(service: &str, topic: Topic) -> String {
    format!("{service}/{topic}")
}

/// "Process of Orders DB".
pub fn topic_words(names: &Names, service: &str, topic: Topic) -> String {
    format!("{} of {}", topic.title(), names.of(service))
}

/// The filter as a form, kept in the address.
pub fn bar(path: &str, asked: &Asked, topics: &[TopicFigures], names: &Names) -> impl IntoView + use<> {
    let of_topics = topics
        .iter()
        .map(|it| {
            let is_chosen = asked.topic == Some((it.service.clone(), it.topic));
            option(&topic_value(&it.service, it.topic), &topic_words(names, &it.service, it.topic), is_chosen)
        })
        .collect_view();
    let orders =
        Order::ALL.map(|order| option(order.as_str(), order.title(), asked.order == order)).collect_view();
    let apart = asked.versions == Versions::Apart;
    view! {
        <form class="filter many" method="get" action=path.to_owned() role="search" aria-label="Filter the results">
            <label>
                "Attempts"
                <select name="attempts">
                    {option(Which::First.as_str(), "First attempts", asked.which == Which::First)}
                    {option(Which::All.as_str(), "All attempts", asked.which == Which::All)}
                </select>
            </label>
            <label>"Topic"<select name="topic"><option value="">"All topics"</option>{of_topics}</select></label>
            <label>
                "Versions"
                <select name="versions">
                    {option("pooled", "Together", !apart)}
                    {option("apart", "Each by itself", apart)}
                </select>
            </label>
            <label>"First in the list"<select name="order">{orders}</select></label>
            <button class="btn">"Show"</button>
        </form>
    }
}

/// What is set, each with a link that takes it off.
pub fn set(path: &str, asked: &Asked, names: &Names) -> impl IntoView + use<> {
    let mut set = Vec::new();
    if asked.which == Which::All {
        set.push(("All attempts".to_owned(), Asked { which: Which::First, ..asked.clone() }.address(path)));
    }
    if let Some((service, topic)) = &asked.topic {
        let words = topic_words(names, service, *topic);
        set.push((words, Asked { topic: None, ..asked.clone() }.address(path)));
    }
    if asked.versions == Versions::Apart {
        let without = Asked { versions: Versions::Pooled, ..asked.clone() };
        set.push(("Each version by itself".to_owned(), without.address(path)));
    }
    filtering::set_filters(set, path.to_owned(), &asked.unknown)
}

#[cfg(test)]
mod tests {
    use domain::marking::Score;
    use domain::test::Percent;

    use super::*;

    fn topics() -> [TopicFigures; 1] {
        [TopicFigures {
            service: "orders-db".into(),
            topic: Topic::Process,
            needed: Percent::try_from(60).unwrap(),
            n: 1,
            n_reached: 1,
            score: Score::default(),
        }]
    }

    #[test]
    fn what_was_asked_for_stands_in_the_address() {
        for query in ["", "attempts=all", "attempts=all&topic=orders-db/process&versions=apart&order=certain"]
        {
            let asked = Asked::read(&Query::of(query), &topics());

            assert!(asked.unknown.is_empty(), "{:?}", asked.unknown);
            let expected = if query.is_empty() { "/r".to_owned() } else { format!("/r?{query}") };
            assert_eq!(asked.address("/r"), expected);
        }
    }

    #[test]
    fn what_is_no_filter_is_told_and_left_out() {
        let query = "attempts=last&topic=orders-db%2Fmonitoring&versions=two&order=score";

        let asked = Asked::read(&Query::of(query), &topics());

        assert_eq!(asked.address("/r"), "/r");
        assert_eq!(asked.unknown.len(), 4);
    }
}
