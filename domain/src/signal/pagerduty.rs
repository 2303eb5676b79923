//! The webhook of PagerDuty (version 3): one event a delivery.

use serde_json::{Map, Value};

use super::{
    Alert, Delivery, Labels, NAME_LIMIT, TEXT_LIMIT, Unknown, Word, digest, instant, line, text, web,
};

/// Reads an `event`. What is about an incident becomes an alert; what is about
/// something said of one becomes a word.
pub(super) fn read(event: &Map<String, Value>) -> Result<Delivery, Unknown> {
    let event_type = line(text(event, "event_type"), NAME_LIMIT);
    let Some(Value::Object(data)) = event.get("data") else {
        return Err(Unknown("Its event has no data.".to_owned()));
    };
    if event_type == "pagey.ping" {
        return Ok(Delivery::default());
    }
    if text(data, "type") == "incident" && !text(data, "id").is_empty() {
        return Ok(Delivery { alerts: vec![alert(event, data)], ..Delivery::default() });
    }
    match data.get("incident") {
        Some(Value::Object(incident)) if !text(incident, "id").is_empty() => {
            let said = [text(data, "message"), text(data, "content"), text(data, "summary")];
            let said = said.into_iter().find(|said| !said.is_empty()).unwrap_or_default();
            let said = line(said, TEXT_LIMIT);
            let words = if said.is_empty() { event_type } else { format!("{event_type}: {said}") };
            let word = Word { fingerprint: line(text(incident, "id"), NAME_LIMIT), words };
            Ok(Delivery { words: vec![word], ..Delivery::default() })
        }
        _ => Err(Unknown(format!("An event “{event_type}” is not about an incident."))),
    }
}

fn alert(event: &Map<String, Value>, incident: &Map<String, Value>) -> Alert {
    let id = line(text(incident, "id"), NAME_LIMIT);
    let title = match text(incident, "title") {
        "" => text(incident, "summary"),
        title => title,
    };
    let name = match line(title, NAME_LIMIT).as_str() {
        "" => format!("PagerDuty incident {id}"),
        title => title.to_owned(),
    };
    let status = text(incident, "status");
    let is_firing = status != "resolved";
    let said_at = instant(text(event, "occurred_at"));
    Alert {
        identity: digest(["pagerduty", &id]),
        group: digest(["pagerduty", &id]),
        summary: name.clone(),
        description: String::new(),
        labels: labels(event, incident, &name),
        runbook_url: String::new(),
        link: web(text(incident, "html_url")),
        is_firing,
        is_acknowledged: status == "acknowledged",
        starts_at: instant(text(incident, "created_at")).or(said_at),
        ended_at: said_at.filter(|_| !is_firing),
        said_at,
        fingerprint: id,
        name,
    }
}

/// What rules can go by: `service`, `urgency`, `priority`, `team`, `title`.
fn labels(event: &Map<String, Value>, incident: &Map<String, Value>, name: &str) -> Labels {
    let summary = |of: Option<&Value>| {
        let of = of.and_then(Value::as_object);
        line(of.map(|of| text(of, "summary")).unwrap_or_default(), NAME_LIMIT)
    };
    let team = incident.get("teams").and_then(Value::as_array).and_then(|teams| teams.first());
    let pairs = [
        ("alertname", name.to_owned()),
        ("service", summary(incident.get("service"))),
        ("urgency", line(text(incident, "urgency"), NAME_LIMIT)),
        ("priority", summary(incident.get("priority"))),
        ("team", summary(team)),
        ("event_type", line(text(event, "event_type"), NAME_LIMIT)),
    ];
    pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(of, value)| (of.to_owned(), value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::read;

    fn event(kind: &str, at: &str, data: &str) -> String {
        format!(
            r#"{{"event":{{"id":"01","event_type":"{kind}","resource_type":"incident","occurred_at":"{at}","agent":null,"client":null,"data":{data}}}}}"#
        )
    }

    const INCIDENT: &str = r#"{"id":"PGR0VU2","type":"incident","number":2,"status":"triggered",
        "title":"A little bump","created_at":"2026-03-02T03:00:00Z","service":{"summary":"API Service"},
        "assignees":[],"teams":[{"summary":"Engineering"}],"priority":{"summary":"P1"},"urgency":"high",
        "conference_bridge":null,"resolve_reason":null}"#;

    #[test]
    fn an_incident_is_one_alert_however_often_it_is_told_of() {
        let first = read(&event("incident.triggered", "2026-03-02T03:00:01Z", INCIDENT)).unwrap();
        let solved = INCIDENT.replace("triggered", "resolved");
        let last = read(&event("incident.resolved", "2026-03-02T03:10:00Z", &solved)).unwrap();

        let (first, last) = (&first.alerts[0], &last.alerts[0]);
        assert_eq!(first.identity, last.identity);
        assert!(first.is_firing && !last.is_firing);
        assert!(first.said_at < last.said_at);
        assert_eq!(first.labels["service"], "API Service");
        assert_eq!(first.labels["priority"], "P1");
        assert_eq!(first.name, "A little bump");
    }

    #[test]
    fn what_is_said_of_an_incident_is_a_word_about_it() {
        let data = r#"{"id":"X","type":"incident_status_update","message":"We look into it.",
            "incident":{"id":"PGR0VU2","type":"incident_reference","summary":"A little bump"}}"#;

        let said = read(&event("incident.status_update_published", "2026-03-02T03:00:01Z", data)).unwrap();

        assert!(said.alerts.is_empty());
        assert_eq!(said.words[0].fingerprint, "PGR0VU2");
        assert_eq!(said.words[0].words, "incident.status_update_published: We look into it.");
    }

    #[test]
    fn a_ping_says_nothing_and_an_event_about_something_else_is_unknown() {
        let ping = event("pagey.ping", "2026-03-02T03:00:01Z", r#"{"type":"ping","message":"Hello"}"#);
        assert_eq!(read(&ping), Ok(super::Delivery::default()));
        let other = event("service.updated", "2026-03-02T03:00:01Z", r#"{"type":"service","id":"S"}"#);
        assert!(read(&other).is_err());
    }
}
