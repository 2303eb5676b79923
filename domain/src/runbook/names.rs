//! What sections and alerts are called.

use super::Section;

/// What a heading names, and whether it uses one of the usual names or another
/// word for the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    pub section: Section,
    pub is_usual: bool,
}

/// The usual names, then other words for the same.
const OF_SERVICE: [(Section, &[&str], &[&str]); 8] = [
    (
        Section::Summary,
        &["summary", "service summary", "overview"],
        &[
            "about",
            "introduction",
            "description",
            "about this service",
            "what it is",
            "what is it",
            "purpose",
            "service overview",
        ],
    ),
    (
        Section::ServiceSla,
        &[
            "service sla",
            "sla",
            "slas",
            "service slas",
            "service level agreement",
            "service level agreements",
        ],
        &[
            "slo",
            "slos",
            "sla and slo",
            "sla slo",
            "slas and slos",
            "service level",
            "service levels",
            "service level objectives",
            "engagement",
        ],
    ),
    (
        Section::EscalationPath,
        &["escalation path", "escalation", "escalations", "escalation paths", "escalation policy"],
        &[
            "who to call",
            "whom to call",
            "contacts",
            "escalation and contacts",
            "contacts and escalation",
            "on call and escalation",
            "on call",
            "contact",
            "how to escalate",
            "escalation chain",
        ],
    ),
    (
        Section::IncidentWorkflow,
        &["incident workflow", "incident workflows", "incident process", "incident management"],
        &[
            "workflow",
            "incident response",
            "incident handling",
            "incident procedure",
            "incidents",
            "incident",
        ],
    ),
    (
        Section::Monitoring,
        &["monitoring", "service monitoring"],
        &[
            "dashboards",
            "dashboard",
            "monitoring and dashboards",
            "dashboards and monitoring",
            "observability",
            "metrics",
            "monitoring dashboards",
        ],
    ),
    (
        Section::Alerts,
        &["alerts", "alert", "service alerts"],
        &[
            "alerting",
            "alarms",
            "alert runbooks",
            "alert handling",
            "alerts and remediation",
            "alert list",
            "list of alerts",
            "known alerts",
        ],
    ),
    (
        Section::Postmortems,
        &["postmortems", "postmortem", "post mortems", "post mortem"],
        &["past incidents", "previous incidents", "incident history", "incident reviews", "retrospectives"],
    ),
    (
        Section::Doc,
        &["doc", "docs", "documentation", "documents"],
        &[
            "references",
            "reference",
            "links",
            "useful links",
            "further reading",
            "related documentation",
            "documentation links",
            "doc links",
            "see also",
            "resources",
        ],
    ),
];

const OF_ALERT: [(Section, &[&str], &[&str]); 4] = [
    (
        Section::Meaning,
        &["meaning", "alert meaning"],
        &[
            "description",
            "what it means",
            "what does it mean",
            "what does this mean",
            "what does this alert mean",
            "explanation",
            "overview",
            "summary",
            "about",
            "meaning of the metric",
        ],
    ),
    (
        Section::Impact,
        &["impact", "customer impact", "impact on the customer", "business impact", "user impact"],
        &["consequences", "effect", "effects", "what is the impact", "severity and impact"],
    ),
    (
        Section::Diagnosis,
        &["diagnosis", "diagnose", "diagnostics"],
        &[
            "diagnostic",
            "investigation",
            "investigate",
            "troubleshooting",
            "troubleshoot",
            "debugging",
            "triage",
            "how to diagnose",
            "diagnostic steps",
            "verification",
            "checks",
            "investigation steps",
            "initial checks",
            "first checks",
        ],
    ),
    (
        Section::Mitigation,
        &["mitigation", "mitigations", "mitigate", "remediation", "remediations"],
        &[
            "resolution",
            "resolve",
            "fix",
            "how to fix",
            "how to resolve",
            "recovery",
            "solution",
            "remediation checks",
            "remediation steps",
            "mitigation steps",
            "resolution steps",
            "what to do",
            "response",
            "actions",
        ],
    ),
];

/// The section of a service's runbook that a heading names.
pub(super) fn of_service(heading: &str) -> Option<Named> {
    named(&OF_SERVICE, heading)
}

/// The part of an alert's text that a heading names.
pub(super) fn of_alert(heading: &str) -> Option<Named> {
    named(&OF_ALERT, heading)
}

