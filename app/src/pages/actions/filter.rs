//! Which actions somebody asked to see, as it stands in the address.

use backend::actions::{Action, Actions};
use domain::action::{Severity, State};

use super::View;
use crate::filtering::{self, Query, unknown_words};
use crate::pages::members::listing::holds;

/// The longest text that is searched for, in characters.
const LONGEST: usize = 100;

/// Which actions to show. What the address says and is no filter is left out,
/// and told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub state: States,
    pub owner: Whose,
    pub severity: Option<Severity>,
    /// Empty is any or none.
    pub label: String,
    pub is_late: bool,
    /// Only those whose effect can be judged.
    pub is_to_judge: bool,
    /// A part of the number or of the title.
    pub text: String,
    /// What was asked for and is no filter, in words: "state “x”".
    pub unknown: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum States {
    #[default]
    All,
    Unfinished,
    One(State),
}

impl States {
    pub fn as_str(self) -> &'static str {
        match self {
            States::All => "",
            States::Unfinished => "unfinished",
            States::One(state) => state.as_str(),
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            States::All => "All states",
            States::Unfinished => "Not finished",
            States::One(state) => state.title(),
        }
    }

    /// All of them, in the order of a list.
    pub fn every() -> Vec<States> {
        let one = State::ALL.iter().copied().map(States::One);
        [States::All, States::Unfinished].into_iter().chain(one).collect()
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Whose {
    #[default]
    Anybody,
    Me,
    Nobody,
    Person(String),
}

impl Whose {
    pub fn as_str(&self) -> &str {
        match self {
            Whose::Anybody => "",
            Whose::Me => "me",
            Whose::Nobody => "nobody",
            Whose::Person(person) => person,
        }
    }
}

impl Filter {
    /// The filter that a query says, for the actions that there are.
    pub fn read(query: &str, all: &Actions) -> Filter {
        let query = Query::of(query);
        let mut filter = Filter::default();
        if let Some(state) = query.value("state") {
            let known = States::every().into_iter().find(|known| known.as_str() == state);
            filter.state = known.unwrap_or_default();
            filter.note(known.is_none(), "state", state);
        }
        match query.value("owner") {
            None => {}
            Some("me") => filter.owner = Whose::Me,
            Some("nobody") => filter.owner = Whose::Nobody,
            Some(person) if owners(all).iter().any(|(known, _)| known == person) => {
                filter.owner = Whose::Person(person.to_owned());
            }
            Some(person) => filter.note(true, "owner", person),
        }
        if let Some(severity) = query.value("severity") {
            filter.severity = severity.parse().ok().and_then(Severity::new);
            filter.note(filter.severity.is_none(), "severity", severity);
        }
        if let Some(label) = query.value("label") {
            let is_known = labels(all).iter().any(|known| known == label);
            if is_known {
                label.clone_into(&mut filter.label);
            }
            filter.note(!is_known, "label", label);
        }
        match query.value("overdue") {
            None => {}
            Some("yes") => filter.is_late = true,
            Some(other) => filter.note(true, "overdue", other),
        }
        match query.value("effect") {
            None => {}
            Some("judge") => filter.is_to_judge = true,
            Some(other) => filter.note(true, "effect", other),
        }
        filter.text = query.value("q").unwrap_or_default().chars().take(LONGEST).collect();
        filter
    }

    fn note(&mut self, is_unknown: bool, what: &str, value: &str) {
        if is_unknown {
            self.unknown.push(unknown_words(what, value));
        }
    }

    /// The address of these actions in a view: `path` with a query, if there is
    /// one.
    pub fn address(&self, path: &str, view: View) -> String {
        let severity = self.severity.map(|severity| severity.level().to_string()).unwrap_or_default();
        let pairs = [
            ("view", view.as_str()),
            ("state", self.state.as_str()),
            ("owner", self.owner.as_str()),
            ("severity", &severity),
            ("label", &self.label),
            ("overdue", if self.is_late { "yes" } else { "" }),
            ("effect", if self.is_to_judge { "judge" } else { "" }),
            ("q", &self.text),
        ];
        filtering::address(path, &pairs)
    }

    /// Every filter that is set, in words, and what is left without it.
    pub fn set(&self, all: &Actions) -> Vec<(String, Filter)> {
        let without = |change: fn(&mut Filter)| {
            let mut filter = self.clone();
            change(&mut filter);
            filter
        };
        let mut set = Vec::new();
        if self.state != States::All {
            set.push((self.state.title().to_owned(), without(|filter| filter.state = States::All)));
        }
        let whose = match &self.owner {
            Whose::Anybody => None,
            Whose::Me => Some("Mine".to_owned()),
            Whose::Nobody => Some("Without an owner".to_owned()),
            Whose::Person(person) => {
                let owners = owners(all);
                let name = owners.into_iter().find(|(known, _)| known == person).map(|(_, name)| name);
                Some(format!("Owned by {}", name.unwrap_or_default()))
            }
        };
        if let Some(words) = whose {
            set.push((words, without(|filter| filter.owner = Whose::Anybody)));
        }
        if let Some(severity) = self.severity {
            set.push((format!("Severity {}", severity.level()), without(|filter| filter.severity = None)));
        }
        if !self.label.is_empty() {
            set.push((format!("Label {}", self.label), without(|filter| filter.label.clear())));
        }
        if self.is_late {
            set.push(("Overdue".to_owned(), without(|filter| filter.is_late = false)));
        }
        if self.is_to_judge {
            set.push(("Effect can be judged".to_owned(), without(|filter| filter.is_to_judge = false)));
        }
        if !self.text.is_empty() {
            set.push((format!("Has “{}”", self.text), without(|filter| filter.text.clear())));
        }
        set
    }

    /// The actions that it shows, in their order.
    pub fn of<'a>(&self, all: &'a Actions) -> Vec<&'a Action> {
        all.all.iter().filter(|action| self.shows(action, all)).collect()
    }

    fn shows(&self, action: &Action, all: &Actions) -> bool {
        let is_in_state = match self.state {
            States::All => true,
            States::Unfinished => action.state.is_unfinished(),
            States::One(state) => action.state == state,
        };
        let owner = action.owner.as_ref().map(|owner| owner.person.as_str());
        let is_owned = match &self.owner {
            Whose::Anybody => true,
            Whose::Me => owner == Some(&all.member.person),
            Whose::Nobody => !action.is_owned(),
            Whose::Person(person) => owner == Some(person),
        };
        is_in_state
            && is_owned
            && self.severity.is_none_or(|severity| severity == action.severity)
            && (self.label.is_empty() || action.labels.contains(&self.label))
            && (!self.is_late || action.late.is_some())
            && (!self.is_to_judge || action.is_to_judge())
            && holds(&format!("{} {}", action.number, action.title), &self.text)
    }
}

