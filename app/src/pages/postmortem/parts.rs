//! The parts of a postmortem's page around what it says.

use backend::actions::Action;
use backend::circles::MemberOf;
use backend::postmortems::{Alike, Found, Promise, usual_severity};
use chrono_tz::Tz;
use domain::action::{Fixes, How, State as ActionState};
use domain::people::Role;
use domain::postmortem::{Move, State};
use leptos::context::Provider;
use leptos::prelude::*;

use super::works;
use crate::components::{Fact, Facts, Pick, SelectField, TextField, Time, TimeShape, picks};
use crate::form::key_field;
use crate::pages::account::of_form;
use crate::shell::InCircle;

/// What stands around a postmortem.
pub struct Around {
    pub alike: Vec<Alike>,
    pub workers: Vec<MemberOf>,
    pub members: Vec<MemberOf>,
}

pub fn facts(here: &InCircle, found: &Found) -> impl IntoView + use<> {
    let (it, zone) = (&found.postmortem, here.member.zone);
    let base = format!("/circles/{}", here.member.circle);
    let happened = it.happened_on.map_or("Not known".to_owned(), |day| day.format("%-d %b %Y").to_string());
    let service = (!it.service.is_empty()).then(|| {
        let href = format!("{base}/services/{}", it.service);
        let name = it.service.clone();
        view! { <Fact name="Service"><a href=href>{name}</a></Fact> }
    });
    let incident = it.incident.map(|number| {
        let href = format!("{base}/incidents/INC-{number}");
        let why = format!("{base}/postmortem-triggers?incident=INC-{number}");
        view! {
            <Fact name="Incident"><a href=href>{format!("INC-{number}")}</a></Fact>
            <Fact name="Why it is written"><a href=why>"The five triggers"</a></Fact>
        }
    });
    let from = (!it.imported_from.is_empty()).then(|| {
        let path = it.imported_from.clone();
        view! { <Fact name="From the file"><span class="long">{path}</span></Fact> }
    });
    let by = it.made_by.clone().unwrap_or_else(|| "The command line".to_owned());
    let (made_at, changed_at) = (it.made_at, it.changed_at);
    let reviewed = it.reviewed_at.map(|at| {
        view! { <Fact name="Reviewed"><Time at=at zone=zone shape=TimeShape::Day/></Fact> }
    });
    view! {
        <Facts>
            <Fact name="Happened">{happened}</Fact>
            {service}
            {incident}
            {from}
            <Fact name="Begun">{by}", "<Time at=made_at zone=zone shape=TimeShape::Day/></Fact>
            <Fact name="Changed"><Time at=changed_at zone=zone/></Fact>
            {reviewed}
        </Facts>
    }
}

/// What can be done next, and what it lacks for that.
pub fn next(found: &Found) -> Option<impl IntoView + use<>> {
    let (state, role) = (found.postmortem.state, found.member.role);
    let may = |one: &Move| role == Role::Leader || (role == Role::Engineer && !one.is_for_leaders());
    let moves: Vec<Move> =
        Move::ALL.into_iter().filter(|one| state.after(*one).is_some()).filter(may).collect();
    let lacks: Vec<String> = match state {
        State::InReview | State::Draft => found.lacks().iter().map(|lack| lack.words()).collect(),
        State::Reviewed | State::Closed => Vec::new(),
    };
    let lacking = (!lacks.is_empty()).then(|| {
        let rows: Vec<_> = lacks.into_iter().map(|words| view! { <li>{words}</li> }).collect();
        view! { <div class="stack" data-tight=""><p>"Before it counts as reviewed:"</p><ul>{rows}</ul></div> }
    });
    let waits = (state == State::InReview && role == Role::Engineer && lacking.is_none())
        .then(|| view! { <p>"Nothing is lacking. A leader says that it is reviewed."</p> });
    let is_any = !moves.is_empty() || lacking.is_some();
    let buttons: Vec<_> = moves
        .into_iter()
        .map(|one| view! { <button class="btn" name="move" value=one.as_str()>{one.title()}</button> })
        .collect();
    let form = (!buttons.is_empty()).then(|| {
        view! {
            <form method="post" class="cluster">
                <input type="hidden" name="do" value="move"/>
                {buttons}
            </form>
        }
    });
    is_any.then(|| {
        view! {
            <section class="panel stack no-print" aria-labelledby="next">
                <h2 id="next">"What comes next"</h2>
                {lacking}
                {waits}
                {form}
            </section>
        }
    })
}

/// Earlier ones that are like this one.
pub fn alike(here: &InCircle, around: &Around) -> Option<impl IntoView + use<>> {
    let base = format!("/circles/{}/postmortems", here.member.circle);
    let one = |alike: &Alike| {
        let href = format!("{base}/{}", alike.number);
        let title = format!("{} {}", alike.number, alike.title);
        let words = alike.words.join(", ");
        let promised: Vec<_> = alike
            .promised
            .iter()
            .map(|promise| {
                let words = format!("This was promised in {}: {promise}", alike.number);
                view! { <p><strong>{words}</strong></p> }
            })
            .collect();
        view! { <li><a href=href><bdi>{title}</bdi></a>{promised}<p class="meta">"Both speak of "{words}"."</p></li> }
    };
    let rows: Vec<_> = around.alike.iter().map(one).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight="" aria-labelledby="alike">
                <h2 id="alike">"Like it before"</h2>
                <ul class="stack">{rows}</ul>
            </section>
        }
    })
}