fn named(names: &[(Section, &[&str], &[&str])], heading: &str) -> Option<Named> {
    let plain = plain(heading);
    if plain.is_empty() || plain.len() > 60 {
        return None;
    }
    let exact = |section, usual: &[&str], other: &[&str]| {
        let is_usual = usual.contains(&plain.as_str());
        (is_usual || other.contains(&plain.as_str())).then_some(Named { section, is_usual })
    };
    let slip = |section, usual: &[&str]| {
        let is_close = usual.iter().any(|name| name.len() >= 6 && is_one_slip(name, &plain));
        is_close.then_some(Named { section, is_usual: true })
    };
    let found = names.iter().find_map(|(section, usual, other)| exact(*section, usual, other));
    let found = found.or_else(|| names.iter().find_map(|(section, usual, _)| slip(*section, usual)));
    found.or_else(|| beginning(names, heading))
}

/// What a heading names that says more: "Monitoring (Grafana)", "Docs & links".
/// It has to begin with a usual name; one that names an alert is about that.
fn beginning(names: &[(Section, &[&str], &[&str])], heading: &str) -> Option<Named> {
    if !alert_names(heading, false).is_empty() {
        return None;
    }
    let lower = heading.to_lowercase();
    let ends = ["(", "[", "&", "/", ",", "+", " and ", " or ", " with "].into_iter();
    let end = ends.filter_map(|end| lower.find(end)).min()?;
    let first = plain(&lower[..end]);
    let is_first = |usual: &[&str]| usual.contains(&first.as_str());
    let (section, ..) = names.iter().find(|(_, usual, _)| is_first(usual))?;
    Some(Named { section: *section, is_usual: false })
}

/// A heading in lower case, without numbers before it, marks, and signs.
fn plain(heading: &str) -> String {
    let lower = heading.to_lowercase().replace('&', " and ");
    let cleaned: String = lower.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let mut words: Vec<&str> = cleaned.split_whitespace().collect();
    let is_number = |word: &str| {
        word.chars().all(|c| c.is_ascii_digit())
            || matches!(word, "i" | "ii" | "iii" | "iv" | "v" | "vi" | "vii" | "viii")
    };
    while words.len() > 1 && (is_number(words[0]) || matches!(words[0], "section" | "the" | "step")) {
        words.remove(0);
    }
    words.join(" ")
}

