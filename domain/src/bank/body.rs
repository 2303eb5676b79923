//! What follows the front matter: the prompt, then the answer, then the
//! closing quote that explains it.

use pulldown_cmark::{CodeBlockKind, Parser, Tag};

use super::block::{Block, OPTIONS, Spot, blocks, trimmed, unquoted};
use super::front_matter::FrontMatter;
use super::parse::{Reading, Written};
use super::place::Faults;
use super::{answer_key, links, rubric, typed, weak};

/// The body of a question in Markdown. All places are those of the whole text.
pub(super) struct Body<'t> {
    text: &'t str,
    start: usize,
    events: Vec<Spot<'t>>,
    /// Where the addresses of links such as `[text][label]` are defined.
    definitions: Vec<usize>,
}

/// The answer and the quote behind it. Whatever stands above is the prompt.
struct Parts<'e, 't> {
    /// Where the prompt ends.
    at: usize,
    answer: Answer<'e, 't>,
    explanation: Option<Block<'e, 't>>,
}

enum Answer<'e, 't> {
    /// A list, a table or lines with `=`.
    Key(Block<'e, 't>),
    /// The list under `## Rubric`.
    Rubric(Block<'e, 't>),
}

impl<'t> Body<'t> {
    pub(super) fn parse(text: &'t str, start: usize) -> Body<'t> {
        let parser = Parser::new_ext(&text[start..], OPTIONS);
        let definitions =
            parser.reference_definitions().iter().map(|(_, found)| start + found.span.start).collect();
        let events = parser
            .into_offset_iter()
            .map(|(event, range)| (event, start + range.start..start + range.end))
            .collect();
        Body { text, start, events, definitions }
    }

    pub(super) fn read(&self, front: FrontMatter, reading: &mut Reading) {
        let faults = &mut reading.faults;
        reading.images = links::images(&self.events, faults);
        let Some(Parts { at: answer_at, answer, explanation }) = self.parts(faults) else {
            return;
        };
        links::check_definitions(&self.definitions, answer_at, faults);
        links::check_references(&self.events, answer_at, faults);
        let prompt = trimmed(&self.text[self.start..answer_at]);
        if prompt.is_empty() {
            faults.error(answer_at, "the prompt is missing; write the question above the answer");
        }
        let explanation = explanation
            .map(|quote| unquoted(self.text, quote.range))
            .filter(|explanation| !explanation.is_empty());
        weak::look_at_explanation(answer_at, explanation.as_deref(), faults);
        let key = match &answer {
            Answer::Key(block) => answer_key::read(self.text, block, &front, faults),
            Answer::Rubric(list) => answer_key::read_rubric(self.text, list, &front, faults),
        };
        reading.written = key.map(|key| Written { front, text: prompt.to_owned(), key, explanation });
    }

    /// The answer is the last block, or the one before a closing quote.
    fn parts(&self, faults: &mut Faults) -> Option<Parts<'_, 't>> {
        let all = blocks(&self.events);
        if let Some(place) = rubric::heading(&all) {
            return self.open_parts(&all, place, faults);
        }
        let (explanation, rest) = match all.split_last() {
            Some((last, rest)) if last.is_quote() => (Some(last), rest),
            _ => (None, all.as_slice()),
        };
        let Some((answer, before)) = rest.split_last() else {
            faults.error(explanation.map_or(self.start, |quote| quote.range.start), NO_ANSWER);
            return None;
        };
        if let (true, Some(second)) = (answer.is_quote(), explanation) {
            faults.error(second.range.start, "two quotes at the end; join them with a line `>` between");
            return None;
        }
        if self.is_torn(&all, before.len(), faults) {
            return None;
        }
        if let Some((at, what)) = self.why_no_answer(answer) {
            faults.error(at, what);
            return None;
        }
        let (at, answer) = (answer.range.start, Answer::Key(answer.clone()));
        Some(Parts { at, answer, explanation: explanation.cloned() })
    }

    /// The answer of an open question is the list under its heading.
    fn open_parts<'e>(
        &self,
        all: &[Block<'e, 't>],
        place: usize,
        faults: &mut Faults,
    ) -> Option<Parts<'e, 't>> {
        let at = all[place].range.start;
        let is_answer = |block: &&Block<'_, '_>| block.is_task_list() || self.answer_line(block).is_some();
        if let Some(answer) = all[..place].iter().find(is_answer) {
            let what = "a rubric is the key of an open question, and this one has another answer above; delete one of the two";
            faults.error(at.max(answer.range.start), what);
            return None;
        }
        let (list, explanation) = rubric::parts(&all[place..], faults)?;
        Some(Parts { at, answer: Answer::Rubric(list.clone()), explanation: explanation.cloned() })
    }

