//! A folder of banks, put together from its files.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::question::{QuestionId, VersionHash, is_slug};

use super::place::{Faults, quoted};
use super::tree::{Part, likeness, part};
use super::{Bank, BankQuestion, Content, Finding, Image, ServiceSheet, Severity, Shelf, SourceFile};
use super::{image, parse, service, text};

const SLUG: &str = "with lower-case letters, digits and single hyphens, 80 at most";

pub(super) fn read(files: &[SourceFile]) -> Shelf {
    let mut reader = Reader::default();
    for file in files {
        if reader.tree.insert(&file.path, &file.content).is_some() {
            reader.error(&file.path, "this path was given twice; keep one of the two files");
        }
    }
    for (path, content) in reader.tree.clone() {
        reader.take(path, content);
    }
    reader.finish()
}

/// What has been read so far.
#[derive(Default)]
struct Reader<'f> {
    tree: BTreeMap<&'f str, &'f Content>,
    folders: BTreeMap<&'f str, Folder>,
    /// The first question of each likeness.
    questions: HashMap<String, &'f str>,
    /// The paths of the images that questions show.
    shown: BTreeSet<String>,
    findings: Vec<Finding>,
}

/// The folder of a service.
#[derive(Default)]
struct Folder {
    has_sheet: bool,
    sheet: Option<ServiceSheet>,
    questions: Vec<BankQuestion>,
}

impl<'f> Reader<'f> {
    fn take(&mut self, path: &'f str, content: &'f Content) {
        match part(path) {
            Part::Ignored | Part::Other => {}
            Part::Sheet { service } => self.take_sheet(path, service, content),
            Part::Question { service, topic, file } => {
                self.folder(service);
                let id = self.name(path, service, topic, file);
                self.take_question(path, service, id, content);
            }
            Part::MisplacedQuestion => {
                self.error(
                    path,
                    "a question stands in <service>/<topic>/<slug>.md; move the file there, or delete it",
                );
            }
            Part::MisplacedSheet => {
                self.error(path, "this file stands in <service>/service.toml, spelled like that; move it there, or delete it");
            }
        }
    }

    fn take_sheet(&mut self, path: &'f str, service: &'f str, content: &Content) {
        self.folder(service).has_sheet = true;
        let Some(text) = self.text(path, content) else {
            return;
        };
        let mut faults = Faults::default();
        let sheet = service::read(service, &text, &mut faults);
        if !faults.any_error() {
            self.folder(service).sheet = sheet;
        }
        self.findings.extend(faults.placed(path, &text));
    }

    /// A file with a wrong name is read all the same, for its faults.
    fn take_question(&mut self, path: &'f str, service: &'f str, id: Option<QuestionId>, content: &Content) {
        let Some(text) = self.text(path, content) else {
            return;
        };
        let mut reading = parse::read(&text);
        let images = self.images(path, &reading.images, &mut reading.faults);
        let is_whole = !reading.faults.any_error();
        self.findings.extend(reading.faults.placed(path, &text));
        let (Some(id), Some(written), true) = (id, reading.written, is_whole) else {
            return;
        };
        let question = written.named(id);
        let bytes: Vec<&[u8]> = images.iter().map(|image| image.bytes.as_slice()).collect();
        let version = VersionHash::of(&question, &bytes);
        let question = BankQuestion { question, text: text.into_owned(), images, version };
        self.folder(service).questions.push(question);
    }

    /// The identity of a question, if every part of its path is in order.
    fn name(&mut self, path: &'f str, service: &str, topic: &str, file: &str) -> Option<QuestionId> {
        let is_first = self.check_alike(path);
        let known = topic.parse().ok();
        if known.is_none() {
            let what = format!(
                "{} is no topic; move the file to process, architecture, troubleshooting or monitoring",
                quoted(topic)
            );
            self.error(path, what);
        }
        let slug = file.strip_suffix(".md").filter(|slug| is_slug(slug));
        if slug.is_none() {
            self.error(path, format!("{} does not name a question; rename it {SLUG}, and .md", quoted(file)));
        }
        let (Some(topic), Some(slug), true, true) = (known, slug, is_first, is_slug(service)) else {
            return None;
        };
        Some(QuestionId { service: service.to_owned(), topic, slug: slug.to_owned() })
    }

    /// Whether no path before this one leads to the same question.
    fn check_alike(&mut self, path: &'f str) -> bool {
        let first = *self.questions.entry(likeness(path)).or_insert(path);
        if first != path {
            let what = format!("leads to the same question as {first}; rename one of them, or delete it");
            self.error(path, what);
        }
        first == path
    }

    /// The images of a question. What is wrong with their names is told by
    /// [`parse::read`] already; here it is what is wrong with their files.
    fn images(&mut self, question: &str, names: &[(String, usize)], faults: &mut Faults) -> Vec<Image> {
        let mut images = Vec::new();
        for (name, at) in names.iter().take(image::N_LIMIT) {
            let Some(path) = image::path(question, name) else {
                faults.error(
                    *at,
                    format!(
                        "{}: this leads out of the folder of the service; move the image into it",
                        quoted(name)
                    ),
                );
                continue;
            };
            if image::media_type(name).is_ok() {
                match image::load(name, self.tree.get(path.as_str()).copied()) {
                    Ok(image) => images.push(image),
                    Err(what) => faults.error(*at, format!("{}: {what}", quoted(name))),
                }
            }
            self.shown.insert(path);
        }
        images
    }

    /// The text of a file that ought to be one.
    fn text<'c>(&mut self, path: &str, content: &'c Content) -> Option<Cow<'c, str>> {
        let mut faults = Faults::default();
        let (text, readable) = text::read(content, &mut faults);
        self.findings.extend(faults.placed(path, readable));
        text
    }

    /// The folder of a service, begun if this is its first file.
    fn folder(&mut self, service: &'f str) -> &mut Folder {
        if !self.folders.contains_key(service) && !is_slug(service) {
            self.error(
                service,
                format!("{} does not name a service; rename the folder {SLUG}", quoted(service)),
            );
        }
        self.folders.entry(service).or_default()
    }

    fn finish(mut self) -> Shelf {
        self.report_missing_sheets();
        self.report_strangers();
        let Reader { folders, mut findings, .. } = self;
        findings.sort_by(|a, b| (&a.path, a.line, a.column).cmp(&(&b.path, b.line, b.column)));
        let banks = folders
            .into_values()
            .filter_map(|Folder { sheet, questions, .. }| Some(Bank { service: sheet?, questions }))
            .collect();
        Shelf { banks, findings }
    }

    fn report_missing_sheets(&mut self) {
        let missing: Vec<&str> = self
            .folders
            .iter()
            .filter(|(_, folder)| !folder.has_sheet)
            .map(|(service, _)| *service)
            .collect();
        for service in missing {
            let path = format!("{service}/service.toml");
            self.error(&path, "there is no such file; write one with name, summary and owner");
        }
    }

    fn report_strangers(&mut self) {
        let strangers: Vec<&str> = self
            .tree
            .keys()
            .copied()
            .filter(|path| part(path) == Part::Other && !self.shown.contains(*path))
            .collect();
        for path in strangers {
            self.report(path, Severity::Warning, "not part of any question; show it in one, or delete it");
        }
    }

    fn error(&mut self, path: &str, what: impl Into<String>) {
        self.report(path, Severity::Error, what);
    }

    /// A finding about a whole file stands at its beginning.
    fn report(&mut self, path: &str, severity: Severity, what: impl Into<String>) {
        let what = what.into();
        self.findings.push(Finding { path: path.to_owned(), line: 1, column: 1, severity, what });
    }
}
