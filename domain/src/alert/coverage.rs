//! Alerts against runbooks, both ways.

use std::collections::{BTreeMap, BTreeSet};

use super::Looked;

/// An alert that monitoring knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub name: String,
    /// Where it says its runbook is; empty if it says nothing.
    pub runbook_url: String,
    /// Defined in a rule file; else it was only received.
    pub is_defined: bool,
}

/// What is missing between alerts and runbooks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    pub n_alerts: usize,
    /// Known alerts that a section describes.
    pub n_described: usize,
    /// Known, and nothing is written about them.
    pub without_section: Vec<String>,
    /// Written about, and monitoring does not know them.
    pub without_alert: Vec<String>,
    /// Alerts whose address leads nowhere, with the address and why.
    pub dead_links: Vec<(String, String, Dead)>,
    /// Alerts whose address is made when they fire, so that nobody can tell.
    pub templated: Vec<(String, String)>,
    /// Alerts whose address leads to somebody else's page; what it answered, if
    /// anybody has looked.
    pub elsewhere: Vec<(String, String, Option<Looked>)>,
}

/// Why an address leads nowhere: told by the address and by what is known here,
/// or by what it answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dead {
    NoAddress,
    /// A host that is nobody's.
    MadeUp,
    /// One of our own pages, for an alert that no runbook describes.
    NoSuchAlert,
    /// Somebody else's page, and it is not there.
    Looked(Looked),
}

impl Dead {
    pub fn words(self) -> String {
        match self {
            Dead::NoAddress => "it is no address of a page".to_owned(),
            Dead::MadeUp => "its host is made up".to_owned(),
            Dead::NoSuchAlert => "it leads here, and no runbook describes that alert".to_owned(),
            Dead::Looked(looked) => looked.answer.words(),
        }
    }
}

/// Compares what monitoring knows with the names that runbooks describe; `here`
/// is the address of this installation, `looked` what addresses answered.
pub fn coverage(
    known: &[Known],
    described: &[String],
    here: &str,
    looked: &BTreeMap<String, Looked>,
) -> Coverage {
    let lower = |name: &str| name.to_lowercase();
    let described: BTreeMap<String, &String> = described.iter().map(|name| (lower(name), name)).collect();
    let alerts: BTreeMap<String, &String> = known.iter().map(|one| (lower(&one.name), &one.name)).collect();
    let not_in = |these: &BTreeMap<String, &String>, those: &BTreeMap<String, &String>| {
        let left = these.iter().filter(|(key, _)| !those.contains_key(*key));
        left.map(|(_, name)| (*name).clone()).collect::<Vec<_>>()
    };
    let without_section = not_in(&alerts, &described);
    let mut coverage = Coverage {
        n_alerts: alerts.len(),
        n_described: alerts.len() - without_section.len(),
        without_section,
        // Before any rule file is there, everything would look dead.
        without_alert: if known.iter().any(|one| one.is_defined) {
            not_in(&described, &alerts)
        } else {
            Vec::new()
        },
        ..Coverage::default()
    };
    let mut seen = BTreeSet::new();
    for one in known.iter().filter(|one| !one.runbook_url.is_empty()) {
        if !seen.insert((lower(&one.name), &one.runbook_url)) {
            continue;
        }
        let is_described = |name: &str| described.contains_key(&lower(name));
        let looked = looked.get(&one.runbook_url).copied();
        let judged = match (judge(&one.runbook_url, here, is_described), looked) {
            (Judged::Elsewhere, Some(looked)) if looked.answer.leads_nowhere() => {
                Judged::Dead(Dead::Looked(looked))
            }
            (judged, _) => judged,
        };
        let (name, url) = (one.name.clone(), one.runbook_url.clone());
        match judged {
            Judged::Dead(why) => coverage.dead_links.push((name, url, why)),
            Judged::Templated => coverage.templated.push((name, url)),
            Judged::Elsewhere => coverage.elsewhere.push((name, url, looked)),
            Judged::Fine => {}
        }
    }
    coverage
}

enum Judged {
    Fine,
    Elsewhere,
    Templated,
    Dead(Dead),
}