/// Who was at the review.
pub fn people(found: &Found, around: &Around) -> impl IntoView + use<> {
    let names: Vec<_> =
        found.people.iter().map(|(_, name)| view! { <li><bdi>{name.clone()}</bdi></li> }).collect();
    let said = match names.is_empty() {
        true => view! { <p class="meta">"Nobody has said who was there."</p> }.into_any(),
        false => view! { <ul>{names}</ul> }.into_any(),
    };
    let boxes: Vec<_> = around
        .members
        .iter()
        .filter(|member| !member.disabled)
        .map(|member| {
            let checked = found.people.iter().any(|(person, _)| *person == member.person);
            view! {
                <label class="option">
                    <input type="checkbox" name="there" value=member.person.clone() checked=checked/>
                    <span><bdi>{member.name.clone()}</bdi></span>
                </label>
            }
        })
        .collect();
    let form = found.may_write().then(|| {
        view! {
            <details class="no-print">
                <summary>"Say who was there"</summary>
                <form method="post" class="form">
                    <input type="hidden" name="do" value="people"/>
                    <fieldset class="field"><legend>"At the review"</legend>{boxes}</fieldset>
                    <button class="btn">"Save who was there"</button>
                </form>
            </details>
        }
    });
    view! {
        <section class="stack" data-tight="" aria-labelledby="people">
            <h2 id="people">"At the review"</h2>
            {said}
            {form}
        </section>
    }
}

/// The corrective actions, and the forms that make one or say why there is none.
pub fn actions_of(here: &InCircle, found: &Found, around: &Around) -> impl IntoView + use<> {
    let base = format!("/circles/{}/actions", here.member.circle);
    let rows: Vec<_> = found.actions.iter().map(|action| action_row(&base, action)).collect();
    let none = found.postmortem.none_because.clone();
    let said = match (rows.is_empty(), none.is_empty()) {
        (false, _) => view! { <ul class="stack" data-tight="">{rows}</ul> }.into_any(),
        (true, false) => view! { <p>"None, because: "{none}</p> }.into_any(),
        (true, true) => view! { <p class="meta">"None yet."</p> }.into_any(),
    };
    let may_make = works(here);
    let may_say_none = found.may_write() && found.actions.is_empty();
    let because = found.postmortem.none_because.clone();
    let workers = workers_of(around);
    let (is_action, is_none) = (of_form("action").has_problems(), of_form("none").has_problems());
    view! {
        <section class="stack" aria-labelledby="actions">
            <h2 id="actions">"Corrective actions"</h2>
            {said}
            {may_make.then(|| view! {
                <details class="no-print" open=is_action>
                    <summary>"Make an action"</summary>
                    <Provider value=of_form("action")>{move || action_form(None, &workers)}</Provider>
                </details>
            })}
            {may_say_none.then(|| view! {
                <details class="no-print" open=is_none>
                    <summary>"There is none, because"</summary>
                    <Provider value=of_form("none")>{move || none_form(&because)}</Provider>
                </details>
            })}
        </section>
    }
}

fn none_form(because: &str) -> impl IntoView + use<> {
    view! {
        <form method="post" class="form" novalidate>
            <input type="hidden" name="do" value="none"/>
            <TextField name="none_because" label="Why nothing is to be done" value=because.to_owned()/>
            <button class="btn">"Save the reason"</button>
        </form>
    }
}

fn action_row(base: &str, action: &Action) -> impl IntoView + use<> {
    let href = format!("{base}/{}", action.number);
    let title = format!("{} {}", action.number, action.title);
    let owner = action.owner.as_ref().map_or("nobody yet".to_owned(), |owner| owner.name.clone());
    let due = action.done_by.format("%-d %b %Y").to_string();
    let words = match action.state {
        ActionState::Open | ActionState::Reopened => {
            format!("{}, owner: {owner}, due {due}", action.state.title())
        }
        state => format!("{}, owner: {owner}", state.title()),
    };
    view! { <li><a href=href><bdi>{title}</bdi></a><br/><span class="meta">{words}</span></li> }
}

fn workers_of(around: &Around) -> Vec<(String, String)> {
    [(String::new(), "Nobody yet".to_owned())]
        .into_iter()
        .chain(around.workers.iter().map(|one| (one.person.clone(), one.name.clone())))
        .collect()
}

