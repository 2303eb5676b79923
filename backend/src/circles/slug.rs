//! Short names for addresses, made from names.

/// Slugs to try in turn: of the name, then with -2, -3 and so on.
pub(super) fn candidates(name: &str) -> impl Iterator<Item = String> {
    let slug = slug(name);
    let first = (!RESERVED.contains(&slug.as_str())).then(|| slug.clone());
    first.into_iter().chain((2..1000).map(move |n| format!("{slug}-{n}")))
}

/// A page has this address.
const RESERVED: [&str; 1] = ["new"];

/// A slug's characters, before a number.
const AT_MOST: usize = 40;

fn slug(name: &str) -> String {
    let folded = fold(&name.to_lowercase());
    let mut slug = String::new();
    for word in folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(word);
    }
    slug.truncate(AT_MOST);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "circle".to_owned() } else { slug.to_owned() }
}

/// What a Latin letter with a mark is without it; other scripts end a word.
const FOLDS: [(&str, &str); 21] = [
    ("àáâãäåāăą", "a"),
    ("æ", "ae"),
    ("çćĉċč", "c"),
    ("ďđð", "d"),
    ("èéêëēĕėęě", "e"),
    ("ĝğġģ", "g"),
    ("ĥħ", "h"),
    ("ìíîïĩīĭįı", "i"),
    ("ĵ", "j"),
    ("ķ", "k"),
    ("ĺļľŀł", "l"),
    ("ñńņň", "n"),
    ("òóôõöøōŏőœ", "o"),
    ("ŕŗř", "r"),
    ("śŝşšș", "s"),
    ("ß", "ss"),
    ("ţťŧțþ", "t"),
    ("ùúûüũūŭůűų", "u"),
    ("ŵ", "w"),
    ("ýÿŷ", "y"),
    ("źżž", "z"),
];

fn fold(text: &str) -> String {
    let mut folded = String::new();
    for c in text.chars() {
        match FOLDS.iter().find(|(letters, _)| letters.contains(c)) {
            Some((_, ascii)) => folded.push_str(ascii),
            None => folded.push(c),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_short_plain_and_never_empty() {
        let cases = [
            ("Orders", "orders"),
            ("  Orders & Returns, 2nd ", "orders-returns-2nd"),
            ("Übergröße São João", "ubergrosse-sao-joao"),
            ("ÆØÅ", "aeoa"),
            ("山田", "circle"),
            ("山田 team", "team"),
            ("../etc/passwd", "etc-passwd"),
        ];
        for (name, expected) in cases {
            assert_eq!(slug(name), expected, "{name}");
        }
        assert_eq!(slug(&"long name ".repeat(10)), "long-name-long-name-long-name-long-name");
    }

    #[test]
    fn the_next_of_a_name_gets_a_number_and_no_circle_takes_a_pages_place() {
        let first_two = |name| candidates(name).take(2).collect::<Vec<_>>();
        assert_eq!(first_two("Orders"), ["orders", "orders-2"]);
        assert_eq!(first_two("New"), ["new-2", "new-3"]);
    }
}
