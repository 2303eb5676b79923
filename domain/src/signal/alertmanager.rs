//! The webhook of Alertmanager (version 4), and that of Grafana, which has the
//! same fields and some more.

use serde_json::{Map, Value};

use super::{
    Alert, Delivery, Labels, NAME_LIMIT, TEXT_LIMIT, Unknown, digest, instant, labels, line, text, web,
};

/// Reads a body with `alerts`. Older senders leave fields out: then what all
/// alerts have in common, or what can be worked out, stands for them.
pub(super) fn read(body: &Map<String, Value>, alerts: &[Value]) -> Result<Delivery, Unknown> {
    let around = Around {
        sender: line(text(body, "externalURL"), TEXT_LIMIT),
        group_key: text(body, "groupKey"),
        receiver: text(body, "receiver"),
        status: text(body, "status"),
        labels: labels(body, "commonLabels"),
        annotations: labels(body, "commonAnnotations"),
    };
    let mut delivery = Delivery {
        n_truncated: body.get("truncatedAlerts").and_then(Value::as_u64).unwrap_or(0),
        ..Delivery::default()
    };
    for alert in alerts {
        let Value::Object(alert) = alert else {
            return Err(Unknown("One of its alerts is no object.".to_owned()));
        };
        let alert = around.alert(alert);
        // What is told twice in one body is as the last of them says.
        delivery.alerts.retain(|known: &Alert| known.identity != alert.identity);
        delivery.alerts.push(alert);
    }
    Ok(delivery)
}

/// What a body says of all its alerts.
struct Around<'b> {
    sender: String,
    group_key: &'b str,
    receiver: &'b str,
    status: &'b str,
    labels: Labels,
    annotations: Labels,
}

impl Around<'_> {
    fn alert(&self, alert: &Map<String, Value>) -> Alert {
        let own = labels(alert, "labels");
        let fingerprint = match text(alert, "fingerprint") {
            "" => digest(own.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()])),
            given => line(given, NAME_LIMIT),
        };
        let labels = over(&self.labels, own);
        let annotations = over(&self.annotations, super::labels(alert, "annotations"));
        let name = first(&labels, &["alertname", "alert_name", "rulename"])
            .or_else(|| first(&annotations, &["title", "summary"]));
        let name = line(name.unwrap_or("An alert without a name"), NAME_LIMIT);
        let summary = first(&annotations, &["summary", "description", "message", "title"]);
        let status = match text(alert, "status") {
            "" => self.status,
            own => own,
        };
        let is_firing = !status.eq_ignore_ascii_case("resolved");
        let starts_at = instant(text(alert, "startsAt"));
        let started = starts_at.map(|at| at.to_rfc3339()).unwrap_or_default();
        Alert {
            identity: digest([self.sender.as_str(), &fingerprint, &started]),
            description: first(&annotations, &["description", "message"])
                .filter(|said| Some(*said) != summary)
                .unwrap_or_default()
                .to_owned(),
            summary: summary.unwrap_or(&name).to_owned(),
            runbook_url: first(&annotations, &["runbook_url", "runbook_url_internal", "runbook", "playbook"])
                .unwrap_or_default()
                .to_owned(),
            link: ["panelURL", "dashboardURL", "generatorURL"]
                .into_iter()
                .map(|field| web(text(alert, field)))
                .find(|link| !link.is_empty())
                .unwrap_or_default(),
            is_firing,
            is_acknowledged: false,
            starts_at,
            ended_at: instant(text(alert, "endsAt")).filter(|_| !is_firing),
            said_at: None,
            group: self.group(&name),
            fingerprint,
            name,
            labels,
        }
    }

    /// Without a key, alerts of one name to one receiver belong together.
    fn group(&self, name: &str) -> String {
        match self.group_key {
            "" => digest([self.sender.as_str(), self.receiver, name]),
            key => digest([self.sender.as_str(), key]),
        }
    }
}

/// The second over the first.
fn over(common: &Labels, own: Labels) -> Labels {
    let mut labels = common.clone();
    labels.extend(own);
    labels
}