fn action_form(promise: Option<&Promise>, workers: &[(String, String)]) -> impl IntoView + use<> {
    let level = usual_severity().level().to_string();
    let severities = ["1", "2", "3", "4"].map(|level| Pick::new(level, format!("Severity {level}")));
    let title = promise.map(|one| one.words.clone()).unwrap_or_default();
    let hidden = promise.map(|one| {
        view! {
            <input type="hidden" name="line" value=one.line.to_string()/>
            <input type="hidden" name="n" value=one.n.to_string()/>
        }
    });
    view! {
        <form method="post" class="form" novalidate>
            <input type="hidden" name="do" value="action"/>
            {key_field()}
            {hidden}
            <TextField name="title" label="What is to be done" value=title/>
            <SelectField name="owner" label="Owner" picks=picks(workers.to_vec())/>
            <SelectField name="fixes" label="Puts right" picks=picks(Fixes::ALL.iter().map(|one| (one.as_str(), one.title()))) value=Fixes::Process.as_str()/>
            <SelectField name="how" label="How" picks=picks(How::ALL.iter().map(|one| (one.as_str(), one.title()))) value=How::Preventive.as_str()/>
            <SelectField name="severity" label="Severity" picks=severities.to_vec() value=level/>
            <TextField name="assign_by" label="Begun by" kind="date" width="medium" hint="Left empty: what the circle gives this severity."/>
            <TextField name="done_by" label="Done by" kind="date" width="medium"/>
            <button class="btn">"Make the action"</button>
        </form>
    }
}

/// What an imported text promises, with the line it stands on.
pub fn promises(found: &Found) -> Option<impl IntoView + use<>> {
    let circle = found.member.circle.clone();
    let makes = found.member.role != Role::Reader;
    let one = |promise: &Promise| {
        let owner = match promise.owner.as_str() {
            "" => view! { <span class="tag">"Names no owner"</span> }.into_any(),
            owner => view! { <span>"Owner: "<bdi>{owner.to_owned()}</bdi></span> }.into_any(),
        };
        let due = (!promise.due.is_empty()).then(|| format!(", due {}", promise.due));
        let made = match promise.action {
            Some(number) => {
                let href = format!("/circles/{circle}/actions/CA-{number}");
                view! { <a href=href>{format!("CA-{number}")}</a> }.into_any()
            }
            None if makes => make_of(promise).into_any(),
            None => ().into_any(),
        };
        let line = format!(" Line {}.", promise.line);
        view! { <li><bdi>{promise.words.clone()}</bdi><br/><span class="meta">{owner}{due}"."{line}</span>" "{made}</li> }
    };
    let rows: Vec<_> = found.promises.iter().map(one).collect();
    let n_ownerless = found.promises.iter().filter(|one| one.owner.is_empty()).count();
    let truth = match (found.promises.len(), n_ownerless) {
        (n, 0) => format!("{n} of them, each with an owner."),
        (n, m) => format!("{n} of them; {m} name no owner."),
    };
    (!rows.is_empty()).then(|| {
        view! {
            <section class="stack" aria-labelledby="promises">
                <h2 id="promises">"What the file says is to be done"</h2>
                <p>{truth}</p>
                <ul class="stack">{rows}</ul>
            </section>
        }
    })
}

/// One press makes an action of a promise; its owner and days are given there.
fn make_of(promise: &Promise) -> impl IntoView + use<> {
    let title: String = promise.words.chars().take(150).collect();
    let (line, n) = (promise.line.to_string(), promise.n.to_string());
    let level = usual_severity().level().to_string();
    view! {
        <form method="post" class="no-print">
            <input type="hidden" name="do" value="action"/>
            {key_field()}
            <input type="hidden" name="line" value=line/>
            <input type="hidden" name="n" value=n/>
            <input type="hidden" name="title" value=title/>
            <input type="hidden" name="fixes" value=Fixes::Process.as_str()/>
            <input type="hidden" name="how" value=How::Preventive.as_str()/>
            <input type="hidden" name="severity" value=level/>
            <button class="btn small">"Make an action of it"</button>
        </form>
    }
}

/// The file as it was read.
pub fn original(found: &Found) -> Option<impl IntoView + use<>> {
    let words = found.original.clone();
    let html = crate::markdown::blocks(&words, crate::markdown::Images::None);
    (!words.is_empty()).then(|| {
        view! {
            <section class="stack" aria-labelledby="original">
                <h2 id="original">"The file as it was brought in"</h2>
                <div class="prose" inner_html=html></div>
            </section>
        }
    })
}

pub fn history(found: &Found, zone: Tz) -> impl IntoView + use<> {
    let rows: Vec<_> = found
        .events
        .iter()
        .rev()
        .map(|event| {
            let by = event.person.clone().unwrap_or_else(|| "The command line".to_owned());
            let (words, at) = (event.words.clone(), event.happened_at);
            view! { <li><Time at=at zone=zone/>" "<bdi>{by}</bdi>" "{words}</li> }
        })
        .collect();
    view! {
        <details class="no-print">
            <summary>"What has happened to it"</summary>
            <ol class="stack" data-tight="" reversed=true>{rows}</ol>
        </details>
    }
}
