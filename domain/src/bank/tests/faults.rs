//! What is found wrong, or weak, in one question.

use super::*;

fn front(lines: &str) -> String {
    format!("+++\n{lines}\n+++\n{GOOD}")
}

fn body(answer: &str) -> String {
    format!("What?\n\n{answer}\n\n> So.\n")
}

const NO_ANSWER: &str = "1:1: error: no answer found; end the question with a list of `- [x]` and `- [ ]`, a numbered list, a table, a line `= answer` or a `## Rubric`, and let nothing but a closing quote follow it";

/// One line more than there may be.
fn many(line: impl Fn(usize) -> String) -> String {
    (0..21).map(line).collect()
}

fn check(cases: &[(String, &str)]) {
    for (text, expected) in cases {
        assert_eq!(found(text).join("\n"), *expected, "{text}");
    }
}

#[test]
fn faults_of_the_front_matter_stand_at_their_key() {
    let cases = [
        (front("level = 5"), "2:9: error: level is `5`; write 1, 2 or 3"),
        (
            front(
                "level = \"two\"\ncritical = 1\ntags = \"a\"\nsources = [1]\nreviewed = \"soon\"\nstate = \"done\"\nkind = \"essay\"",
            ),
            "2:9: error: level is `\"two\"`; write 1, 2 or 3\n\
             3:12: error: critical is `1`; write true or false\n\
             4:8: error: tags is `\"a\"`; write a list of texts, such as [\"one\", \"two\"]\n\
             5:11: error: sources is `[1]`; write a list of texts, such as [\"one\", \"two\"]\n\
             6:12: error: reviewed is `\"soon\"`; write a day, such as \"2026-11-20\"\n\
             7:9: error: state is `\"done\"`; write \"draft\", \"ready\" or \"outdated\"\n\
             8:8: error: kind is `\"essay\"`; write one of single, multiple, ordering, matching, numeric, short, open, or delete the line",
        ),
        (
            front("reviewed = 2026-11-20T10:00:00Z"),
            "2:12: error: reviewed is `2026-11-20T10:00:00Z`; write a day, such as \"2026-11-20\"",
        ),
        (
            front("reviewed = \"2026-02-30\""),
            "2:12: error: reviewed is `\"2026-02-30\"`; write a day, such as \"2026-11-20\"",
        ),
        (
            front("levle = 2"),
            "2:1: error: unknown key `levle`; write level, critical, tags, sources, reviewed, state, kind or case_sensitive, or delete the line",
        ),
        (
            front("state = ready\ncritical = yes\nlevel: 2"),
            "2:9: error: this is not TOML: string values must be quoted, expected literal string; write one `key = value` a line, texts in quotes\n\
             3:12: error: this is not TOML: string values must be quoted, expected literal string; write one `key = value` a line, texts in quotes\n\
             4:6: error: this is not TOML: malformed unquoted key, expected letters, numbers, `-`, `_`; write one `key = value` a line, texts in quotes",
        ),
        (front("level = 1\nlevel = 2"), "3:1: error: this key stands twice; keep one of them"),
        (
            front("tags = [\"\"]\nsources = [\"a\\u0000\"]"),
            "2:8: error: tags is `[\"\"]`; write a list of texts, such as [\"one\", \"two\"]\n\
             3:11: error: sources is `[\"a\\u0000\"]`; write a list of texts, such as [\"one\", \"two\"]",
        ),
        (
            front(&format!("tags = [\"{}\"]", "x".repeat(40_000))),
            "2:1: error: more than 32 KiB of TOML; shorten it",
        ),
        (
            front("case_sensitive = true"),
            "2:1: error: case_sensitive is for short text only; delete the line",
        ),
        (
            front("kind = \"ordering\""),
            "2:8: error: kind is \"ordering\", but the answer is a list with one `[x]`, which is \"single\"; change one of the two",
        ),
        (
            "+++\nlevel = 1\nWhat?\n".to_owned(),
            "1:1: error: the front matter is never closed; write a line `+++` after its last key",
        ),
        (
            "+++\nlevel = 1\n+++\n".to_owned(),
            "4:1: error: nothing follows the front matter; write the question and its answer",
        ),
        (
            format!("---\nlevel: 1\n---\n{GOOD}"),
            "1:1: error: front matter is TOML between two lines `+++`, not `---`; change the lines and write `key = value`",
        ),
        (format!("\n\n+++\nlevel = 4\n+++\n{GOOD}"), "4:9: error: level is `4`; write 1, 2 or 3"),
    ];

    check(&cases);
}

