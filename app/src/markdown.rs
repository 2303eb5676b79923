//! Markdown of people, made safe to show.
//!
//! Raw HTML is shown as text, addresses are limited to the web and mail, and
//! images come from our own route only.

use ammonia::Builder;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// The longest text that is rendered, in bytes.
const TEXT_LIMIT: usize = 64 * 1024;

/// The longest page that comes of it: a small table can grow a thousandfold.
const HTML_LIMIT: usize = 512 * 1024;

/// Where the images of a text are served; an image is named as it is written.
#[derive(Clone, Copy, Debug)]
pub enum Images<'a> {
    None,
    /// `/circles/C/images/SERVICE/TOPIC/SLUG/VERSION?name=`
    Of {
        circle: &'a str,
        question: &'a str,
        version: &'a str,
    },
}

impl Images<'_> {
    fn address(self, name: &str) -> Option<String> {
        match self {
            Images::Of { circle, question, version } => Some(format!(
                "/circles/{circle}/images/{question}/{version}?name={}",
                crate::shell::encode(name)
            )),
            Images::None => None,
        }
    }
}

/// Blocks of Markdown as HTML.
pub fn blocks(text: &str, images: Images<'_>) -> String {
    let of = match images {
        Images::None => ["blocks", "", "", ""],
        Images::Of { circle, question, version } => ["blocks", circle, question, version],
    };
    rendered(text, of, || html_of(events(text, images)))
}

/// Blocks of Markdown as HTML, each heading with the anchor by which a source
/// names it (`domain::source`).
pub fn chapters(text: &str, under: Under) -> String {
    let level = match under {
        Under::H1 => "h1",
        Under::H2 => "h2",
    };
    rendered(text, ["chapters", level, "", ""], || {
        let mut events: Vec<Event<'_>> = events(text, Images::None).collect();
        for n in 0..events.len() {
            let (before, after) = events.split_at_mut(n + 1);
            if let Event::End(TagEnd::Heading(level)) = &mut before[n] {
                *level = under.heading(*level);
            }
            if let Event::Start(Tag::Heading { level, id, .. }) = &mut before[n] {
                *level = under.heading(*level);
                let words = after.iter().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
                let words = words.filter_map(|event| match event {
                    Event::Text(words) | Event::Code(words) => Some(words.as_ref()),
                    _ => None,
                });
                let anchor = domain::source::anchor(&words.collect::<String>());
                *id = (!anchor.is_empty()).then(|| anchor.into());
            }
        }
        html_of(events.into_iter())
    })
}

/// The heading of the page that a text stands under.
#[derive(Clone, Copy, Debug)]
pub enum Under {
    H1,
    H2,
}

impl Under {
    /// The level of a heading, from the one that it has below an `h2`.
    fn heading(self, level: HeadingLevel) -> HeadingLevel {
        match (self, level) {
            (Under::H2, level) => level,
            (Under::H1, HeadingLevel::H3) => HeadingLevel::H2,
            (Under::H1, HeadingLevel::H4) => HeadingLevel::H3,
            (Under::H1, HeadingLevel::H5) => HeadingLevel::H4,
            (Under::H1, _) => HeadingLevel::H5,
        }
    }
}

/// What was made of a text, from memory where it was asked for before. What is
/// made of it depends on `of` besides.
fn shown_before(text: &str, of: [&str; 4], make: impl FnOnce() -> String) -> String {
    let mut key = String::with_capacity(text.len() + 128);
    for part in of {
        key.push_str(part);
        key.push('\0');
    }
    key.push_str(text);
    if let Some(shown) = lock_shown().texts.get(&key) {
        return shown.to_string();
    }
    let shown = make();
    lock_shown().keep(key, &shown);
    shown
}

/// Past the limit no text is rendered.
fn rendered(text: &str, of: [&str; 4], make: impl FnOnce() -> String) -> String {
    if text.len() > TEXT_LIMIT { too_long() } else { shown_before(text, of, make) }
}

fn html_of<'t>(events: impl Iterator<Item = Event<'t>>) -> String {
    let mut page = String::new();
    html::push_html(&mut page, events);
    clean(page)
}

/// What was made of texts before: the same questions are shown again and again,
/// and to clean one takes longer than all the rest of its page.
#[derive(Default)]
struct Shown {
    texts: HashMap<String, Arc<str>>,
    n_bytes: usize,
}

/// More than the banks of an installation; past it everything is forgotten.
const SHOWN_LIMIT: usize = 8 * 1024 * 1024;

static SHOWN: LazyLock<Mutex<Shown>> = LazyLock::new(Mutex::default);

fn lock_shown() -> std::sync::MutexGuard<'static, Shown> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shown {
    fn keep(&mut self, key: String, shown: &str) {
        let n_bytes = key.len() + shown.len();
        if self.n_bytes + n_bytes > SHOWN_LIMIT {
            *self = Shown::default();
        }
        self.n_bytes += n_bytes;
        self.texts.insert(key, shown.into());
    }
}

/// One paragraph of Markdown without its `<p>`; for choices and cells.
pub fn inline(text: &str, images: Images<'_>) -> String {
    let html = blocks(text, images);
    let trimmed = html.trim();
    match trimmed.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>")) {
        Some(inner) if !inner.contains("<p>") => inner.to_owned(),
        _ => trimmed.to_owned(),
    }
}

/// The text of Markdown without its marks; for titles and lists.
pub fn plain(text: &str) -> String {
    shown_before(text, ["plain", "", "", ""], || plain_of(text))
}

