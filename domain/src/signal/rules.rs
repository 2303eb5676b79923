//! Rules that lead an alert to a service: a line each, the first that fits
//! decides.
//!
//! ```text
//! # Alerts of the database, and how bad they are
//! alertname=Postgres*|Pg*, env=prod -> orders-db, S2
//! severity=info -> ignore
//! * -> orders
//! ```

use super::{Alert, Labels};
use crate::action::Severity;
use crate::question::is_slug;

/// The rules of a circle, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules(Vec<Rule>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    /// From 1, as the line stands in the text.
    line: usize,
    matchers: Vec<Matcher>,
    is_ignored: bool,
    service: Option<String>,
    severity: Option<Severity>,
}

/// A label has one of these values, or none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Matcher {
    label: String,
    patterns: Vec<String>,
    is_not: bool,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// From 1.
    pub line: usize,
    pub what: String,
}

/// Where an alert leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The line that decided; `None`: no rule fits.
    pub line: Option<usize>,
    /// It opens no incident.
    pub is_ignored: bool,
    pub service: Option<String>,
    pub severity: Severity,
}

/// The most rules, and the longest line in characters.
const MOST: usize = 200;
const LINE_LIMIT: usize = 500;

impl Rules {
    /// Reads rules, or says everything that is wrong with them. Empty lines and
    /// those that begin with `#` say nothing.
    pub fn read(text: &str) -> Result<Rules, Vec<Fault>> {
        let lines = (1..).zip(text.lines().map(str::trim));
        let said: Vec<(usize, &str)> =
            lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).collect();
        if said.len() > MOST {
            return Err(vec![Fault { line: said[MOST].0, what: format!("Keep it to {MOST} rules.") }]);
        }
        let (mut rules, mut faults) = (Vec::new(), Vec::new());
        for (n, line) in said {
            match rule(n, line) {
                Ok(rule) => rules.push(rule),
                Err(what) => faults.push(Fault { line: n, what }),
            }
        }
        if faults.is_empty() { Ok(Rules(rules)) } else { Err(faults) }
    }

    /// The services that the rules name, each with its line.
    pub fn services(&self) -> impl Iterator<Item = (usize, &str)> {
        self.0.iter().filter_map(|rule| Some((rule.line, rule.service.as_deref()?)))
    }

    /// Where an alert leads. Where no rule says it, its label `service` does, if
    /// there is a service of that short name, and its label `severity` or
    /// `priority` says how bad it is.
    pub fn route(&self, alert: &Alert, services: &[String]) -> Route {
        let rule = self.0.iter().find(|rule| rule.fits(&alert.labels));
        let by_label = || {
            let named = alert.labels.get("service").map(|name| name.trim().to_lowercase())?;
            services.iter().find(|slug| **slug == named).cloned()
        };
        let service = rule.and_then(|rule| rule.service.clone()).filter(|slug| services.contains(slug));
        Route {
            line: rule.map(|rule| rule.line),
            is_ignored: rule.is_some_and(|rule| rule.is_ignored),
            service: service.or_else(by_label),
            severity: rule.and_then(|rule| rule.severity).unwrap_or_else(|| severity(&alert.labels)),
        }
    }
}

impl Rule {
    fn fits(&self, labels: &Labels) -> bool {
        self.matchers.iter().all(|matcher| matcher.fits(labels))
    }
}

impl Matcher {
    /// A label that is not there is empty.
    fn fits(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.label).map(String::as_str).unwrap_or_default();
        self.patterns.iter().any(|pattern| is_like(value, pattern)) != self.is_not
    }
}

/// Whether a text is like a pattern, in which `*` stands for anything.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

/// By the words that senders use; without one it is the third.
fn severity(labels: &Labels) -> Severity {
    let named = ["severity", "priority", "urgency"].iter().find_map(|name| labels.get(*name));
    let level = match named.map(|word| word.trim().to_lowercase()).as_deref() {
        Some("critical" | "page" | "emergency" | "fatal" | "p1" | "s1" | "sev1" | "1") => 0,
        Some("high" | "error" | "major" | "p2" | "s2" | "sev2" | "2") => 1,
        Some("info" | "none" | "low" | "debug" | "p4" | "p5" | "s4" | "sev4" | "4") => 3,
        _ => 2,
    };
    Severity::ALL[level]
}