#[test]
fn faults_of_choices_stand_at_the_choice() {
    let cases = [
        (body("- [ ] a\n- [ ] b\n- [ ] c"), "3:1: error: no choice is right; mark the right one with `[x]`"),
        (
            format!("+++\nkind = \"single\"\n+++\n{}", body("- [x] a\n- [x] b\n- [x]")),
            "7:3: error: two right answers in a single choice; leave one `[x]`, or write `kind = \"multiple\"`\n\
             8:3: error: this choice is empty; write it after the bracket, or delete it",
        ),
        (
            body("- a\n- b\n- c"),
            "3:1: error: no choice is marked; begin right ones with `- [x] ` and wrong ones with `- [ ] `",
        ),
        (
            body("- [x] a\n- b\n- [ ] c\n- [x]\n- []\n- [ ]d"),
            "4:1: error: this choice has no mark; begin it with `[x]` or `[ ]` and a space\n\
             6:3: error: this choice is empty; write it after the bracket, or delete it\n\
             7:1: error: this choice has no mark; begin it with `[x]` or `[ ]` and a space\n\
             8:1: error: this choice has no mark; begin it with `[x]` or `[ ]` and a space",
        ),
        (
            body("- [x] a\n- [ ] b  c\n- [ ] b c"),
            "5:3: error: this choice stands twice; change one of them, or delete it",
        ),
        (
            body("- [x] a\n  - [ ] b\n- [ ] c\n- [ ] d"),
            "4:5: error: a choice inside a choice; take away the spaces before it",
        ),
        (
            body("- [x] a\n  > one\n\n  > two\n- [ ] b\n  > one\n\n  text\n- [ ] c"),
            "4:3: error: two quotes under one choice; join them with a line `>` between\n\
             8:3: error: text after the feedback of a choice; move it above the feedback, or into it with `>`",
        ),
        (
            body("1. [x] a\n2. [ ] b\n3. [ ] c"),
            "3:1: error: the choices are numbered; begin each with `- [x]` or `- [ ]`",
        ),
        (
            body(&many(|n| format!("- [{}] {n}\n", if n == 3 { "x" } else { " " }))),
            "23:1: error: there are 21 choices, the limit is 20; delete some",
        ),
        (
            "What?\n\n- [x] a\n> one\n- [ ] b\n> two\n- [ ] c\n\n> So.\n".to_owned(),
            "4:1: error: a quote between the choices; put two spaces before it if it is feedback, move it to the end if it is the explanation\n\
             6:1: error: a quote between the choices; put two spaces before it if it is feedback, move it to the end if it is the explanation",
        ),
        (
            "What?\n\n- [x] a\n* [ ] b\n* [ ] c\n\n> So.\n".to_owned(),
            "4:1: error: another list after the choices; begin all choices with the same sign, such as `-`",
        ),
        (
            body("- [x] a\n- [ ] b\n- [ ] c\n\nMore."),
            "7:1: error: text after the choices; move it above them, or make it a closing quote with `>`",
        ),
        (
            format!("{GOOD}\nMore.\n"),
            "7:1: error: a quote between the choices; put two spaces before it if it is feedback, move it to the end if it is the explanation",
        ),
        (format!("{GOOD}\n> And.\n"), "9:1: error: two quotes at the end; join them with a line `>` between"),
    ];

    check(&cases);
}