fn first<'l>(labels: &'l Labels, names: &[&str]) -> Option<&'l str> {
    names.iter().filter_map(|name| labels.get(*name)).map(String::as_str).find(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::read;

    const TWO: &str = r#"{
        "version": "4", "groupKey": "{}:{alertname=\"PoolFull\"}", "truncatedAlerts": 3, "status": "firing",
        "receiver": "muster", "groupLabels": {"alertname": "PoolFull"},
        "commonLabels": {"alertname": "PoolFull", "severity": "critical"},
        "commonAnnotations": {"runbook_url": "https://wiki.example.org/pool"},
        "externalURL": "http://alertmanager:9093", "notification_reason": "first notification",
        "alerts": [
          {"status": "firing", "labels": {"alertname": "PoolFull", "severity": "critical", "node": "a"},
           "annotations": {"summary": "Pool of a is full"}, "startsAt": "2026-03-02T03:00:00.123456789Z",
           "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://p", "fingerprint": "aaaa"},
          {"status": "resolved", "labels": {"alertname": "PoolFull", "severity": "critical", "node": "b"},
           "annotations": {}, "startsAt": "2026-03-02T03:00:00.123456789Z",
           "endsAt": "2026-03-02T03:09:00Z", "fingerprint": "bbbb"}
        ]}"#;

    #[test]
    fn a_body_of_version_4_is_read_alert_by_alert() {
        let delivery = read(TWO).unwrap();

        let [first, second] = delivery.alerts.as_slice() else { panic!("{delivery:?}") };
        assert_eq!((first.name.as_str(), first.summary.as_str()), ("PoolFull", "Pool of a is full"));
        assert!(first.is_firing && first.ended_at.is_none());
        assert_eq!(first.labels["node"], "a");
        assert_eq!(first.runbook_url, "https://wiki.example.org/pool");
        assert_eq!(second.summary, "PoolFull");
        assert!(!second.is_firing && second.ended_at.is_some());
        assert_eq!(first.group, second.group);
        assert_ne!(first.identity, second.identity);
        assert_eq!(delivery.n_truncated, 3);
    }

    #[test]
    fn an_alert_is_one_fingerprint_and_one_start_to_the_nanosecond() {
        let again = read(TWO).unwrap();
        assert_eq!(read(TWO).unwrap(), again);
        let later = read(&TWO.replace("00.123456789Z", "00.123456790Z")).unwrap();
        assert_ne!(later.alerts[0].identity, again.alerts[0].identity);
        let elsewhere = read(&TWO.replace("03:00:00.123456789Z", "04:00:00.123456789+01:00")).unwrap();
        assert_eq!(elsewhere.alerts[0].identity, again.alerts[0].identity, "the same instant");
        let other_sender = read(&TWO.replace("http://alertmanager", "http://other")).unwrap();
        assert_ne!(other_sender.alerts[0].identity, again.alerts[0].identity);
    }

    #[test]
    fn equal_labels_under_two_fingerprints_are_two_alerts() {
        let body = r#"{"status":"firing","groupKey":"{}","alerts":[
            {"labels":{"alertname":"Hot"},"fingerprint":"1","startsAt":"2026-03-02T03:00:00Z"},
            {"labels":{"alertname":"Hot"},"fingerprint":"2","startsAt":"2026-03-02T03:00:00Z"}]}"#;
        assert_eq!(read(body).unwrap().alerts.len(), 2);
    }

    #[test]
    fn an_alert_says_where_it_comes_from_and_what_its_description_adds() {
        let body = r#"{"status":"firing","groupKey":"{}","alerts":[
            {"labels":{"alertname":"Hot"},"annotations":{"summary":"It is hot","description":"Rack 3 is at 41 degrees"},
             "generatorURL":"http://prometheus/graph?g0","panelURL":"javascript:alert(1)","fingerprint":"1"},
            {"labels":{"alertname":"Cold"},"annotations":{"description":"It is cold"},"generatorURL":"nowhere","fingerprint":"2"}]}"#;
        let alerts = read(body).unwrap().alerts;
        let said =
            alerts.iter().map(|one| (one.link.as_str(), one.summary.as_str(), one.description.as_str()));
        let expected =
            [("http://prometheus/graph?g0", "It is hot", "Rack 3 is at 41 degrees"), ("", "It is cold", "")];
        assert_eq!(said.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_older_senders_leave_out_is_worked_out() {
        let body = r#"{"status":"resolved","receiver":"r","alerts":[
            {"labels":{"alertname":"Down","n":7,"gone":null}}, {"labels":{"alertname":"Down","n":8}}]}"#;

        let delivery = read(body).unwrap();

        let [first, second] = delivery.alerts.as_slice() else { panic!("{delivery:?}") };
        assert!(!first.is_firing, "by the status of the whole");
        assert_eq!(first.labels["n"], "7");
        assert_ne!(first.fingerprint, second.fingerprint, "made of the labels");
        assert_eq!(first.group, second.group);
        assert_eq!((first.starts_at, first.ended_at), (None, None));
        assert_eq!(read(r#"{"alerts":[{}]}"#).unwrap().alerts[0].name, "An alert without a name");
    }

    #[test]
    fn grafana_says_the_same_under_another_version() {
        let body = r#"{"version":"1","orgId":1,"title":"[FIRING:1] Memory","state":"alerting",
            "groupKey":"{}/{}:{alertname=\"Memory\"}","externalURL":"https://play.example.org/","status":"firing",
            "alerts":[{"status":"firing","labels":{"alertname":"Memory","grafana_folder":"device"},
            "annotations":{"summary":"High memory"},"startsAt":"2024-03-01T02:09:00Z",
            "endsAt":"0001-01-01T00:00:00Z","fingerprint":"e634","silenceURL":"https://x","values":{"A":1.5}}]}"#;

        let delivery = read(body).unwrap();

        assert_eq!(delivery.alerts[0].name, "Memory");
        assert!(delivery.alerts[0].is_firing);
    }
}
