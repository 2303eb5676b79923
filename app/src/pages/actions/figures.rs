//! How old the unfinished actions are, and how many are made and done month by
//! month. Every length stands beside its number.

use backend::actions::{Action, Actions};
use domain::action::{Age, Flow, Month, ageing, throughput};
use leptos::prelude::*;

use crate::components::Scroll;

/// For how many months one looks back.
const MONTHS: u32 = 6;

/// Both tables, for the actions that the filters leave.
pub fn figures(all: &Actions, rows: &[&Action]) -> AnyView {
    let flows: Vec<Flow> = rows.iter().map(|action| action.flow(&all.member)).collect();
    view! {
        {ages(&ageing(&flows, all.today))}
        {months(&throughput(&flows, all.today, MONTHS))}
    }
    .into_any()
}

fn ages(ages: &[Age]) -> impl IntoView + use<> {
    let (n, n_late) = (sum(ages, |age| age.n), sum(ages, |age| age.n_late));
    let heading = match n {
        0 => "Nothing is left to do".to_owned(),
        1 => format!("1 action is not finished, {n_late} late"),
        _ => format!("{n} actions are not finished, {n_late} of them late"),
    };
    let most = ages.iter().map(|age| age.n).max().unwrap_or(0);
    let rows: Vec<_> = ages.iter().map(|age| age_row(age, most)).collect();
    view! {
        <section class="stack" data-tight="" aria-labelledby="ageing">
            <h2 id="ageing">{heading}</h2>
            <p class="meta">
                "By the days since they were made. Late are those past the day they should have been done by: the squared part."
            </p>
            <Scroll name="Ages">
                <table class="figures">
                    <caption class="vh">"How old unfinished actions are"</caption>
                    <thead><tr>
                        <th scope="col">"Age"</th>
                        <th scope="col"><span class="vh">"Length"</span></th>
                        <th scope="col" class="num">"In time"</th>
                        <th scope="col" class="num">"Late"</th>
                        <th scope="col" class="num">"All"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </Scroll>
        </section>
    }
}

fn age_row(age: &Age, most: u32) -> impl IntoView + use<> {
    let in_time = age.n - age.n_late;
    view! {
        <tr>
            <th scope="row">{age.words}</th>
            <td class="plot">{bar(in_time, age.n_late, most)}</td>
            <td class="num">{in_time}</td>
            <td class="num">{age.n_late}</td>
            <td class="num">{age.n}</td>
        </tr>
    }
}

fn months(months: &[Month]) -> impl IntoView + use<> {
    let (n_made, n_done) =
        (sum(months, |month| month.n_made), sum(months, |month| month.n_in_time + month.n_late));
    let heading = format!("In {} months {n_made} were made and {n_done} done", months.len());
    let most = months.iter().map(|month| month.n_in_time + month.n_late).max().unwrap_or(0);
    let rows: Vec<_> = months.iter().rev().map(|month| month_row(month, most)).collect();
    view! {
        <section class="stack" data-tight="" aria-labelledby="throughput">
            <h2 id="throughput">{heading}</h2>
            <p class="meta">
                "Done counts in the month in which a leader called it done, and is in time up to the day it should have \
                 been done by. The squared part of a bar was late."
            </p>
            <Scroll name="Months">
                <table class="figures">
                    <caption class="vh">"Actions made and done by month, the newest first"</caption>
                    <thead><tr>
                        <th scope="col">"Month"</th>
                        <th scope="col"><span class="vh">"Length of what was done"</span></th>
                        <th scope="col" class="num">"Made"</th>
                        <th scope="col" class="num">"Done in time"</th>
                        <th scope="col" class="num">"Done late"</th>
                        <th scope="col" class="num">"Won't do"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </Scroll>
        </section>
    }
}

fn month_row(month: &Month, most: u32) -> impl IntoView + use<> {
    view! {
        <tr>
            <th scope="row">{month.first.format("%b %Y").to_string()}</th>
            <td class="plot">{bar(month.n_in_time, month.n_late, most)}</td>
            <td class="num">{month.n_made}</td>
            <td class="num">{month.n_in_time}</td>
            <td class="num">{month.n_late}</td>
            <td class="num">{month.n_wont_do}</td>
        </tr>
    }
}

fn sum<T>(rows: &[T], of: fn(&T) -> u32) -> u32 {
    rows.iter().map(of).sum()
}

/// Two lengths one after the other, of the longest bar there is.
fn bar(first: u32, second: u32, most: u32) -> impl IntoView {
    let part = |n: u32| f64::from(n) / f64::from(most.max(1)) * 100.0;
    let (first, second) = (part(first), part(second));
    view! {
        <svg width="100%" height="14" aria-hidden="true">
            <rect class="rest" width=format!("{first:.1}%") height="14" rx="2"></rect>
            <rect class="flag" x=format!("{first:.1}%") width=format!("{second:.1}%") height="14"></rect>
        </svg>
    }
}
