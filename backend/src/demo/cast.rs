//! Who is in the demo circle. Every name is made up.

use chrono::{DateTime, Utc};
use domain::people::Role::{self, Engineer, Leader, Reader};
use sqlx::query;

use super::engineer::Traits;
use crate::circles;
use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;

/// The mail of everybody in the demo ends so. Nothing is ever sent there: the
/// domain `.invalid` belongs to nobody (RFC 2606).
pub(super) const MAIL: &str = "@demo.invalid";

/// Somebody of the demo.
#[derive(Debug, Clone)]
pub(super) struct Actor {
    pub who: Who,
    pub traits: Traits,
}

const fn able(topics: [f64; 4]) -> Traits {
    Traits { topics, service: ("", 0.0), boldness: 0.12, voice: 0 }
}

const fn in_service(topics: [f64; 4], service: &'static str, more: f64) -> Traits {
    Traits { topics, service: (service, more), boldness: 0.12, voice: 0 }
}

/// Name, role, and what they can: process, architecture, troubleshooting,
/// monitoring.
const CAST: [(&str, Role, Traits); 16] = [
    ("Lena Okafor", Leader, able([2.5, 2.5, 2.5, 2.5])),
    ("Magnus Solberg", Leader, able([2.5, 2.5, 2.5, 2.5])),
    ("Ada Brown", Engineer, able([3.4, 3.2, 2.8, 3.0])),
    ("Bo Lindqvist", Engineer, in_service([2.8, 2.4, 0.2, 2.2], "orders-db", 1.2)),
    ("Chiara Russo", Engineer, in_service([2.8, 2.6, 2.2, -0.2], "orders-db", 1.0)),
    ("Deniz Aydın", Engineer, able([-0.3, 2.6, 2.8, 2.4])),
    ("Emeka Obi", Engineer, in_service([1.0, 0.6, 0.4, 0.8], "event-stream", 1.0)),
    ("Femke de Vries", Engineer, in_service([2.6, 2.8, 2.4, 2.8], "event-stream", -2.4)),
    (
        "Hiroshi Tanaka",
        Engineer,
        Traits { topics: [2.0, 1.0, 2.6, 1.2], service: ("http-edge", 0.6), boldness: 0.7, voice: 0 },
    ),
    ("Ingrid Haugen", Engineer, in_service([2.4, 1.8, 2.0, 2.2], "platform-k8s", -0.6)),
    ("João Pereira", Engineer, able([2.2, 0.2, 2.0, 2.6])),
    ("Katarzyna Wójcik", Engineer, able([2.6, 2.2, 2.6, 1.8])),
    ("Mateo Álvarez", Engineer, in_service([2.2, 2.4, 1.6, 2.4], "platform-k8s", 1.0)),
    ("Priya Raman", Engineer, able([4.6, 4.4, 4.6, 4.4])),
    ("Tomáš Novák", Engineer, able([1.6, 2.0, 1.2, 1.4])),
    ("Grace Mbeki", Reader, able([0.0, 0.0, 0.0, 0.0])),
];

const ADD_CIRCLE: &str = "
    INSERT INTO circles (slug, name, time_zone, is_demo, created_at)
    VALUES ($1, 'Demo team', 'Europe/Rome', TRUE, $2)
    ON CONFLICT (slug) DO NOTHING";

const ADD_PERSON: &str = "
    INSERT INTO people (id, email, name, password_hash, administrator, time_zone, epoch, disabled_at, created_at)
    VALUES ($1, $2, $3, NULL, FALSE, NULL, 0, NULL, $4)";

/// Makes the circle and its people, and nothing that they did; returns the
/// circle's slug. No use case makes people out of nothing: they are invited.
pub(super) async fn assemble(db: &Db, at: DateTime<Utc>) -> Result<(String, Vec<Actor>)> {
    let mut tx = db.begin().await?;
    let circle = add_circle(&mut tx, at).await?;
    let mut cast = Vec::with_capacity(CAST.len());
    for (voice, (name, role, traits)) in CAST.into_iter().enumerate() {
        let who = add_person(&mut tx, name, at).await?;
        circles::join(&mut tx, &circle, &who.person, role, at).await?;
        cast.push(Actor { who, traits: Traits { voice, ..traits } });
    }
    commit(tx).await?;
    Ok((circle, cast))
}

/// The first of demo, demo-2, … that no real circle has taken.
async fn add_circle(tx: &mut Tx, at: DateTime<Utc>) -> Result<String> {
    let more = (2..100).map(|n| format!("demo-{n}"));
    for slug in std::iter::once("demo".to_owned()).chain(more) {
        let n_added = on!(&mut *tx, |tx| query(ADD_CIRCLE)
            .bind(&slug)
            .bind(stored(at))
            .execute(&mut **tx)
            .await?
            .rows_affected());
        if n_added == 1 {
            return Ok(slug);
        }
    }
    Err(Error::refused("", "Too many circles are called demo."))
}

async fn add_person(tx: &mut Tx, name: &str, at: DateTime<Utc>) -> Result<Who> {
    let id = new_id();
    let email = mail(name, &id);
    on!(tx, |tx| query(ADD_PERSON)
        .bind(&id)
        .bind(&email)
        .bind(name)
        .bind(stored(at))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    Ok(Who::new(id, name.to_owned(), email, false, None))
}

/// An address that tells whose it is, and that nobody had before: somebody of
/// an earlier demo may have been taken into a real circle.
fn mail(name: &str, id: &str) -> String {
    let plain: String = name.to_lowercase().chars().filter_map(plain).collect();
    format!("{plain}.{}{MAIL}", &id[id.len() - 6..])
}

fn plain(letter: char) -> Option<char> {
    match letter {
        ' ' => Some('.'),
        'á' | 'ã' => Some('a'),
        'ı' => Some('i'),
        'ó' => Some('o'),
        'š' => Some('s'),
        letter => letter.is_ascii_alphabetic().then_some(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_an_address_that_reads_like_the_name() {
        let id = "0198c7a2-0000-7000-8000-00000012ab3f";
        assert_eq!(mail("Tomáš Novák", id), "tomas.novak.12ab3f@demo.invalid");
        for (name, _, _) in CAST {
            let n_letters = mail(name, id).split(".12ab3f").next().unwrap_or_default().len();
            assert_eq!(n_letters, name.chars().count(), "{name}");
        }
    }
}