#[test]
fn faults_of_steps_and_pairs_stand_at_their_line() {
    let cases = [
        (body("1. a"), "3:1: error: one step has no order; write at least three"),
        (
            body("1. a\n3. b\n2. c"),
            "4:1: error: step 3 follows step 1; write the steps in the right order and number them 1, 2, 3\n\
             5:1: error: step 2 follows step 3; write the steps in the right order and number them 1, 2, 3",
        ),
        (
            body("1. a\n2. a\n3.\n4. b\n   > no"),
            "4:1: error: this step stands twice; tell the two apart\n\
             5:1: error: this step is empty; write it after the number, or delete it\n\
             7:4: error: a step has no feedback; move it to the quote at the end of the file",
        ),
        (
            body(&many(|n| format!("{}. step {n}\n", n + 1))),
            "23:1: error: there are 21 steps, the limit is 20; delete some",
        ),
        (
            body("1. a\n2. b\n3. c\n\nMore."),
            "7:1: error: no answer found; end the question with a list of `- [x]` and `- [ ]`, a numbered list, a table, a line `= answer` or a `## Rubric`, and let nothing but a closing quote follow it",
        ),
        (
            body("| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |"),
            "3:1: error: the table has 3 columns; a matching has two, left and right",
        ),
        (body("| a | b |\n|---|---|\n| 1 | 2 |"), "3:1: error: a matching needs at least two rows; add some"),
        (
            body("| a | b |\n|---|---|\n| 1 | 2 |\n| 1 | 3 | 4 |\n| 5 |\ntext"),
            "6:1: error: this left side stands twice; tell the two apart\n\
             6:9: error: this row has more than two columns; leave two, and write `\\|` for a `|` in a text\n\
             7:1: error: this row has an empty side; fill it, or delete the row\n\
             8:1: error: this row has an empty side; fill it, or delete the row",
        ),
        (
            body(&format!("| l | r |\n|---|---|\n{}", many(|n| format!("| {n} | r |\n")))),
            "25:1: error: there are 21 pairs, the limit is 20; delete some",
        ),
    ];

    check(&cases);
}

#[test]
fn faults_of_typed_answers_stand_at_their_line() {
    let cases = [
        (body("= 35..25"), "3:1: error: the range ends before it begins; write the smaller number first"),
        (body("= 30 ± -5 s"), "3:1: error: the tolerance is negative; write it without the minus"),
        (
            body(&format!("= 1{}", "0".repeat(400))),
            "3:1: error: this number is too large; write a smaller one, in a larger unit",
        ),
        (
            format!("+++\nkind = \"numeric\"\n+++\n{}", body("= about 5")),
            "6:1: error: this is no number; write it as `= 5432`, `= 30 s`, `= 30 ± 5 s` or `= 25..35 s`",
        ),
        (
            format!("+++\nkind = \"short\"\n+++\n{}", body("= 443")),
            "2:8: error: kind is \"short\", but the answer is a number after `=`, which is \"numeric\"; change one of the two",
        ),
        (body("="), "3:1: error: nothing follows the `=`; write the answer, or delete the line"),
        (body("= * *"), "3:1: error: `*` alone accepts every answer; write what must be in it"),
        (
            body("= a\nb\n=\n= c"),
            "3:1: error: a line with `=` above the answer; write all answers in the last paragraph, without an empty line between",
        ),
        (
            body("= a\nb\n  = c\n=  "),
            "3:1: error: a line of `=` under a text makes it a heading; leave an empty line before the answer, and write it after the `=`",
        ),
        (
            body("= a\n\n= b"),
            "3:1: error: a line with `=` above the answer; write all answers in the last paragraph, without an empty line between",
        ),
        (
            "What?\n= 5432\n\n> So.\n".to_owned(),
            "2:1: error: the answer is part of the paragraph above it; leave an empty line before this one",
        ),
        (
            "What?\n=\n\n> So.\n".to_owned(),
            "1:1: error: a line of `=` under a text makes it a heading; leave an empty line before the answer, and write it after the `=`",
        ),
    ];

    check(&cases);
}