/// Whoever owns one of the actions, as id and name, by name.
pub fn owners(all: &Actions) -> Vec<(String, String)> {
    let owners = all.all.iter().filter_map(|action| action.owner.as_ref());
    let mut owners: Vec<_> = owners.map(|owner| (owner.person.clone(), owner.name.clone())).collect();
    owners.sort_by_cached_key(|(person, name)| (name.to_lowercase(), person.clone()));
    owners.dedup();
    owners
}

/// Every label that one of the actions has.
pub fn labels(all: &Actions) -> Vec<String> {
    let mut labels: Vec<String> = all.all.iter().flat_map(|action| action.labels.clone()).collect();
    labels.sort();
    labels.dedup();
    labels
}

#[cfg(test)]
mod tests {
    use domain::action::{Effect, Side};

    use super::super::words::for_tests::{action, actions_of};
    use super::*;

    fn all() -> Actions {
        let mut late = action(1, "Raise the pool alarm");
        late.labels = vec!["alerts".to_owned(), "a&b".to_owned()];
        late.note_late();
        let mut done = action(2, "Write it down");
        (done.state, done.owner) = (State::Done, None);
        let after = Side { n_answers: 5, n_people: 5, earned: 0 };
        (done.n_questions, done.effect) = (1, Some(Effect { after, ..Effect::default() }));
        actions_of(vec![late, done])
    }

    trait NoteLate {
        fn note_late(&mut self);
    }

    impl NoteLate for Action {
        fn note_late(&mut self) {
            self.late = Some(domain::action::Late {
                which: domain::action::Which::Done,
                by: self.done_by,
                is_escalated: false,
            });
        }
    }

    fn numbers(query: &str) -> Vec<i64> {
        let all = all();
        Filter::read(query, &all).of(&all).iter().map(|action| action.number.0).collect()
    }

    #[test]
    fn a_filter_is_read_from_the_address_and_written_back() {
        let all = all();
        for query in [
            "",
            "?state=unfinished",
            "?view=board&state=done&owner=me&severity=2&label=a%26b&overdue=yes&effect=judge&q=CA-1",
            "?owner=eve",
            "?owner=nobody&q=%3Cb%3E",
        ] {
            let filter = Filter::read(query.trim_start_matches('?'), &all);
            let view = if query.contains("board") { View::Board } else { View::List };
            assert_eq!(filter.address("", view), query);
            assert!(filter.unknown.is_empty(), "{query}");
        }
    }

    #[test]
    fn each_filter_leaves_what_fits() {
        let cases: [(&str, &[i64]); 13] = [
            ("", &[1, 2]),
            ("state=unfinished", &[1]),
            ("state=done", &[2]),
            ("owner=eve", &[1]),
            ("owner=me", &[]),
            ("owner=nobody", &[2]),
            ("severity=2", &[1, 2]),
            ("severity=1", &[]),
            ("label=alerts", &[1]),
            ("overdue=yes", &[1]),
            ("effect=judge", &[2]),
            ("q=ca-2", &[2]),
            ("q=POOL", &[1]),
        ];
        for (query, expected) in cases {
            assert_eq!(numbers(query), expected, "{query}");
        }
    }

    #[test]
    fn what_is_no_filter_is_told_and_filters_nothing() {
        let all = all();
        let filter =
            Filter::read("state=lost&owner=zoe&severity=9&label=x&overdue=no&effect=none&view=what", &all);

        assert_eq!(
            filter.unknown,
            ["state “lost”", "owner “zoe”", "severity “9”", "label “x”", "overdue “no”", "effect “none”"]
        );
        assert_eq!(filter.of(&all).len(), 2);
        assert_eq!(filter.set(&all), []);
    }

    #[test]
    fn every_filter_that_is_set_can_be_taken_off() {
        let all = all();
        let filter = Filter::read(
            "state=open&owner=eve&severity=2&label=alerts&overdue=yes&effect=judge&q=raise",
            &all,
        );

        let words: Vec<_> = filter.set(&all).into_iter().map(|(words, _)| words).collect();

        assert_eq!(
            words,
            [
                "Open",
                "Owned by Eve",
                "Severity 2",
                "Label alerts",
                "Overdue",
                "Effect can be judged",
                "Has “raise”"
            ]
        );
        for (_, without) in filter.set(&all) {
            assert_eq!(without.set(&all).len(), 6);
        }
    }
}
