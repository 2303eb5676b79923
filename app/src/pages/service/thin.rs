//! Where a bank is thin, in words.

use domain::coverage::{ROW_OF_A_TEST, ThinSpot};
use domain::question::Topic;

/// Each topic with what it lacks: Monitoring, "no level 1 or 3".
pub fn thin_words(spots: &[ThinSpot]) -> Vec<(Topic, String)> {
    let of = |topic: Topic| {
        let mut missing = Vec::new();
        for spot in spots {
            match *spot {
                ThinSpot::TooFew { topic: of, n_ready } if of == topic => return Some(too_few(n_ready)),
                ThinSpot::NoLevel { topic: of, level } if of == topic => {
                    missing.push(level.get().to_string());
                }
                _ => {}
            }
        }
        (!missing.is_empty()).then(|| format!("no level {}", missing.join(" or ")))
    };
    Topic::ALL.into_iter().filter_map(|topic| Some((topic, of(topic)?))).collect()
}

fn too_few(n_ready: u32) -> String {
    match n_ready {
        0 => "no ready question".to_owned(),
        n => format!("{n} ready, a test asks about {ROW_OF_A_TEST}"),
    }
}

#[cfg(test)]
mod tests {
    use domain::question::Level;

    use super::*;

    #[test]
    fn a_topic_is_named_once_with_all_that_it_lacks() {
        let level = |n: u8| Level::try_from(n).unwrap();
        let spots = [
            ThinSpot::TooFew { topic: Topic::Process, n_ready: 0 },
            ThinSpot::TooFew { topic: Topic::Architecture, n_ready: 4 },
            ThinSpot::NoLevel { topic: Topic::Monitoring, level: level(1) },
            ThinSpot::NoLevel { topic: Topic::Monitoring, level: level(3) },
        ];

        assert_eq!(
            thin_words(&spots),
            [
                (Topic::Process, "no ready question".to_owned()),
                (Topic::Architecture, "4 ready, a test asks about 5".to_owned()),
                (Topic::Monitoring, "no level 1 or 3".to_owned()),
            ]
        );
        assert_eq!(thin_words(&[]), []);
    }
}
