//! How the scores of a round lie: a length for each tenth, with the figures
//! beside it.

use domain::item_analysis::words as known;
use domain::marking::Score;
use domain::reliability::TestFigures;
use domain::results::Band;
use domain::test::Percent;
use leptos::prelude::*;

use super::words::{figure, from_enough, meanings, share};
use crate::components::{Fact, Facts, Scroll};

/// The scores, without names.
pub fn scores(bands: &[Band], scores: &[Score], cut: Percent, test: &TestFigures) -> AnyView {
    let n = u32::try_from(scores.len()).unwrap_or(u32::MAX);
    let n_reached = scores.iter().filter(|score| score.reaches(cut)).count();
    let heading = format!("{n_reached} of {n} attempts reached the cut of {} %", cut.get());
    let most = bands.iter().map(|band| band.n).max().unwrap_or(0);
    let rows: Vec<_> = bands.iter().rev().map(|band| row(*band, most, cut)).collect();
    view! {
        <section class="stack" data-tight="" aria-labelledby="scores">
            <h2 id="scores">{heading}</h2>
            <p class="meta">"How many attempts earned how much of their marks, without names."</p>
            <Scroll name="Scores">
                <table class="figures">
                    <caption class="vh">"How many attempts earned how much, the highest first"</caption>
                    <thead><tr>
                        <th scope="col">"Score"</th>
                        <th scope="col"><span class="vh">"Length"</span></th>
                        <th scope="col" class="num">"Attempts"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </Scroll>
            {whole(n, test)}
        </section>
    }
    .into_any()
}

fn row(band: Band, most: u32, cut: Percent) -> impl IntoView {
    let width = f64::from(band.n) / f64::from(most.max(1)) * 100.0;
    let holds_cut = (band.from..=band.to).contains(&cut.get()).then(|| {
        view! { <span class="meta">{format!(" cut at {} %", cut.get())}</span> }
    });
    let class = if band.from >= cut.get() { "key" } else { "rest" };
    view! {
        <tr>
            <th scope="row"><span class="nowrap">{format!("{}–{} %", band.from, band.to)}</span>{holds_cut}</th>
            <td class="plot">
                <svg width="100%" height="14" aria-hidden="true">
                    <rect class=class width=format!("{width:.1}%") height="14" rx="2"></rect>
                </svg>
            </td>
            <td class="num">{band.n}</td>
        </tr>
    }
}

/// What is said of the test as a whole.
fn whole(n: u32, test: &TestFigures) -> impl IntoView + use<> {
    let (mean, median, sd) = (share(test.mean), share(test.median), share(test.sd));
    let alpha = from_enough(n, || figure(test.alpha));
    let sem = from_enough(n, || share(test.sem));
    let all = [known::MEAN, known::MEDIAN, known::TEST_SD, known::ALPHA, known::SEM];
    let all = all.into_iter().map(|one| (one.name, one.meaning.to_owned())).collect();
    view! {
        <Facts>
            <Fact name="Attempts">{n}</Fact>
            <Fact name=known::MEAN.name>{mean}</Fact>
            <Fact name=known::MEDIAN.name>{median}</Fact>
            <Fact name=known::TEST_SD.name>{sd}</Fact>
            <Fact name=known::ALPHA.name>{alpha}</Fact>
            <Fact name=known::SEM.name>{sem}</Fact>
        </Facts>
        {meanings("the test as a whole", all)}
    }
}
