//! Which incidents somebody asked to see, as it stands in the address.

use backend::incidents::{Drills, States, Wanted};
use domain::incident::Severity;

use crate::filtering::{self, Query, unknown_words};

/// The longest text that is searched for, in characters.
const LONGEST: usize = 100;

/// Which incidents to show. What the address says and is no filter is left out,
/// and told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub wanted: Wanted,
    /// What was asked for and is no filter, in words: "state “x”".
    pub unknown: Vec<String>,
}

impl Filter {
    /// The filter that a query says, for the services that there are.
    pub fn read(query: &str, services: &[(String, String)]) -> Filter {
        let query = Query::of(query);
        let mut filter = Filter::default();
        if let Some(state) = query.value("state") {
            let known = States::every().into_iter().find(|known| known.as_str() == state);
            filter.wanted.state = known.unwrap_or_default();
            filter.note(known.is_none(), "state", state);
        }
        if let Some(service) = query.value("service") {
            let is_known = services.iter().any(|(slug, _)| slug == service);
            if is_known {
                service.clone_into(&mut filter.wanted.service);
            }
            filter.note(!is_known, "service", service);
        }
        if let Some(severity) = query.value("severity") {
            filter.wanted.severity = severity.parse().ok().and_then(Severity::new);
            filter.note(filter.wanted.severity.is_none(), "severity", severity);
        }
        if let Some(drill) = query.value("drill") {
            let known = Drills::ALL.into_iter().find(|known| known.as_str() == drill);
            filter.wanted.drills = known.unwrap_or_default();
            filter.note(known.is_none(), "drill", drill);
        }
        match query.value("who") {
            None => {}
            Some("me") => filter.wanted.is_mine = true,
            Some(other) => filter.note(true, "who", other),
        }
        filter.wanted.text = query.value("q").unwrap_or_default().chars().take(LONGEST).collect();
        // No text that is stored has one.
        filter.wanted.text.retain(|letter| letter != '\0');
        filter
    }

    fn note(&mut self, is_unknown: bool, what: &str, value: &str) {
        if is_unknown {
            self.unknown.push(unknown_words(what, value));
        }
    }

    /// The address of these incidents.
    pub fn address(&self, path: &str) -> String {
        let wanted = &self.wanted;
        let severity = wanted.severity.map(|severity| severity.level().to_string()).unwrap_or_default();
        let pairs = [
            ("state", wanted.state.as_str()),
            ("service", wanted.service.as_str()),
            ("severity", severity.as_str()),
            ("drill", wanted.drills.as_str()),
            ("who", if wanted.is_mine { "me" } else { "" }),
            ("q", wanted.text.as_str()),
        ];
        filtering::address(path, &pairs)
    }

    /// Every filter that is set, in words, and what is left without it.
    pub fn set(&self, services: &[(String, String)]) -> Vec<(String, Filter)> {
        let without = |change: fn(&mut Wanted)| {
            let mut filter = Filter { wanted: self.wanted.clone(), unknown: Vec::new() };
            change(&mut filter.wanted);
            filter
        };
        let wanted = &self.wanted;
        let mut set = Vec::new();
        if wanted.state != States::All {
            set.push((wanted.state.title().to_owned(), without(|it| it.state = States::All)));
        }
        if !wanted.service.is_empty() {
            let name =
                services.iter().find(|(slug, _)| *slug == wanted.service).map(|(_, name)| name.as_str());
            set.push((format!("Service {}", name.unwrap_or_default()), without(|it| it.service.clear())));
        }
        if let Some(severity) = wanted.severity {
            set.push((format!("SEV {}", severity.level()), without(|it| it.severity = None)));
        }
        if wanted.drills != Drills::Both {
            set.push((wanted.drills.title().to_owned(), without(|it| it.drills = Drills::Both)));
        }
        if wanted.is_mine {
            set.push(("Mine".to_owned(), without(|it| it.is_mine = false)));
        }
        if !wanted.text.is_empty() {
            set.push((format!("Has “{}”", wanted.text), without(|it| it.text.clear())));
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn services() -> Vec<(String, String)> {
        vec![("shop".to_owned(), "The shop".to_owned())]
    }

    #[test]
    fn a_filter_is_read_from_the_address_and_written_back() {
        for query in
            ["", "state=running", "state=closed&service=shop&severity=2&drill=no&who=me&q=%3Cb%3E%20%26"]
        {
            let filter = Filter::read(query, &services());
            let expected = if query.is_empty() { String::new() } else { format!("?{query}") };
            assert_eq!(filter.address(""), expected);
            assert!(filter.unknown.is_empty());
        }
    }

    #[test]
    fn what_is_no_filter_is_told_and_filters_nothing() {
        let filter = Filter::read("state=lost&service=x&severity=9&drill=maybe&who=zoe", &services());
        assert_eq!(filter.wanted, Wanted::default());
        assert_eq!(filter.unknown.len(), 5);
        assert_eq!(filter.set(&services()), []);
    }

    #[test]
    fn every_filter_that_is_set_can_be_taken_off() {
        let filter = Filter::read("state=open&service=shop&severity=1&drill=yes&who=me&q=disk", &services());
        let set = filter.set(&services());
        let words: Vec<_> = set.iter().map(|(words, _)| words.as_str()).collect();
        assert_eq!(words, ["Not closed", "Service The shop", "SEV 1", "Drills", "Mine", "Has “disk”"]);
        for (_, without) in &set {
            assert_eq!(without.set(&services()).len(), 5);
        }
    }
}
