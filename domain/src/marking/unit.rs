//! Units after a number, and which of them can be converted.

use unicode_normalization::UnicodeNormalization;

/// What a number in the unit `typed` is multiplied by to be one in the key's
/// unit; `None` where it cannot be.
pub(super) fn factor(typed: &str, key: Option<&str>) -> Option<f64> {
    match key {
        _ if typed.is_empty() => Some(1.0),
        None => is_word(typed).then_some(1.0),
        Some(key) => convert(&fold(typed), &fold(key)),
    }
}

fn is_word(text: &str) -> bool {
    let can_stand_in_a_word = |c: char| !c.is_whitespace() && !c.is_ascii_digit();
    text.chars().all(can_stand_in_a_word) && text.chars().any(|c| c.is_alphabetic() || c == '%')
}

/// Case does not tell units apart: `KB`, `Sec` and `MS` are typed in haste, and
/// no two of the units known here differ only in it.
fn fold(unit: &str) -> String {
    unit.nfkc().flat_map(char::to_lowercase).collect()
}

fn convert(from: &str, to: &str) -> Option<f64> {
    if from == to {
        return Some(1.0);
    }
    let (from, to) = (Unit::find(from)?, Unit::find(to)?);
    (from.measures == to.measures).then(|| from.size / to.size)
}

/// A unit that can be converted, under all its names in lower case.
struct Unit {
    measures: Measure,
    /// In the smallest unit of what it measures.
    size: f64,
    names: &'static [&'static str],
}

#[derive(PartialEq)]
enum Measure {
    /// In nanoseconds.
    Time,
    /// In bytes.
    Size,
    Proportion,
}

impl Unit {
    fn find(name: &str) -> Option<&'static Unit> {
        UNITS.iter().find(|unit| unit.names.contains(&name))
    }

    const fn time(size: f64, names: &'static [&'static str]) -> Unit {
        Unit { measures: Measure::Time, size, names }
    }

    const fn size(size: f64, names: &'static [&'static str]) -> Unit {
        Unit { measures: Measure::Size, size, names }
    }
}

/// `m` is a minute, as in Prometheus and Go.
static UNITS: [Unit; 18] = [
    Unit::time(1.0, &["ns"]),
    Unit::time(1e3, &["us", "μs"]),
    Unit::time(1e6, &["ms", "millisecond", "milliseconds"]),
    Unit::time(1e9, &["s", "sec", "secs", "second", "seconds"]),
    Unit::time(60e9, &["min", "m", "mins", "minute", "minutes"]),
    Unit::time(3_600e9, &["h", "hr", "hrs", "hour", "hours"]),
    Unit::time(86_400e9, &["d", "day", "days"]),
    Unit::time(604_800e9, &["w", "week", "weeks"]),
    Unit::size(1.0, &["b", "byte", "bytes"]),
    Unit::size(1e3, &["kb"]),
    Unit::size(1e6, &["mb"]),
    Unit::size(1e9, &["gb"]),
    Unit::size(1e12, &["tb"]),
    Unit::size(1024.0, &["kib"]),
    Unit::size(1_048_576.0, &["mib"]),
    Unit::size(1_073_741_824.0, &["gib"]),
    Unit::size(1_099_511_627_776.0, &["tib"]),
    Unit { measures: Measure::Proportion, size: 1.0, names: &["%", "percent"] },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_for_two_units() {
        let mut names: Vec<&str> = UNITS.iter().flat_map(|unit| unit.names).copied().collect();
        let n_names = names.len();
        names.sort_unstable();
        names.dedup();

        assert_eq!(names.len(), n_names);
        assert!(names.iter().all(|name| fold(name) == *name));
    }
}
