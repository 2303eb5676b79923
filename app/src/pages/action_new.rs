//! Making a corrective action by hand, and changing what one says.

use backend::actions::making::{self, Draft};
use backend::actions::{self, Detail, clocks};
use backend::circles::MemberOf;
use backend::{Error, circles};
use domain::action::{Clocks, Fixes, How, Number, Origin, OriginKind, Severity};
use domain::people::Role;
use domain::question::QuestionId;
use leptos::prelude::*;

use super::disputes::words::address_of;
use crate::components::{
    Breadcrumb, ErrorSummary, Pick, RadioGroup, SelectField, TextArea, TextField, picks,
};
use crate::form::{Form, Posted, again, key_field};
use crate::server::{query_value, query_values};
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// The form that makes one.
pub fn get() -> Loading {
    circle_page(Section::Actions, |here| async move {
        if here.member.role == Role::Reader {
            return Err(Error::NotFound);
        }
        let circle = &here.member.circle;
        let (people, clocks) = around(&here).await?;
        let given = Given {
            title: query_value("title").unwrap_or_default(),
            questions: query_values("question").join("\n"),
            fixes: query_value("fixes").as_deref().and_then(Fixes::parse),
            ..Given::default()
        };
        let base = format!("/circles/{circle}/actions");
        let dispute = again().value("dispute", &query_value("dispute").unwrap_or_default());
        let dispute = origin_of(circle, &dispute)
            .map(|_| view! { <input type="hidden" name="dispute" value=dispute/> });
        let questions = came_from(&here, &given.questions);
        Ok(Page::new(
            "Make an action",
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=vec![("Actions".to_owned(), base.clone())]/>
                <h1>"Make an action"</h1>
                {questions}
                <form method="post" class="form" novalidate>
                    {dispute}
                    {key_field()}
                    {fields(given, people, clocks, false)}
                    <div class="cluster">
                        <button class="btn primary">"Make the action"</button>
                        <a class="btn" href=base>"Leave it"</a>
                    </div>
                </form>
            },
        ))
    })
}

/// The questions that the address names; a leader may open them. What is no id
/// is left to the form, which says so.
fn came_from(here: &InCircle, questions: &str) -> Option<impl IntoView + use<>> {
    let base = format!("/circles/{}/questions", here.member.circle);
    let leads = here.member.role == Role::Leader;
    let ids: Vec<QuestionId> =
        questions.split_whitespace().filter_map(|id| id.parse().ok()).take(20).collect();
    let one = |id: &QuestionId| {
        let name = id.to_string();
        if leads {
            view! { <li><a class="long" href=format!("{base}/{id}")>{name}</a></li> }.into_any()
        } else {
            view! { <li class="long">{name}</li> }.into_any()
        }
    };
    let rows: Vec<_> = ids.iter().map(one).collect();
    let words =
        if rows.len() == 1 { "It comes from this question." } else { "It comes from these questions." };
    (!rows.is_empty()).then(|| {
        view! {
            <div class="stack" data-tight="">
                <p>{words}" Answers after the action is done show whether it helped."</p>
                <ul>{rows}</ul>
            </div>
        }
    })
}

/// Makes the action.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let origin =
        origin_of(circle, form.get("dispute")).unwrap_or_else(|| Origin::by_hand(form.get("reference")));
    let number =
        making::make(&form.site.db, &who, circle, origin, &draft(&form), form.asked.received_at).await?;
    Ok(format!("/circles/{circle}/actions/{number}?done=made"))
}

/// The dispute that an action comes from, named by question and version.
fn origin_of(circle: &str, dispute: &str) -> Option<Origin> {
    let (question, version) = dispute.rsplit_once('/')?;
    let question: QuestionId = question.parse().ok()?;
    let is_version = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let reference = address_of(circle, &question, version);
    is_version.then_some(Origin { kind: OriginKind::Dispute, reference })
}

/// The form that changes one.
pub fn get_edit() -> Loading {
    let number = path_param("action");
    circle_page(Section::Actions, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let number = number.parse::<Number>().map_err(|_| Error::NotFound)?;
        let detail = making::editable(db, who, circle, number, here.asked.received_at).await?;
        let (people, clocks) = around(&here).await?;
        let base = format!("/circles/{circle}/actions");
        let back = format!("{base}/{number}");
        let title = format!("Change {number}");
        let revision = again().value("revision", &detail.action.revision.to_string());
        let by_hand = detail.action.origin.kind == OriginKind::ByHand;
        let trail = vec![("Actions".to_owned(), base), (number.to_string(), back.clone())];
        Ok(Page::new(
            title.clone(),
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=trail/>
                <h1>{title}</h1>
                <form method="post" class="form" novalidate>
                    <input type="hidden" name="revision" value=revision/>
                    {fields(Given::of(&detail, by_hand), people, clocks, true)}
                    <div class="cluster">
                        <button class="btn primary">"Save the changes"</button>
                        <a class="btn" href=back>"Leave it as it is"</a>
                    </div>
                </form>
            },
        ))
    })
}

/// Saves the changes.
pub async fn post_edit(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let number: Number = form.param("action")?.parse().map_err(|_| Error::NotFound)?;
    let revision = form.get("revision").parse().unwrap_or(0);
    let (db, now) = (&form.site.db, form.asked.received_at);
    making::edit(db, &who, circle, number, revision, &draft(&form), now).await?;
    Ok(format!("/circles/{circle}/actions/{number}?done=changed"))
}

