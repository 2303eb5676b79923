//! What asks for a postmortem: five triggers, each suggested from what is known
//! of an incident, with the evidence. A person decides.

use crate::words::one_line;
use chrono::TimeDelta;

/// One of the five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trigger {
    DataLoss,
    OnCallIntervention,
    BusinessImpact,
    MonitoringFailure,
    RecurringEvent,
}

impl Trigger {
    pub const ALL: [Trigger; 5] = [
        Trigger::DataLoss,
        Trigger::OnCallIntervention,
        Trigger::BusinessImpact,
        Trigger::MonitoringFailure,
        Trigger::RecurringEvent,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Trigger::DataLoss => "data_loss",
            Trigger::OnCallIntervention => "on_call",
            Trigger::BusinessImpact => "business",
            Trigger::MonitoringFailure => "monitoring",
            Trigger::RecurringEvent => "recurring",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Trigger::DataLoss => "Data was lost",
            Trigger::OnCallIntervention => "Somebody on call had to step in",
            Trigger::BusinessImpact => "Business was affected",
            Trigger::MonitoringFailure => "Monitoring did not tell us",
            Trigger::RecurringEvent => "It happened before",
        }
    }

    pub fn parse(text: &str) -> Option<Trigger> {
        Trigger::ALL.into_iter().find(|trigger| trigger.as_str() == text)
    }
}

/// What is known of an incident.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// A drill asks for nothing.
    pub is_drill: bool,
    /// What people wrote: title, notes, updates.
    pub words: Vec<String>,
    /// Somebody said that business was affected, and how.
    pub business_impact: Option<String>,
    /// Who was called or took it, by name.
    pub assignee: Option<String>,
    /// How many signals of monitoring it has.
    pub n_signals: usize,
    /// It was opened by a person, not by a signal.
    pub is_by_hand: bool,
    /// How long it took from its beginning to when somebody knew.
    pub until_detected: Option<TimeDelta>,
    /// Earlier ones with the same alert: their names and how many days ago.
    pub earlier: Vec<(String, i64)>,
}

/// What the facts say about one trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    pub trigger: Trigger,
    pub is_met: bool,
    /// One sentence each; never empty.
    pub evidence: Vec<String>,
}

/// How far back the same alert counts as happening again, in days.
pub const AGAIN_WITHIN: i64 = 90;

/// Longer than this without anybody knowing, monitoring is asked about.
const LATE: TimeDelta = TimeDelta::minutes(30);

/// What the facts of an incident say about each of the five.
pub fn suggest(facts: &Facts) -> [Suggestion; 5] {
    Trigger::ALL.map(|trigger| {
        let (is_met, evidence) = match trigger {
            Trigger::DataLoss => data_loss(facts),
            Trigger::OnCallIntervention => on_call(facts),
            Trigger::BusinessImpact => business(facts),
            Trigger::MonitoringFailure => monitoring(facts),
            Trigger::RecurringEvent => recurring(facts),
        };
        if facts.is_drill {
            return Suggestion { trigger, is_met: false, evidence: vec!["It was a drill.".to_owned()] };
        }
        Suggestion { trigger, is_met, evidence }
    })
}

fn data_loss(facts: &Facts) -> (bool, Vec<String>) {
    const SIGNS: [&str; 14] = [
        "data loss",
        "lost data",
        "data was lost",
        "data were lost",
        "lost rows",
        "rows lost",
        "lost orders",
        "lost messages",
        "messages lost",
        "corrupt",
        "restored from backup",
        "restore from backup",
        "unrecoverable",
        "truncated table",
    ];
    const DENIALS: [&str; 8] = [
        "no data loss",
        "no data was lost",
        "no lost data",
        "without data loss",
        "not corrupt",
        "no rows lost",
        "no corrupt",
        "no messages lost",
    ];
    let speaks = |text: &&String| {
        let mut text = text.to_lowercase();
        for denial in DENIALS {
            text = text.replace(denial, "");
        }
        SIGNS.iter().any(|sign| text.contains(sign))
    };
    let found: Vec<String> = facts
        .words
        .iter()
        .filter(speaks)
        .take(3)
        .map(|text| format!("Somebody wrote: “{}”.", shortened(text)))
        .collect();
    match found.is_empty() {
        true => (false, vec!["Nothing that was written speaks of lost data.".to_owned()]),
        false => (true, found),
    }
}

fn on_call(facts: &Facts) -> (bool, Vec<String>) {
    match &facts.assignee {
        Some(name) => (true, vec![format!("{name} took it.")]),
        None => (false, vec!["Nobody was assigned.".to_owned()]),
    }
}

fn business(facts: &Facts) -> (bool, Vec<String>) {
    match &facts.business_impact {
        Some(how) if how.trim().is_empty() => (true, vec!["It is marked as affecting business.".to_owned()]),
        Some(how) => (true, vec![format!("It says: “{}”.", shortened(how))]),
        None => (false, vec!["Nobody marked it as affecting business.".to_owned()]),
    }
}

fn monitoring(facts: &Facts) -> (bool, Vec<String>) {
    let mut evidence = Vec::new();
    if facts.is_by_hand && facts.n_signals == 0 {
        evidence.push("A person opened it, and no alert came.".to_owned());
    } else if facts.is_by_hand {
        evidence.push("A person opened it before an alert came.".to_owned());
    }
    if let Some(late) = facts.until_detected.filter(|late| *late > LATE) {
        evidence.push(format!("It took {} minutes until somebody knew.", late.num_minutes()));
    }
    match evidence.is_empty() {
        true => (false, vec![format!("Monitoring told of it ({}).", signals(facts.n_signals))]),
        false => (true, evidence),
    }
}

fn signals(n: usize) -> String {
    if n == 1 { "1 signal".to_owned() } else { format!("{n} signals") }
}

fn recurring(facts: &Facts) -> (bool, Vec<String>) {
    let again: Vec<String> = facts
        .earlier
        .iter()
        .filter(|(_, days)| (0..=AGAIN_WITHIN).contains(days))
        .take(5)
        .map(|(name, days)| match days {
            0 => format!("{name}, the same day, had the same alert."),
            1 => format!("{name}, a day before, had the same alert."),
            n => format!("{name}, {n} days before, had the same alert."),
        })
        .collect();
    match again.is_empty() {
        true => (false, vec![format!("No incident of the {AGAIN_WITHIN} days before had the same alert.")]),
        false => (true, again),
    }
}

fn shortened(text: &str) -> String {
    let line = one_line(text);
    if line.chars().count() <= 120 { line } else { line.chars().take(119).chain(['…']).collect() }
}