    /// Whether a piece of the answer stands among the first `n_before` blocks.
    /// It would be shown to takers as a part of the prompt.
    fn is_torn(&self, all: &[Block<'_, '_>], n_before: usize, faults: &mut Faults) -> bool {
        let mut is_torn = false;
        for (block, next) in all.iter().zip(&all[1..]).take(n_before) {
            if block.is_task_list() {
                faults.error(next.range.start, after_choices(next));
                is_torn = true;
            } else if let Some(at) = self.answer_line(block) {
                faults.error(at, "a line with `=` above the answer; write all answers in the last paragraph, without an empty line between");
                is_torn = true;
            }
        }
        is_torn
    }

    /// The place of the first line that is meant as an answer. The last line
    /// of a heading is its underline.
    fn answer_line(&self, block: &Block<'_, '_>) -> Option<usize> {
        let raw = &self.text[block.range.clone()];
        let lines = match block.tag {
            Some(Tag::Paragraph) => raw,
            Some(Tag::Heading { .. }) => raw.trim_end().rsplit_once('\n')?.0,
            _ => return None,
        };
        Some(block.range.start + typed::answer_line(lines)?)
    }

    /// Where and why the last block is no answer. `None` if it is one.
    fn why_no_answer(&self, block: &Block<'_, '_>) -> Option<(usize, &'static str)> {
        let at = block.range.start;
        let raw = &self.text[block.range.clone()];
        let last_line = raw.lines().last().unwrap_or_default().trim();
        let what = match block.tag {
            Some(Tag::Table(_) | Tag::List(Some(_))) => return None,
            Some(Tag::List(None)) if block.is_task_list() => return None,
            Some(Tag::List(None)) => {
                "no choice is marked; begin right ones with `- [x] ` and wrong ones with `- [ ] `"
            }
            Some(Tag::Paragraph) => match self.answer_line(block) {
                Some(first) if first == at => return None,
                Some(later) => {
                    let what =
                        "the answer is part of the paragraph above it; leave an empty line before this one";
                    return Some((later, what));
                }
                None => NO_ANSWER,
            },
            Some(Tag::Heading { .. }) if last_line.starts_with('=') => {
                "a line of `=` under a text makes it a heading; leave an empty line before the answer, and write it after the `=`"
            }
            Some(Tag::CodeBlock(CodeBlockKind::Fenced(_)))
                if !last_line.ends_with("```") && !last_line.ends_with("~~~") =>
            {
                "this code block is never closed; end it with a line like its first"
            }
            _ => NO_ANSWER,
        };
        Some((at, what))
    }
}

const NO_ANSWER: &str = "no answer found; end the question with a list of `- [x]` and `- [ ]`, a numbered list, a table, a line `= answer` or a `## Rubric`, and let nothing but a closing quote follow it";

fn after_choices(block: &Block<'_, '_>) -> &'static str {
    if block.is_quote() {
        "a quote between the choices; put two spaces before it if it is feedback, move it to the end if it is the explanation"
    } else if block.is_list() {
        "another list after the choices; begin all choices with the same sign, such as `-`"
    } else {
        "text after the choices; move it above them, or make it a closing quote with `>`"
    }
}
