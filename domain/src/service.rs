//! What a service is to the team that keeps it alive.

/// How much hangs on a service. What must be drilled and documented first is
/// told by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Criticality {
    Critical,
    High,
    Medium,
    Low,
}

impl Criticality {
    /// The most critical first.
    pub const ALL: [Criticality; 4] =
        [Criticality::Critical, Criticality::High, Criticality::Medium, Criticality::Low];

    /// As it is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Criticality::Critical => "critical",
            Criticality::High => "high",
            Criticality::Medium => "medium",
            Criticality::Low => "low",
        }
    }

    pub fn parse(word: &str) -> Option<Criticality> {
        Criticality::ALL.into_iter().find(|one| one.as_str() == word)
    }

    pub fn title(self) -> &'static str {
        match self {
            Criticality::Critical => "Critical",
            Criticality::High => "High",
            Criticality::Medium => "Medium",
            Criticality::Low => "Low",
        }
    }

    /// What an hour without the service means.
    pub fn meaning(self) -> &'static str {
        match self {
            Criticality::Critical => "Without it the customer stands still",
            Criticality::High => "Without it much is slow, missing or at risk",
            Criticality::Medium => "The customer notices, and can wait until the morning",
            Criticality::Low => "Hardly anybody notices for days",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_criticality_reads_back_from_its_word() {
        for one in Criticality::ALL {
            assert_eq!(Criticality::parse(one.as_str()), Some(one));
        }
        assert_eq!(Criticality::parse("vital"), None);
        assert_eq!(Criticality::parse(""), None);
    }

    #[test]
    fn the_most_critical_sorts_first() {
        assert!(Criticality::ALL.is_sorted());
    }
}
