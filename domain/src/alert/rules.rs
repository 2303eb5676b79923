//! The alerts that a file of Prometheus rules defines.
//!
//! Such a file is YAML with `groups`, each with `rules`; as a resource of
//! Kubernetes it has them below `spec`. Nothing in it is expanded: an alias is
//! followed, never copied, and what nests too deep is refused.

use std::collections::HashMap;
use std::rc::Rc;

use saphyr_parser::{Event, Parser};

use crate::bank::{Finding, Severity};

/// One alert of a rule file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    pub alert: String,
    pub group: String,
    /// Its annotation of that name, or of one that is used for the same.
    pub runbook_url: String,
    /// What the annotations say it is about.
    pub summary: String,
    pub severity: String,
    pub line: u32,
}

/// The longest rule file, in bytes.
pub const RULES_LIMIT: usize = 1024 * 1024;

/// The most alerts that one file may define.
pub const N_RULES: usize = 10_000;

/// Rules looked at in one file, alerts or not.
const N_SEEN: usize = 100_000;

/// Aliases followed in one file: each may multiply what is read, or nest it
/// deeper.
const N_ALIASES: usize = 1000;

/// How deep a rule file may nest.
const DEPTH: usize = 64;

/// What people call the annotation that leads to the runbook.
const RUNBOOK: [&str; 5] = ["runbook_url", "runbook", "runbook_url_internal", "playbook", "runbookurl"];

/// The alerts of a rule file, or why there are none. `path` names it.
pub fn read(path: &str, text: &str) -> Result<Vec<Rule>, Finding> {
    let fault = |line: usize, column: usize, what: String| Finding {
        path: path.to_owned(),
        line: count(line),
        column: count(column),
        severity: Severity::Error,
        what,
    };
    if text.len() > RULES_LIMIT {
        return Err(fault(1, 1, format!("the file has more than {} KiB; split it", RULES_LIMIT / 1024)));
    }
    let documents = documents(text).map_err(|Fault { line, column, what }| fault(line, column, what))?;
    let mut rules = Vec::new();
    let (mut has_groups, mut n_seen) = (false, 0);
    for document in &documents {
        let spec = document.get("spec");
        let Some(groups) = document.get("groups").or_else(|| spec.and_then(|spec| spec.get("groups"))) else {
            continue;
        };
        has_groups = true;
        for group in groups.entries() {
            let name = group.text("name");
            for rule in group.get("rules").map(|rules| rules.entries()).unwrap_or_default() {
                n_seen += 1;
                if n_seen > N_SEEN {
                    return Err(fault(
                        rule.line,
                        1,
                        format!("there are more than {N_SEEN} rules; split the file"),
                    ));
                }
                if rules.len() == N_RULES {
                    return Err(fault(
                        rule.line,
                        1,
                        format!("there are more than {N_RULES} alerts; split the file"),
                    ));
                }
                rules.extend(alert(rule, &name));
            }
        }
    }
    if !has_groups {
        return Err(fault(
            1,
            1,
            "there are no `groups`; a file of Prometheus rules begins with them".to_owned(),
        ));
    }
    Ok(rules)
}

fn alert(rule: &Node, group: &str) -> Option<Rule> {
    let alert = rule.text("alert");
    let annotations = rule.get("annotations");
    let said = |name: &str| annotations.map(|all| all.text(name)).unwrap_or_default();
    let runbook_url = RUNBOOK.into_iter().map(said).find(|url| !url.is_empty()).unwrap_or_default();
    let summary = ["summary", "message", "description"].into_iter().map(said).find(|words| !words.is_empty());
    (!alert.is_empty()).then(|| Rule {
        alert,
        group: group.to_owned(),
        runbook_url,
        summary: summary.unwrap_or_default().chars().take(500).collect(),
        severity: rule.get("labels").map(|labels| labels.text("severity")).unwrap_or_default(),
        line: count(rule.line),
    })
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

struct Fault {
    line: usize,
    column: usize,
    what: String,
}

/// A piece of YAML. An alias is the same piece once more.
#[derive(Debug)]
struct Node {
    line: usize,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Text(String),
    List(Vec<Rc<Node>>),
    /// Only keys that are texts.
    Map(Vec<(String, Rc<Node>)>),
}

impl Node {
    fn get(&self, key: &str) -> Option<&Node> {
        let Kind::Map(pairs) = &self.kind else { return None };
        let own = pairs.iter().find(|(name, _)| name == key).map(|(_, node)| &**node);
        let merged = || {
            let (_, base) = pairs.iter().find(|(name, _)| name == "<<")?;
            let Kind::Map(pairs) = &base.kind else { return None };
            pairs.iter().find(|(name, _)| name == key).map(|(_, node)| &**node)
        };
        own.or_else(merged)
    }

    fn text(&self, key: &str) -> String {
        match self.get(key).map(|node| &node.kind) {
            Some(Kind::Text(text)) => text.trim().to_owned(),
            _ => String::new(),
        }
    }

    fn entries(&self) -> Vec<&Node> {
        if let Kind::List(nodes) = &self.kind {
            nodes.iter().map(|node| &**node).collect()
        } else {
            Vec::new()
        }
    }
}

/// A list or a map that is being read.
struct Open {
    node: Node,
    anchor: usize,
    key: Option<String>,
    expects_key: bool,
}

/// Every document of a text.
fn documents(text: &str) -> Result<Vec<Rc<Node>>, Fault> {
    let mut documents = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: HashMap<usize, Rc<Node>> = HashMap::new();
    let mut n_aliases = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|why| Fault {
            line: why.marker().line(),
            column: why.marker().col() + 1,
            what: format!("this is not YAML: {}", why.info()),
        })?;
        let (line, column) = (span.start.line(), span.start.col() + 1);
        let begin = |kind: Kind, anchor: usize| Open {
            node: Node { line, kind },
            anchor,
            key: None,
            expects_key: true,
        };
        let done = match event {
            Event::SequenceStart(anchor, _) => {
                open.push(begin(Kind::List(Vec::new()), anchor));
                None
            }
            Event::MappingStart(anchor, _) => {
                open.push(begin(Kind::Map(Vec::new()), anchor));
                None
            }
            Event::Scalar(text, _, anchor, _) => {
                Some((Rc::new(Node { line, kind: Kind::Text(text.into_owned()) }), anchor))
            }
            Event::Alias(anchor) => {
                n_aliases += 1;
                if n_aliases > N_ALIASES {
                    let what = format!("there are more than {N_ALIASES} aliases");
                    return Err(Fault { line, column, what });
                }
                let known = anchors.get(&anchor).cloned();
                Some((known.unwrap_or_else(|| Rc::new(Node { line, kind: Kind::Text(String::new()) })), 0))
            }
            Event::SequenceEnd | Event::MappingEnd => {
                open.pop().map(|done| (Rc::new(done.node), done.anchor))
            }
            _ => None,
        };
        if open.len() > DEPTH {
            return Err(Fault { line, column, what: format!("this nests deeper than {DEPTH}") });
        }
        let Some((node, anchor)) = done else { continue };
        if anchor > 0 {
            anchors.insert(anchor, node.clone());
        }
        match open.last_mut() {
            Some(parent) => parent.take(node),
            None => documents.push(node),
        }
    }
    Ok(documents)
}