fn draft(form: &Form) -> Draft {
    let text = |name: &str| form.get(name).to_owned();
    Draft {
        key: text("key"),
        title: text("title"),
        description: text("description"),
        tasks: text("tasks"),
        done_when: text("done_when"),
        labels: text("labels"),
        reference: text("reference"),
        fixes: Fixes::parse(form.get("fixes")),
        how: How::parse(form.get("how")),
        severity: form.get("severity").parse().ok().and_then(Severity::new),
        owner: text("owner"),
        assign_by: text("assign_by"),
        done_by: text("done_by"),
        proof: text("proof"),
        questions: text("questions"),
    }
}

/// Who may own it, and how many days each severity has.
async fn around(here: &InCircle) -> backend::Result<(Vec<MemberOf>, Clocks)> {
    let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
    circles::member(db, who, circle).await?;
    Ok((actions::workers(db, who, circle).await?, clocks::of_circle(db, who, circle).await?))
}

/// What a form begins with.
#[derive(Default)]
struct Given {
    title: String,
    description: String,
    tasks: String,
    done_when: String,
    labels: String,
    /// `None` where it comes from something that nobody can change.
    reference: Option<String>,
    fixes: Option<Fixes>,
    how: Option<How>,
    severity: Option<Severity>,
    /// Id and name; the owner may have left the circle.
    owner: Option<(String, String)>,
    assign_by: String,
    done_by: String,
    proof: String,
    questions: String,
}

impl Given {
    fn of(detail: &Detail, by_hand: bool) -> Given {
        let action = &detail.action;
        let tasks: Vec<&str> = detail.tasks.iter().map(|task| task.text.as_str()).collect();
        Given {
            title: action.title.clone(),
            description: detail.description.clone(),
            tasks: tasks.join("\n"),
            done_when: detail.done_when.clone(),
            labels: action.labels.join(", "),
            reference: by_hand.then(|| action.origin.reference.clone()),
            fixes: Some(action.fixes),
            how: Some(action.how),
            severity: Some(action.severity),
            owner: action.owner.as_ref().map(|owner| (owner.person.clone(), owner.name.clone())),
            assign_by: action.assign_by.to_string(),
            done_by: action.done_by.to_string(),
            proof: action.proof.clone(),
            questions: detail.questions.join("\n"),
        }
    }
}

fn fields(given: Given, people: Vec<MemberOf>, clocks: Clocks, is_edit: bool) -> impl IntoView {
    let reference = (!is_edit || given.reference.is_some()).then(|| {
        view! {
            <TextField name="reference" label="Comes from" value=given.reference.unwrap_or_default()
                hint="A link or a few words, if it comes from something: a chat, a ticket."/>
        }
    });
    let proof = is_edit.then(|| {
        view! {
            <TextArea name="proof" label="Proof" rows=2 value=given.proof
                hint="A link or a sentence that shows that it is done: a merged change, a changed document, a re-test."/>
        }
    });
    view! {
        <TextField name="title" label="What is to be done" value=given.title
            hint="In one line, for example Raise the pool alarm threshold"/>
        <TextArea name="description" label="Why, and what is known" rows=5 value=given.description
            hint="Markdown works. Conditions, not persons."/>
        <TextArea name="tasks" label="Tasks" rows=4 value=given.tasks hint="One a line; each can be ticked."/>
        <TextArea name="done_when" label="Done when" rows=2 value=given.done_when
            hint="How everybody sees that it is done."/>
        <RadioGroup name="fixes" legend="It puts right" picks=picks(Fixes::ALL.iter().map(|one| (one.as_str(), one.title())))
            value=given.fixes.map(Fixes::as_str).map(str::to_owned).unwrap_or_default()/>
        <RadioGroup name="how" legend="How it helps" picks=picks(How::ALL.iter().map(|one| (one.as_str(), one.title())))
            value=given.how.map(How::as_str).map(str::to_owned).unwrap_or_default()/>
        <RadioGroup name="severity" legend="Severity" picks=severities(clocks)
            value=given.severity.map(|severity| severity.level().to_string()).unwrap_or_default()/>
        {owner_field(given.owner, people)}
        <TextField name="assign_by" label="Assign by" kind="date" width="medium" value=given.assign_by
            hint="The last day to find an owner. Empty: as the severity says."/>
        <TextField name="done_by" label="Done by" kind="date" width="medium" value=given.done_by
            hint="The last day to do it. Empty: as the severity says."/>
        <TextField name="labels" label="Labels" value=given.labels hint="With commas between them, for example alerts, pool"/>
        <TextArea name="questions" label="Questions that it came from" rows=2 value=given.questions
            hint="Ids, one a line, for example orders-db/process/what-first. The next attempts at them show whether it helped."/>
        {reference}
        {proof}
    }
}

fn severities(clocks: Clocks) -> Vec<Pick> {
    let meaning = ["It could happen again today", "It hurts soon", "It is in the way", "It would be good"];
    let pick = |(severity, meaning): (Severity, &str)| {
        let (assign, done) = clocks.days(severity);
        let days = |n: u32| if n == 1 { "1 working day".to_owned() } else { format!("{n} working days") };
        Pick::new(severity.level().to_string(), format!("{}: {meaning}", severity.level())).hint(format!(
            "Assigned within {}, done within {}",
            days(assign),
            days(done)
        ))
    };
    Severity::ALL.into_iter().zip(meaning).map(pick).collect()
}

fn owner_field(owner: Option<(String, String)>, people: Vec<MemberOf>) -> impl IntoView {
    let mut picks = vec![Pick::new("", "Nobody yet")];
    let mut value = String::new();
    if let Some((person, name)) = owner {
        if !people.iter().any(|one| one.person == person) {
            picks.push(Pick::new(person.clone(), format!("{name} (not here any more)")));
        }
        value = person;
    }
    picks.extend(people.into_iter().map(|one| Pick::new(one.person, one.name)));
    view! { <SelectField name="owner" label="Owner" picks=picks value=value/> }
}
