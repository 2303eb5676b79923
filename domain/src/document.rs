//! The documents that a service should have, and what one lacks.
//!
//! How old something may become is a default of the house: the same for every
//! circle, and said beside the state on the page.

/// What a document is about. A service has at most one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    InfrastructureMap,
    Hosts,
    ConnectionMatrix,
    NetworkConfiguration,
    Commands,
    Backups,
    HaTests,
    Postmortems,
}

impl Kind {
    pub const ALL: [Kind; 8] = [
        Kind::InfrastructureMap,
        Kind::Hosts,
        Kind::ConnectionMatrix,
        Kind::NetworkConfiguration,
        Kind::Commands,
        Kind::Backups,
        Kind::HaTests,
        Kind::Postmortems,
    ];

    /// As it is stored, and stands in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::InfrastructureMap => "infrastructure-map",
            Kind::Hosts => "hosts",
            Kind::ConnectionMatrix => "connection-matrix",
            Kind::NetworkConfiguration => "network-configuration",
            Kind::Commands => "commands",
            Kind::Backups => "backups",
            Kind::HaTests => "ha-tests",
            Kind::Postmortems => "postmortems",
        }
    }

    pub fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    pub fn title(self) -> &'static str {
        match self {
            Kind::InfrastructureMap => "Infrastructure map",
            Kind::Hosts => "Hosts",
            Kind::ConnectionMatrix => "Connection matrix",
            Kind::NetworkConfiguration => "Network configuration",
            Kind::Commands => "Commands",
            Kind::Backups => "Backups",
            Kind::HaTests => "High availability tests",
            Kind::Postmortems => "Postmortems",
        }
    }

    /// What belongs into it.
    pub fn asks_for(self) -> &'static str {
        match self {
            Kind::InfrastructureMap => "What runs where, and what depends on what.",
            Kind::Hosts => "Every host with its role, and how one gets onto it.",
            Kind::ConnectionMatrix => "Who talks to whom: source, target, port, protocol.",
            Kind::NetworkConfiguration => "Addresses, names, routes, firewalls and load balancers.",
            Kind::Commands => "What one types at night: look, stop, start, fail over.",
            Kind::Backups => "Where they are, how old they may be, and how one restores from them.",
            Kind::HaTests => "Reports of failovers that were tried, with what happened.",
            Kind::Postmortems => "Where those are that were written before, or elsewhere.",
        }
    }

    /// What is tried out from time to time, where a text is not enough: a backup
    /// that nobody has restored from is a hope.
    pub fn trial(self) -> Option<Trial> {
        match self {
            Kind::Backups => Some(Trial { title: "Last restore test", days: RESTORE_TEST_DAYS }),
            Kind::HaTests => Some(Trial { title: "Last failover test", days: HA_TEST_DAYS }),
            _ => None,
        }
    }
}

/// What has to be tried out, and how many days the last time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trial {
    pub title: &'static str,
    pub days: i64,
}

/// So many days a document counts as checked: half a year.
pub const CHECK_DAYS: i64 = 180;

/// So many days the last restore counts: a quarter of a year.
pub const RESTORE_TEST_DAYS: i64 = 90;

/// So many days the last failover test counts: half a year.
pub const HA_TEST_DAYS: i64 = 180;

/// How old a document is, in whole days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    /// Since somebody wrote it, or looked whether it is still true.
    pub checked: i64,
    /// Since it was tried out; `None`: never, as far as it says.
    pub tried: Option<i64>,
}

/// What a document lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    Missing,
    /// Nobody has looked at it for so many days.
    NotChecked(i64),
    NeverTried(Trial),
    /// The last trial was so many days ago.
    TriedLongAgo(Trial, i64),
}

/// What a document of a kind lacks; `None`: there is none. The worst first.
pub fn lacks(kind: Kind, ages: Option<Ages>) -> Vec<Lack> {
    let Some(ages) = ages else { return vec![Lack::Missing] };
    let trial = kind.trial().and_then(|trial| match ages.tried {
        None => Some(Lack::NeverTried(trial)),
        Some(days) if days > trial.days => Some(Lack::TriedLongAgo(trial, days)),
        Some(_) => None,
    });
    let check = (ages.checked > CHECK_DAYS).then_some(Lack::NotChecked(ages.checked));
    trial.into_iter().chain(check).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ages(checked: i64, tried: Option<i64>) -> Option<Ages> {
        Some(Ages { checked, tried })
    }

    #[test]
    fn every_kind_reads_back_from_its_word() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(Kind::parse("recipes"), None);
    }

    #[test]
    fn a_document_is_missing_old_or_in_order() {
        assert_eq!(lacks(Kind::Hosts, None), [Lack::Missing]);
        assert_eq!(lacks(Kind::Hosts, ages(180, None)), []);
        assert_eq!(lacks(Kind::Hosts, ages(181, None)), [Lack::NotChecked(181)]);
    }

    #[test]
    fn a_backup_that_nobody_has_restored_from_is_not_in_order() {
        let restore = Kind::Backups.trial().unwrap();
        assert_eq!(lacks(Kind::Backups, ages(0, None)), [Lack::NeverTried(restore)]);
        assert_eq!(lacks(Kind::Backups, ages(0, Some(90))), []);
        assert_eq!(
            lacks(Kind::Backups, ages(200, Some(91))),
            [Lack::TriedLongAgo(restore, 91), Lack::NotChecked(200)]
        );
        assert_eq!(lacks(Kind::HaTests, ages(0, Some(91))), []);
    }
}