#[test]
fn a_question_that_is_not_whole_says_what_is_missing() {
    let cases = [
        ("", "1:1: error: the file is empty; write a question, or delete it"),
        (" \n\n", "1:1: error: the file is empty; write a question, or delete it"),
        ("What?\n", NO_ANSWER),
        ("What?\n\n> So.\n", NO_ANSWER),
        ("> What?\n", NO_ANSWER),
        ("[a]: b\n", NO_ANSWER),
        (
            "- [x] a\n- [ ] b\n- [ ] c\n\n> So.\n",
            "1:1: error: the prompt is missing; write the question above the answer",
        ),
        (
            "What?\n\n```\ncode\n\n- [x] a\n- [ ] b\n",
            "3:1: error: this code block is never closed; end it with a line like its first",
        ),
        ("Wh\0t?\n\n= a\n\n> So.\n", "1:3: error: the text holds a NUL character; delete it"),
        (
            "What?\n\n- [x] a\n- [ ] b\n- [ ] c\n\n> So.\n\n[a]: b\n",
            "9:1: error: the address of a link stands apart from it; write it in place: `[text](address)`",
        ),
        (
            "[t]: u\n\nWhat [is][t]?\n\n- [x] a [t]\n- [ ] b\n- [ ] c\n\n> So.\n",
            "5:9: error: the address of this link stands in the prompt; write it in place: `[text](address)`",
        ),
    ];

    check(&cases.map(|(text, what)| (text.to_owned(), what)));
}

#[test]
fn an_image_is_refused_for_its_name() {
    let cases = [
        (
            "https://a.b/c.png",
            "1:1: error: `https://a.b/c.png`: an image is shown only from the bank; save it beside the question and write its file name",
        ),
        (
            "//a/b.png",
            "1:1: error: `//a/b.png`: an image is shown only from the bank; save it beside the question and write its file name",
        ),
        (
            "data:image/png,x",
            "1:1: error: `data:image/png,x`: an image is shown only from the bank; save it beside the question and write its file name",
        ),
        (
            "/a.png",
            "1:1: error: `/a.png`: the path of an image begins at the question's own folder; take away the `/` at its head",
        ),
        (
            "a.svg",
            "1:1: error: `a.svg`: an SVG can hold programs and is not shown; save it as PNG, JPEG, GIF or WebP",
        ),
        (
            "a.txt",
            "1:1: error: `a.txt`: pages do not show this kind of image; save it as PNG, JPEG, GIF or WebP",
        ),
        ("", "1:1: error: ``: there is no file name in this image; write it between the round brackets"),
        ("gone.png", "1:1: error: `gone.png`: there is no such image; add the file, or correct its name"),
        (
            "../../../x.png",
            "1:1: error: `../../../x.png`: this leads out of the folder of the service; move the image into it",
        ),
    ];

    check(&cases.map(|(name, what)| (format!("![]({name})\n\n{GOOD}"), what)));
}

#[test]
fn weak_questions_are_warned_of_and_kept() {
    let cases = [
        (
            "- [x] a\n- [ ] b\n- [ ] c",
            "3:1: warning: no explanation; end the file with a quote (`>`) that says why the answer is right",
        ),
        (
            "- [x] a\n- [ ] b\n- [ ] c\n\n>",
            "3:1: warning: no explanation; end the file with a quote (`>`) that says why the answer is right",
        ),
        (
            "- [x] a\n- [ ] b\n\n> So.",
            "3:1: warning: fewer than 3 choices are easily guessed; add another that is plausible",
        ),
        ("- [x] a\n- [x] b\n- [x] c\n\n> So.", "3:1: warning: every choice is right; add one that is wrong"),
        (
            "- [x] All of the above\n- [ ] b\n- [ ] c, or none of the above\n\n> So.",
            "3:3: warning: \"all of the above\" means nothing once choices are shuffled; name what is meant\n\
             5:3: warning: \"none of the above\" means nothing once choices are shuffled; name what is meant",
        ),
        (
            "- [x] The one with so many words that everybody takes it, reading or not\n- [ ] Short\n- [ ] Shorter\n\n> So.",
            "3:3: warning: this choice is much longer than the others; shorten it, or give the others as much detail",
        ),
        ("1. a\n2. b\n\n> So.", "3:1: warning: two steps are easily guessed; write at least three"),
        (
            "= 30s\n\n> So.",
            "3:1: warning: taken as short text; write a number as `= 5432`, `= 30 s`, `= 30 ± 5 s` or `= 25..35 s`, or say `kind = \"short\"`",
        ),
        (
            "= `ls`\n\n> So.",
            "3:1: warning: the backticks are part of the answer; leave them out unless they must be typed",
        ),
    ];

    for (answer, _) in cases {
        question(&format!("What?\n\n{answer}\n"));
    }
    check(&cases.map(|(answer, what)| (format!("What?\n\n{answer}\n"), what)));
}