impl Open {
    fn take(&mut self, node: Rc<Node>) {
        match &mut self.node.kind {
            Kind::List(nodes) => nodes.push(node),
            Kind::Map(_) if self.expects_key => {
                self.key = if let Kind::Text(text) = &node.kind { Some(text.clone()) } else { None };
                self.expects_key = false;
            }
            Kind::Map(pairs) => {
                pairs.extend(self.key.take().map(|key| (key, node)));
                self.expects_key = true;
            }
            Kind::Text(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "
groups:
- name: orders
  rules:
  - record: orders:rate5m
    expr: rate(orders_total[5m])
  - alert: OrdersLatencyHigh
    expr: p99 > 2
    labels: {severity: page}
    annotations:
      summary: Orders are slow
      runbook_url: https://muster.corp.org/alerts/OrdersLatencyHigh
  - alert: OrdersDown
    expr: up == 0
";

    #[test]
    fn aliases_that_nest_or_multiply_are_refused_before_anything_comes_of_them() {
        let nested = format!("- &b x\n{}", "- &a [*b]\n- &b [*a]\n".repeat(18_000));
        let multiplied =
            format!("r: &r [{}]\ngroups: [{}]\n", "x,".repeat(90_000), "{rules: *r},".repeat(15_000));
        for text in [nested, multiplied] {
            let what = read("a.yaml", &text).unwrap_err().what;
            assert!(what.contains("more than"), "{what}");
        }
    }

    #[test]
    fn a_rule_file_says_its_alerts() {
        let rules = read("orders.yaml", RULES).unwrap();

        let names: Vec<&str> = rules.iter().map(|rule| rule.alert.as_str()).collect();
        assert_eq!(names, ["OrdersLatencyHigh", "OrdersDown"]);
        assert_eq!(rules[0].runbook_url, "https://muster.corp.org/alerts/OrdersLatencyHigh");
        assert_eq!(
            (rules[0].severity.as_str(), rules[0].group.as_str(), rules[0].line),
            ("page", "orders", 7)
        );
    }

    #[test]
    fn it_may_be_a_resource_of_kubernetes_or_one_of_several_documents() {
        let nested = RULES.replace('\n', "\n  ");
        let text = format!("kind: Service\n---\nkind: PrometheusRule\nspec:{nested}\n");

        assert_eq!(read("x.yaml", &text).unwrap().len(), 2);
    }

    #[test]
    fn what_is_no_rule_file_is_refused_with_its_place() {
        for (text, what) in [
            ("", "no `groups`"),
            ("a: b", "no `groups`"),
            ("groups:\n- name: [", "not YAML"),
            ("<?xml version=\"1.0\"?>", "no `groups`"),
            (&format!("groups: {}", "[".repeat(200)), "deep"),
            (&format!("{}x", "- ".repeat(100_000)), "deep"),
        ] {
            let finding = read("x.yaml", text).unwrap_err();
            assert!(
                finding.what.contains(what) || finding.what.contains("not YAML"),
                "{text:.40}: {finding}"
            );
            assert!(finding.line >= 1);
        }
    }

    #[test]
    fn aliases_of_aliases_stay_small() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..12 {
            let refers: Vec<String> = (0..9).map(|_| format!("*a{}", n - 1)).collect();
            text.push_str(&format!("a{n}: &a{n} [{}]\n", refers.join(", ")));
        }
        text.push_str("groups: *a11\n");
        assert!(read("x.yaml", &text).unwrap().is_empty());

        let many =
            format!("r: &r [{}]\ngroups: [{}]\n", "{alert: A},".repeat(3000), "{rules: *r},".repeat(3000));
        assert!(read("x.yaml", &many).unwrap_err().what.contains("more than"));
    }
}