/// Whether one letter too many, too few or wrong, or two that changed places,
/// tell them apart.
fn is_one_slip(name: &str, typed: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (name.chars().collect(), typed.chars().collect());
    if a == b || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[head..], &b[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    match (&a[..a.len() - tail], &b[..b.len() - tail]) {
        ([_], [_]) | ([], [_]) | ([_], []) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

/// Whether a word can only be the name of an alert: `OrdersLatencyHigh`,
/// `orders_latency_high`.
pub fn is_alert_name(word: &str) -> bool {
    let is_word = word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '-' | '.'));
    let begins = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let letters: Vec<char> = word.chars().collect();
    let n_humps = letters
        .windows(2)
        .filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
        .count();
    let is_shouted = letters.len() > 3
        && letters
            .windows(3)
            .any(|w| w[0].is_ascii_uppercase() && w[1].is_ascii_uppercase() && w[2].is_ascii_lowercase());
    let is_snake = word.trim_matches('_').contains('_');
    (3..=150).contains(&letters.len()) && is_word && begins && (n_humps > 0 || is_shouted || is_snake)
}

/// Products that are written like alerts. In a heading of several words one of
/// them says what the alert is about.
const PRODUCTS: [&str; 26] = [
    "ActiveMQ",
    "ArgoCD",
    "CloudFront",
    "CloudWatch",
    "ClickHouse",
    "CockroachDB",
    "CoreDNS",
    "DynamoDB",
    "GitHub",
    "GitLab",
    "GraphQL",
    "HAProxy",
    "InfluxDB",
    "MariaDB",
    "MinIO",
    "MongoDB",
    "MySQL",
    "OpenSearch",
    "OpenShift",
    "OpenStack",
    "PgBouncer",
    "PostgreSQL",
    "RabbitMQ",
    "ScyllaDB",
    "VictoriaMetrics",
    "ZooKeeper",
];

/// The names of alerts in a heading, none twice. `among_alerts`: the heading
/// stands where alerts do, so that one plain word is a name too.
pub fn alert_names(heading: &str, among_alerts: bool) -> Vec<String> {
    let heading = heading.trim();
    let lower = heading.to_lowercase();
    let announced = ["alert name:", "alertname:", "alert:", "alert name :", "alert -", "alerts:"];
    let told =
        announced.iter().find_map(|start| lower.strip_prefix(start).map(|rest| heading.len() - rest.len()));
    let told = told.and_then(|at| heading.get(at..));
    let (is_told, rest) = (told.is_some(), told.unwrap_or(heading));
    let pieces = rest.split(|c: char| {
        c.is_whitespace() || matches!(c, ',' | '/' | '&' | '(' | ')' | '[' | ']' | '+' | '|' | ';')
    });
    let strip = |c: char| matches!(c, '`' | '"' | '\'' | '*' | ':' | '.' | '“' | '”' | '-');
    let words: Vec<&str> =
        pieces.map(|word| word.trim_matches(strip)).filter(|word| !word.is_empty()).collect();
    let mut names: Vec<String> = Vec::new();
    for word in &words {
        let is_ticked = rest.contains(&format!("`{word}`"));
        let is_product = words.len() > 1 && PRODUCTS.contains(word);
        if (is_alert_name(word) && !is_product || is_ticked) && !names.iter().any(|name| name == word) {
            names.push((*word).to_owned());
        }
    }
    if names.is_empty() && is_told {
        let name = rest.trim().trim_matches(strip).trim();
        names.extend((!name.is_empty()).then(|| name.to_owned()));
    }
    if names.is_empty() && among_alerts && words.len() == 1 && words[0].starts_with(char::is_alphabetic) {
        names.push(words[0].to_owned());
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_known_by_its_name_however_it_is_written() {
        for (heading, section) in [
            ("Summary", Section::Summary),
            ("1. SUMMARY:", Section::Summary),
            ("2) Service-SLA", Section::ServiceSla),
            ("SLA & SLO", Section::ServiceSla),
            ("III. Escalation path", Section::EscalationPath),
            ("**Incident Workflow**", Section::IncidentWorkflow),
            ("📈 Monitoring", Section::Monitoring),
            ("Alerts #", Section::Alerts),
            ("Post-mortems", Section::Postmortems),
            ("Docs", Section::Doc),
            ("Moniotring", Section::Monitoring),
            ("Service-level agreement (SLA)", Section::ServiceSla),
            ("Service SLA & engagement", Section::ServiceSla),
            ("Escalation path (who to call)", Section::EscalationPath),
            ("How to escalate", Section::EscalationPath),
            ("4. Incident Workflow & communication", Section::IncidentWorkflow),
            ("Monitoring and logs", Section::Monitoring),
            ("Alerts (Prometheus)", Section::Alerts),
            ("Post-Mortems / past incidents", Section::Postmortems),
            ("Docs, links", Section::Doc),
        ] {
            assert_eq!(of_service(heading).map(|named| named.section), Some(section), "{heading}");
        }
        for (heading, section) in [
            ("Meaning", Section::Meaning),
            ("impact:", Section::Impact),
            ("Diagnosys", Section::Diagnosis),
            ("3. Remediation", Section::Mitigation),
            ("Troubleshooting", Section::Diagnosis),
        ] {
            assert_eq!(of_alert(heading).map(|named| named.section), Some(section), "{heading}");
        }
        for other in ["", "Critical", "Runbook", "Impact of the new pool on nightly jobs", "1", "Summer"] {
            assert_eq!(of_alert(other), None, "{other}");
        }
        for other in ["Alert (OrdersLatencyHigh)", "Alerting rules for teams", "Incident (2 March)", "& more"]
        {
            assert_eq!(of_service(other), None, "{other}");
        }
    }

    #[test]
    fn a_heading_names_its_alerts() {
        for (heading, names) in [
            ("OrdersLatencyHigh", vec!["OrdersLatencyHigh"]),
            ("`OrdersLatencyHigh` / `OrdersErrors`", vec!["OrdersLatencyHigh", "OrdersErrors"]),
            ("Replication lag (PostgresReplicationLagHigh)", vec!["PostgresReplicationLagHigh"]),
            ("Alert Name: \"KubeAPIDown\"", vec!["KubeAPIDown"]),
            ("Alert: High CPU usage", vec!["High CPU usage"]),
            ("CPUThrottlingHigh", vec!["CPUThrottlingHigh"]),
            ("orders_latency_high", vec!["orders_latency_high"]),
            ("General advice", vec![]),
            ("HAProxy backends down", vec![]),
            ("MySQL: MySQLReplicationLag", vec!["MySQLReplicationLag"]),
            ("HAProxy", vec!["HAProxy"]),
            ("", vec![]),
        ] {
            assert_eq!(alert_names(heading, false), names, "{heading}");
        }
        assert_eq!(alert_names("Watchdog", true), ["Watchdog"]);
        assert!(alert_names("Watchdog", false).is_empty());
    }
}