fn rule(line: usize, text: &str) -> Result<Rule, String> {
    if text.chars().count() > LINE_LIMIT {
        return Err(format!("Keep a rule under {LINE_LIMIT} characters."));
    }
    let Some((matchers, target)) = text.rsplit_once("->") else {
        return Err("Say where it leads, for example severity=info -> ignore.".to_owned());
    };
    let matchers = match matchers.trim() {
        "*" => Vec::new(),
        matchers => matchers.split(',').map(matcher).collect::<Result<_, _>>()?,
    };
    let mut rule = Rule { line, matchers, is_ignored: false, service: None, severity: None };
    for word in target.split(',').map(str::trim) {
        let severity = word.strip_prefix(['S', 's']).and_then(|level| level.parse().ok());
        match severity.and_then(Severity::new) {
            Some(severity) if rule.severity.is_none() => rule.severity = Some(severity),
            None if word == "ignore" => rule.is_ignored = true,
            None if is_slug(word) && rule.service.is_none() => rule.service = Some(word.to_owned()),
            _ => {
                let what = "After -> stands the short name of a service, a severity from S1 to S4, or ignore";
                return Err(format!("{what}; “{word}” is none of them."));
            }
        }
    }
    Ok(rule)
}

fn matcher(text: &str) -> Result<Matcher, String> {
    let unread =
        || format!("“{}” is no condition; one looks like alertname=Postgres* or env!=test.", text.trim());
    let (label, value) = text.split_once('=').ok_or_else(unread)?;
    let (label, is_not) = match label.strip_suffix('!') {
        Some(label) => (label, true),
        None => (label, false),
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-:/".contains(&byte);
    let label = label.trim();
    if label.is_empty() || !label.bytes().all(is_name) {
        return Err(unread());
    }
    let value = value.trim().trim_matches('"');
    let patterns = value.split('|').map(|pattern| pattern.trim().to_owned()).collect();
    Ok(Matcher { label: label.to_owned(), patterns, is_not })
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    fn alert(labels: &str) -> Alert {
        read(&format!(r#"{{"alerts":[{{"labels":{{{labels}}}}}]}}"#)).unwrap().alerts.remove(0)
    }

    fn services() -> Vec<String> {
        ["orders-db", "billing"].map(str::to_owned).to_vec()
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        let rules = Rules::read(
            "# databases\nalertname=Postgres*|Pg*, env!=test -> orders-db, S2\n\nseverity=info -> ignore\n* -> billing\n",
        )
        .unwrap();
        let lead = |labels: &str| {
            let route = rules.route(&alert(labels), &services());
            (route.line, route.service, route.severity.level(), route.is_ignored)
        };
        let orders = || Some("orders-db".to_owned());
        let billing = || Some("billing".to_owned());

        assert_eq!(lead(r#""alertname":"PostgresDown""#), (Some(2), orders(), 2, false));
        assert_eq!(lead(r#""alertname":"PgLag","env":"prod""#), (Some(2), orders(), 2, false));
        assert_eq!(lead(r#""alertname":"PgLag","env":"test""#), (Some(5), billing(), 3, false));
        assert_eq!(lead(r#""alertname":"X","severity":"info""#), (Some(4), None, 4, true));
        assert_eq!(lead(r#""alertname":"X","severity":"critical""#), (Some(5), billing(), 1, false));
    }

    #[test]
    fn without_a_rule_the_labels_say_it_where_they_can() {
        let none = Rules::default();
        let route = none.route(&alert(r#""service":"Orders-DB","severity":"warning""#), &services());
        assert_eq!((route.service.as_deref(), route.severity.level()), (Some("orders-db"), 3));
        let route = none.route(&alert(r#""service":"unheard-of""#), &services());
        assert_eq!((route.line, route.service), (None, None));
    }

    #[test]
    fn a_service_that_is_gone_leads_nowhere() {
        let rules = Rules::read("* -> removed").unwrap();
        assert_eq!(rules.route(&alert(r#""a":"b""#), &services()).service, None);
        assert_eq!(rules.services().collect::<Vec<_>>(), [(1, "removed")]);
    }

    #[test]
    fn each_line_that_cannot_be_read_is_named() {
        let faults =
            Rules::read("a=b\n\n=x -> billing\na b=c -> billing\na=b -> Billing\na=b -> S5\na=b -> s1, S2")
                .unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [1, 3, 4, 5, 6, 7]);
        let many = "* -> ignore\n".repeat(MOST + 1);
        assert_eq!(Rules::read(&many).unwrap_err()[0].line, MOST + 1);
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (text, pattern, fits) in [
            ("abc", "abc", true),
            ("abc", "ab", false),
            ("abc", "a*", true),
            ("abc", "*c", true),
            ("abc", "a*c", true),
            ("abc", "*b*", true),
            ("ac", "a*a*c", false),
            ("aa", "a*a", true),
            ("a", "a*a", false),
            ("", "*", true),
            ("", "", true),
            ("x", "", false),
        ] {
            assert_eq!(is_like(text, pattern), fits, "{text} {pattern}");
        }
    }
}
