//! What a heading of a postmortem leads to.
use crate::words::one_line;

/// What stands under a heading, as far as its words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Timeline,
    /// What is to be done.
    Actions,
    Summary,
    Impact,
    Causes,
    WentWell,
    Surprises,
    /// Something else that has a name.
    Other,
}

/// What the words of a heading say; `None` where they name no part, so that
/// what is around them goes on.
pub(super) fn part(heading: &str) -> Option<Part> {
    let heading = heading.to_lowercase().replace(['’', '\''], "");
    let words: Vec<&str> =
        heading.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let has = |one: &str| words.contains(&one);
    let any = |several: &[&str]| several.iter().any(|one| has(one));
    let says = |phrase: &str| words.join(" ").contains(phrase);
    let begins =
        |several: &[&str]| words.iter().any(|word| several.iter().any(|start| word.starts_with(start)));
    if begins(&["timeline", "chronolog"])
        || says("time line")
        || says("sequence of events")
        || says("chain of events")
        || says("series of events")
        || says("event log")
        || says("incident log")
        || words == ["events"]
    {
        return Some(Part::Timeline);
    }
    if says("went well")
        || says("worked well")
        || says("what worked")
        || says("what helped")
        || says("positives")
    {
        return Some(Part::WentWell);
    }
    if begins(&["surpris", "luck"])
        || any(&["poorly", "badly", "wrong"])
        || says("gone better")
        || says("go well")
        || says("didnt work")
        || says("to improve")
    {
        return Some(Part::Surprises);
    }
    if is_actions(&words) {
        return Some(Part::Actions);
    }
    if any(&["impact", "impacts", "affected", "symptoms", "symptom", "consequences"]) {
        return Some(if begins(&["symptom"]) { Part::Summary } else { Part::Impact });
    }
    if begins(&["cause", "trigger", "contribut"]) || says("5 whys") || says("five whys") {
        return Some(Part::Causes);
    }
    if begins(&["summary", "overview", "synopsis", "abstract"])
        || says("what happened")
        || says("tl dr")
        || has("tldr")
    {
        return Some(Part::Summary);
    }
    is_other(&words).then_some(Part::Other)
}

fn is_actions(words: &[&str]) -> bool {
    let any = |several: &[&str]| words.iter().any(|word| several.contains(word));
    let begins =
        |several: &[&str]| words.iter().any(|word| several.iter().any(|start| word.starts_with(start)));
    let text = words.join(" ");
    let are_done =
        any(&["taken", "performed", "during"]) && !begins(&["corrective", "preventi", "preventa", "item"]);
    if are_done {
        return false;
    }
    any(&[
        "action",
        "actions",
        "actionable",
        "actionables",
        "todo",
        "todos",
        "tasks",
        "improvements",
        "improvement",
        "recommendations",
        "recommendation",
        "followup",
        "followups",
        "remediation",
        "remediations",
        "countermeasures",
        "preventing",
        "deliverables",
        "commitments",
        "tickets",
    ]) || begins(&["preventi", "preventa"])
        || [
            "follow up",
            "next step",
            "to do",
            "corrective measure",
            "work item",
            "future work",
            "planned work",
            "what will we",
            "what we will do",
            "what are we doing",
            "what we are doing",
            "what were doing",
            "going forward",
            "prevent this",
            "prevent it",
            "prevent a",
            "way forward",
        ]
        .iter()
        .any(|phrase| text.contains(phrase))
        || text == "next"
        || text == "whats next"
        || text == "measures"
}

fn is_other(words: &[&str]) -> bool {
    let known = [
        "detection",
        "resolution",
        "recovery",
        "mitigation",
        "background",
        "lesson",
        "lessons",
        "learned",
        "learnt",
        "learnings",
        "attendees",
        "participants",
        "authors",
        "author",
        "status",
        "glossary",
        "appendix",
        "supporting",
        "links",
        "references",
        "duration",
        "scope",
        "metadata",
        "questions",
        "insights",
        "takeaways",
        "discussion",
        "details",
        "why",
        "date",
        "severity",
        "owner",
        "owners",
        "team",
        "escalation",
        "response",
        "responders",
        "communication",
        "communications",
        "metrics",
        "graphs",
        "screenshots",
        "evidence",
        "analysis",
        "notes",
        "checklist",
        "integrity",
        "description",
        "context",
        "introduction",
        "conclusion",
        "documents",
        "reviewers",
        "approvals",
        "identified",
        "leadup",
        "fault",
        "feedback",
        "table",
        "contents",
    ];
    words.iter().any(|word| known.contains(word))
        || words.starts_with(&["how", "did"])
        || words.starts_with(&["what", "should", "you"])
}

/// Whether a heading is only the name of the kind of document, or of a part of
/// it, and so no title.
pub(super) fn names_nothing(heading: &str) -> bool {
    let bare: String = heading.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect();
    let bare = one_line(&bare);
    let generic = [
        "",
        "postmortem",
        "post mortem",
        "incident",
        "incident report",
        "incident postmortem",
        "incident post mortem",
        "incident review",
        "incident summary",
        "postmortem report",
        "post mortem report",
        "report",
        "pir",
        "post incident review",
        "post incident report",
        "rca",
        "root cause analysis",
        "summary",
        "timeline",
        "impact",
        "action items",
        "actions",
        "overview",
        "executive summary",
        "issue summary",
        "background",
        "what happened",
        "table of contents",
        "contents",
        "metadata",
        "details",
        "date",
        "authors",
        "status",
        "description",
    ];
    generic.contains(&bare.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_many_teams_are_understood() {
        for (heading, expected) in [
            ("Incident Timeline", Some(Part::Timeline)),
            ("Timeline (all times UTC)", Some(Part::Timeline)),
            ("Chain of Events", Some(Part::Timeline)),
            ("Action Items & Followups", Some(Part::Actions)),
            ("Corrective and Preventative Measures", Some(Part::Actions)),
            ("Follow-ups", Some(Part::Actions)),
            ("Next steps", Some(Part::Actions)),
            ("Immediate Actions (Completed)", Some(Part::Actions)),
            ("How are we preventing it from happening again?", Some(Part::Actions)),
            ("Recommendations", Some(Part::Actions)),
            ("Actions taken", None),
            ("Short-term", None),
            ("October 21, 2025 - Redis", None),
            ("Root Cause(s)", Some(Part::Causes)),
            ("Contributing Conditions Analysis", Some(Part::Causes)),
            ("What went well?", Some(Part::WentWell)),
            ("Where did we get lucky", Some(Part::Surprises)),
            ("What Didn't Go Well", Some(Part::Surprises)),
            ("Lessons Learned", Some(Part::Other)),
            ("End User Impact", Some(Part::Impact)),
            ("Executive Summary", Some(Part::Summary)),
            ("Interactions", None),
        ] {
            assert_eq!(part(heading), expected, "{heading}");
        }
    }
}