fn plain_of(text: &str) -> String {
    let mut words = String::new();
    for event in Parser::new_ext(text, options()) {
        match event {
            Event::Text(part) | Event::Code(part) => words.push_str(&part),
            Event::SoftBreak
            | Event::HardBreak
            | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell) => words.push(' '),
            _ => {}
        }
    }
    words.trim().to_owned()
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH
}

fn events<'t>(text: &'t str, images: Images<'t>) -> impl Iterator<Item = Event<'t>> {
    Parser::new_ext(text, options()).map(move |event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => match folds(&raw) {
            Some(folds) => Event::Html(folds.into()),
            None => Event::Text(raw),
        },
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => Event::Start(Tag::Image {
            link_type,
            dest_url: images.address(&dest_url).map_or(CowStr::Borrowed(""), CowStr::from),
            title,
            id,
        }),
        // A page has one h1, and it is not the text's.
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: lower(level), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
        other => other,
    })
}

/// Raw HTML in which a part of a text is folded away, as runbooks do: that alone
/// is let through, and what stands between is text. `None`: it folds nothing.
fn folds(raw: &str) -> Option<String> {
    const TAGS: [&str; 5] = ["<details>", "<details open>", "</details>", "<summary>", "</summary>"];
    let (mut html, mut rest) = (String::new(), raw);
    while let Some((at, tag)) =
        TAGS.iter().filter_map(|tag| Some((rest.find(tag)?, *tag))).min_by_key(|(at, _)| *at)
    {
        html.push_str(&escaped(&rest[..at]));
        html.push_str(tag);
        rest = &rest[at + tag.len()..];
    }
    (rest.len() < raw.len()).then(|| html + &escaped(rest))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    use HeadingLevel::{H1, H2, H3, H4, H5, H6};
    match level {
        H1 | H2 => H3,
        H3 => H4,
        H4 => H5,
        H5 | H6 => H6,
    }
}

/// What the name of a heading begins with.
const HEADING: &str = "at-";

/// What may stand in a text.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::default();
    cleaner
        .url_schemes(["http", "https", "mailto"].into())
        .rm_tags(["style"])
        .add_tag_attributes("pre", ["tabindex"])
        .add_tag_attributes("h2", ["id"])
        .add_tag_attributes("h3", ["id"])
        .add_tag_attributes("h4", ["id"])
        .add_tag_attributes("h5", ["id"])
        .add_tag_attributes("h6", ["id"])
        // No heading takes the name of something on the page around it.
        .id_prefix(Some(HEADING))
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            ("img", "src") if !value.starts_with("/circles/") => None,
            // A heading of the same text, under the name that it has here.
            ("a", "href") if value.len() > 1 && value.starts_with('#') => {
                Some(format!("#{HEADING}{}", &value[1..]).into())
            }
            _ => Some(Cow::Borrowed(value)),
        });
    cleaner
});

fn clean(page: String) -> String {
    if page.len() > HTML_LIMIT {
        return too_long();
    }
    let cleaned = CLEANER.clean(&page).to_string();
    // What scrolls sideways must be reachable with the keyboard.
    cleaned
        .replace("<pre>", "<pre tabindex=\"0\">")
        .replace(
            "<table>",
            "<div class=\"scroll\" role=\"group\" aria-label=\"Table\" tabindex=\"0\"><table>",
        )
        .replace("</table>", "</table></div>")
}

fn too_long() -> String {
    "<p>This text is too long to show.</p>".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_markdown_runs_a_script_or_loads_from_elsewhere() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[click](javascript:alert(1))",
            "[click](<data:text/html,<script>alert(1)</script>>)",
            "![x](https://elsewhere.example/pixel.png)",
            "<svg onload=alert(1)>",
            "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
            "```\n</code></pre><script>alert(1)</script>\n```",
            "<javascript:alert(1)>",
        ] {
            let html = blocks(hostile, Images::None).to_lowercase();
            for banned in
                ["<script", "<svg", "<math", "<style", "href=\"javascript", "href=\"data", "src=\"http"]
            {
                assert!(!html.contains(banned), "{hostile} became {html}");
            }
            assert!(!html.contains("<img src=x"), "{hostile} became {html}");
        }
    }

    #[test]
    fn a_heading_has_the_anchor_by_which_a_source_names_it() {
        let html = chapters("## Incident `workflow`\n\nGo.\n\n## ??\n\n<h3 id=main>x</h3>", Under::H2);
        assert!(html.contains("<h3 id=\"at-incident-workflow\">"), "{html}");
        assert!(html.contains("<h3>??</h3>") && !html.contains("at-main"), "{html}");
        let address = domain::source::Source::parse("runbook:db#Incident workflow").address("c");
        assert_eq!(address.as_deref(), Some("/circles/c/services/db/runbook#at-incident-workflow"));
    }

    #[test]
    fn an_image_is_served_from_our_own_route() {
        let images = Images::Of { circle: "c", question: "db/process/a", version: "ff" };
        let html = blocks("![a map](map one.png)\n\n![b](map.png)", images);
        assert!(html.contains("src=\"/circles/c/images/db/process/a/ff?name=map.png\""), "{html}");
    }

    #[test]
    fn a_small_table_that_grows_huge_is_not_shown() {
        let text = format!("|a|\n|-|\n{}", "|\n".repeat(2000))
            .replace("|a|", &format!("|{}", "a|".repeat(1000)))
            .replace("|-|", &format!("|{}", "-|".repeat(1000)));
        assert!(blocks(&text, Images::None).len() <= HTML_LIMIT);
    }
}
