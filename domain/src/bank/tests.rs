use super::*;
use crate::question::{Key, Pair, Topic};

mod faults;
mod files;
mod hostile;
mod questions;
mod rubrics;

const SHEET: &str = "name = \"Orders\"\nsummary = \"Keeps the orders.\"\nowner = \"Data\"\n";
const GOOD: &str = "What first?\n\n- [x] Look\n- [ ] Wait\n- [ ] Sleep\n\n> Looking is cheap.\n";

fn file(path: &str, bytes: impl Into<Vec<u8>>) -> SourceFile {
    SourceFile { path: path.to_owned(), content: Content::Bytes(bytes.into()) }
}

/// A shelf with one service, `db`, and these files.
fn shelf(files: Vec<SourceFile>) -> Shelf {
    read(&[vec![file("db/service.toml", SHEET)], files].concat())
}

fn lines(shelf: &Shelf) -> Vec<String> {
    shelf.findings.iter().map(Finding::to_string).collect()
}

/// What is found in a question with this text, without its path.
fn found(text: &str) -> Vec<String> {
    let shelf = shelf(vec![file("db/process/a.md", text)]);
    let prefix = "db/process/a.md:";
    lines(&shelf).iter().map(|line| line.strip_prefix(prefix).expect("one file").to_owned()).collect()
}

fn question(text: &str) -> Question {
    let shelf = shelf(vec![file("db/process/a.md", text)]);
    assert!(!shelf.has_errors(), "{text}\n{:#?}", lines(&shelf));
    shelf.banks[0].questions[0].question.clone()
}

fn id() -> QuestionId {
    QuestionId { service: "db".to_owned(), topic: Topic::Process, slug: "a".to_owned() }
}