fn judge(url: &str, here: &str, is_described: impl Fn(&str) -> bool) -> Judged {
    let url = url.trim();
    if url.contains("{{") {
        return Judged::Templated;
    }
    let own =
        url.strip_prefix(here).filter(|_| !here.is_empty()).or_else(|| url.starts_with('/').then_some(url));
    if let Some(name) = own.and_then(|path| path.strip_prefix("/alerts/")) {
        let name = name.split(['?', '#']).next().unwrap_or_default();
        return if is_described(name) { Judged::Fine } else { Judged::Dead(Dead::NoSuchAlert) };
    }
    let Some(rest) = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")) else {
        return Judged::Dead(Dead::NoAddress);
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host =
        host.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default().to_lowercase();
    if host.is_empty() || url.contains(char::is_whitespace) || url.contains(['<', '>']) {
        return Judged::Dead(Dead::NoAddress);
    }
    let is_of = |name: &str| host == name || host.ends_with(&format!(".{name}"));
    let made_up = ["example.com", "example.org", "example.net", "example", "invalid", "test", "localhost"];
    if made_up.into_iter().any(is_of) || !host.contains('.') {
        return Judged::Dead(Dead::MadeUp);
    }
    Judged::Elsewhere
}

#[cfg(test)]
mod tests {
    use super::super::Answer;
    use super::*;

    fn known(name: &str, runbook_url: &str) -> Known {
        Known { name: name.to_owned(), runbook_url: runbook_url.to_owned(), is_defined: true }
    }

    #[test]
    fn what_is_missing_is_told_both_ways() {
        let known = [known("PoolFull", ""), known("PoolGone", ""), known("poolfull", "")];
        let described = ["POOLFULL".to_owned(), "PoolOld".to_owned()];

        let coverage = coverage(&known, &described, "https://muster.corp.org", &BTreeMap::new());

        assert_eq!(coverage.without_section, ["PoolGone"]);
        assert_eq!(coverage.without_alert, ["PoolOld"]);
        assert_eq!((coverage.n_alerts, coverage.n_described), (2, 1));
    }

    #[test]
    fn an_address_is_judged_without_fetching_it() {
        let here = "https://muster.corp.org";
        for (url, why) in [
            ("https://runbooks.corp.org/pool", None),
            ("https://muster.corp.org/alerts/PoolFull?from=mail", None),
            ("/alerts/PoolFull", None),
            ("https://muster.corp.org/alerts/PoolGone", Some(Dead::NoSuchAlert)),
            ("https://example.com/x", Some(Dead::MadeUp)),
            ("http://wiki/pool", Some(Dead::MadeUp)),
            ("TODO", Some(Dead::NoAddress)),
            ("ask Bo", Some(Dead::NoAddress)),
            ("https://", Some(Dead::NoAddress)),
            ("javascript:alert(1)", Some(Dead::NoAddress)),
        ] {
            let coverage = coverage(&[known("A", url)], &["PoolFull".to_owned()], here, &BTreeMap::new());
            assert_eq!(coverage.dead_links.first().map(|(_, _, why)| *why), why, "{url}");
            assert_eq!(coverage.elsewhere.len(), usize::from(url.contains("runbooks.corp.org")), "{url}");
        }
        let made_later =
            coverage(&[known("A", "https://x.org/{{ $labels.alertname }}")], &[], here, &BTreeMap::new());
        assert_eq!(made_later.templated.len(), 1);
    }

    #[test]
    fn an_address_elsewhere_is_dead_once_somebody_looked_and_found_nothing() {
        let at = "2025-11-25T09:00:00Z".parse().expect("an instant");
        let gone = Looked { answer: Answer::Status(404), at };
        let there = Looked { answer: Answer::Status(200), at };
        let known =
            ["gone", "there", "new"].map(|page| known(page, &format!("https://wiki.corp.org/{page}")));
        let looked = [(known[0].runbook_url.clone(), gone), (known[1].runbook_url.clone(), there)];

        let coverage = coverage(&known, &[], "", &looked.into_iter().collect());

        let dead: Vec<_> = coverage.dead_links.iter().map(|(name, _, why)| (name.as_str(), *why)).collect();
        assert_eq!(dead, [("gone", Dead::Looked(gone))]);
        let elsewhere: Vec<_> =
            coverage.elsewhere.iter().map(|(name, _, looked)| (name.as_str(), *looked)).collect();
        assert_eq!(elsewhere, [("there", Some(there)), ("new", None)]);
    }

    #[test]
    fn without_rule_files_no_section_is_called_dead() {
        let received = Known { is_defined: false, ..known("PoolFull", "") };

        assert!(
            coverage(&[received], &["PoolOld".to_owned()], "", &BTreeMap::new()).without_alert.is_empty()
        );
    }
}
