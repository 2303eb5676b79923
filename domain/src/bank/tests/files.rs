//! Which files there are, and what each is called.

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n....";

#[test]
fn a_shelf_without_faults_gives_its_banks() {
    let shelf = shelf(vec![
        file("README.md", "# Banks"),
        file(".git/config", "x"),
        file("db/.DS_Store", "x"),
        file("db/process/b.md", GOOD),
        file("db/process/a.md", GOOD),
        file("db/architecture/c.md", GOOD),
        file("web/service.toml", format!("{SHEET}\n[links]\nManual = \"https://b\"\nA = \"http://a\"\n")),
    ]);

    assert_eq!(lines(&shelf), [""; 0]);
    let ids: Vec<String> = shelf.banks[0].questions.iter().map(|q| q.question.id.to_string()).collect();
    assert_eq!(ids, ["db/architecture/c", "db/process/a", "db/process/b"]);
    let links = [("Manual", "https://b"), ("A", "http://a")].map(|(l, a)| (l.to_owned(), a.to_owned()));
    assert_eq!(shelf.banks[1].service.links, links);
}

#[test]
fn a_file_in_the_wrong_place_is_told_from_one_with_a_wrong_name() {
    let shelf = shelf(vec![
        file("notes.md", GOOD),
        file("db/README.md", "# The database"),
        file("db/process/deep/a.md", GOOD),
        file("db/networking/a.md", "What?"),
        file("db/process/A.md", GOOD),
        file("db/process/a.md", GOOD),
        file("db/process/a.MD", GOOD),
        file("db/process/b_c.md", GOOD),
        file("db/process/b-c.md", GOOD),
        file("db/process/twice.md", GOOD),
        file("db/process/twice.md", GOOD),
        file("db/process/service.toml", SHEET),
        file("db/process/stray.png", PNG),
        file("db/process/\u{1b}[31m\n.md", GOOD),
        file("LICENSE", "MIT"),
        file("tools/run.sh", "x"),
        file("Big DB/process/a.md", GOOD),
        file("empty/process/a.md", GOOD),
    ]);

    assert_eq!(
        lines(&shelf),
        [
            "Big DB:1:1: error: `Big DB` does not name a service; rename the folder with lower-case letters, digits and single hyphens, 80 at most",
            "Big DB/service.toml:1:1: error: there is no such file; write one with name, summary and owner",
            "LICENSE:1:1: warning: not part of any question; show it in one, or delete it",
            "db/README.md:1:1: error: a question stands in <service>/<topic>/<slug>.md; move the file there, or delete it",
            "db/networking/a.md:1:1: error: `networking` is no topic; move the file to process, architecture, troubleshooting or monitoring",
            "db/networking/a.md:1:1: error: no answer found; end the question with a list of `- [x]` and `- [ ]`, a numbered list, a table, a line `= answer` or a `## Rubric`, and let nothing but a closing quote follow it",
            "db/process/?[31m?.md:1:1: error: ` [31m .md` does not name a question; rename it with lower-case letters, digits and single hyphens, 80 at most, and .md",
            "db/process/A.md:1:1: error: `A.md` does not name a question; rename it with lower-case letters, digits and single hyphens, 80 at most, and .md",
            "db/process/a.MD:1:1: error: leads to the same question as db/process/A.md; rename one of them, or delete it",
            "db/process/a.MD:1:1: error: `a.MD` does not name a question; rename it with lower-case letters, digits and single hyphens, 80 at most, and .md",
            "db/process/a.md:1:1: error: leads to the same question as db/process/A.md; rename one of them, or delete it",
            "db/process/b_c.md:1:1: error: leads to the same question as db/process/b-c.md; rename one of them, or delete it",
            "db/process/b_c.md:1:1: error: `b_c.md` does not name a question; rename it with lower-case letters, digits and single hyphens, 80 at most, and .md",
            "db/process/deep/a.md:1:1: error: a question stands in <service>/<topic>/<slug>.md; move the file there, or delete it",
            "db/process/service.toml:1:1: error: this file stands in <service>/service.toml, spelled like that; move it there, or delete it",
            "db/process/stray.png:1:1: warning: not part of any question; show it in one, or delete it",
            "db/process/twice.md:1:1: error: this path was given twice; keep one of the two files",
            "empty/service.toml:1:1: error: there is no such file; write one with name, summary and owner",
            "notes.md:1:1: error: a question stands in <service>/<topic>/<slug>.md; move the file there, or delete it",
            "tools/run.sh:1:1: warning: not part of any question; show it in one, or delete it",
        ]
    );
    let ids: Vec<String> = shelf.banks[0].questions.iter().map(|q| q.question.id.to_string()).collect();
    assert_eq!(ids, ["db/process/b-c", "db/process/twice"]);
}

#[test]
fn a_file_that_is_no_text_is_not_parsed() {
    let content = |path: &str, content| SourceFile { path: path.to_owned(), content };
    let limit = usize::try_from(TEXT_LIMIT).unwrap();
    let padded = |length: usize| format!("{}{GOOD}", "x".repeat(length - GOOD.len()));
    let shelf = shelf(vec![
        content("db/process/big.md", Content::TooBig { bytes: 10 << 20 }),
        content("db/process/closed.md", Content::Unreadable { why: "permission denied".to_owned() }),
        file("db/process/fits.md", padded(limit)),
        file("db/process/latin.md", b"What\xe4?\n\nna\xefve".to_vec()),
        file("db/process/long.md", padded(limit + 1)),
        file("db/process/utf16.md", b"\xff\xfeW\0h\0".to_vec()),
    ]);

    assert_eq!(
        lines(&shelf),
        [
            "db/process/big.md:1:1: error: the file has 10240 KiB, the limit is 256 KiB; shorten it, or split it into several questions",
            "db/process/closed.md:1:1: error: the file cannot be read (permission denied); check the file",
            "db/process/latin.md:1:5: error: this byte is not UTF-8; save the file as UTF-8",
            "db/process/long.md:1:1: error: the file has 257 KiB, the limit is 256 KiB; shorten it, or split it into several questions",
            "db/process/utf16.md:1:1: error: the file is UTF-16; save it as UTF-8",
        ]
    );
}

#[test]
fn a_service_says_its_name_what_it_is_and_whose() {
    let cases = [
        (
            "",
            "1:1: error: there is no name; write a line `name = \"…\"`\n\
             1:1: error: there is no summary; write a line `summary = \"…\"`\n\
             1:1: error: there is no owner; write a line `owner = \"…\"`",
        ),
        (
            "name = \"\"\nsummary = 1\nwoner = \"Data\"\nlinks = 3\n",
            "1:1: error: there is no owner; write a line `owner = \"…\"`\n\
             1:8: error: name is `\"\"`; write a text in quotes\n\
             2:11: error: summary is `1`; write a text in quotes\n\
             3:1: error: unknown key `woner`; write name, summary, owner or links, or delete the line\n\
             4:9: error: links is no table; write `[links]` and under it lines such as `\"Manual\" = \"https://…\"`",
        ),
        (
            "name = \"a\"\nsummary = \"b\"\nowner = \"c\"\n[links]\nx = \"javascript:alert(1)\"\ny = 2\n",
            "5:5: error: x is `\"javascript:alert(1)\"`; write an address that begins with https:// or http://\n\
             6:5: error: y is `2`; write a text in quotes",
        ),
        (
            "name = \"a\"\nsummary = \"b\"\nowner = \"c\"\nlinks = {\"\" = \"https://a\", \"a\\u0000\" = \"https://a\"}\n",
            "4:10: error: this link has no label that can be shown; write one in quotes\n\
             4:28: error: this link has no label that can be shown; write one in quotes",
        ),
        (
            "name = Orders\nsummary = \"b\"\n",
            "1:8: error: this is not TOML: string values must be quoted, expected literal string; write one `key = value` a line, texts in quotes",
        ),
        (
            "name = \"a\"\n[links\n",
            "2:7: error: this is not TOML: unclosed table, expected `]`; write one `key = value` a line, texts in quotes",
        ),
        (
            "[\n=",
            "1:2: error: this is not TOML: unquoted keys cannot be empty, expected letters, numbers, `-`, `_`; write one `key = value` a line, texts in quotes\n\
             2:1: error: this is not TOML: unquoted keys cannot be empty, expected letters, numbers, `-`, `_`; write one `key = value` a line, texts in quotes",
        ),
    ];

    for (text, expected) in cases {
        let shelf = read(&[file("db/service.toml", text)]);
        assert_eq!(lines(&shelf).join("\n").replace("db/service.toml:", ""), expected);
        assert!(shelf.banks.is_empty());
    }
}

#[test]
fn the_images_of_a_question_come_with_it() {
    let text = "![one](../img/one.png) ![again](../img/one.png)\n\n\
        - [x] ![two](two.JPG)\n  > ![three](<./three 3.gif>)\n- [ ] b\n- [ ] c\n\n> ![four](four.webp)\n";
    let shelf = shelf(vec![
        file("db/process/a.md", text),
        file("db/img/one.png", PNG),
        file("db/process/two.JPG", b"\xff\xd8\xff\xe0".to_vec()),
        file("db/process/three 3.gif", "GIF89a"),
        file("db/process/four.webp", "RIFF....WEBP"),
    ]);

    assert_eq!(lines(&shelf), [""; 0]);
    let question = &shelf.banks[0].questions[0];
    let images: Vec<(&str, &str)> =
        question.images.iter().map(|image| (image.name.as_str(), image.media_type)).collect();
    let expected = [
        ("../img/one.png", "image/png"),
        ("two.JPG", "image/jpeg"),
        ("./three 3.gif", "image/gif"),
        ("four.webp", "image/webp"),
    ];
    assert_eq!(images, expected);
    assert_eq!(parse(&id(), &question.text).as_ref(), Ok(&question.question));
}

#[test]
fn another_picture_is_another_version() {
    let version = |picture: &[u8]| {
        let files = vec![
            file("db/process/a.md", format!("![](a.png)\n\n{GOOD}")),
            file("db/process/a.png", [PNG, picture].concat()),
        ];
        shelf(files).banks[0].questions[0].version.clone()
    };

    assert_eq!(version(b"x"), version(b"x"));
    assert_ne!(version(b"x"), version(b"y"));
}

#[test]
fn an_image_that_cannot_be_shown_is_a_fault_of_the_question() {
    let names = ["gone.png", "jpeg.png", "text.png", "large.png", "huge.png", "../../web/a.png", "a.svg"];
    let prompt: String = names.map(|name| format!("![]({name})\n")).concat();
    let shelf = shelf(vec![
        file("db/process/a.md", format!("{prompt}\n{GOOD}")),
        file("db/process/jpeg.png", b"\xff\xd8\xff\xe0".to_vec()),
        file("db/process/text.png", "hello"),
        file("db/process/large.png", [PNG, &vec![0; 1 << 20]].concat()),
        SourceFile { path: "db/process/huge.png".to_owned(), content: Content::TooBig { bytes: 5 << 20 } },
        file("web/a.png", PNG),
        file("db/process/a.svg", "<svg/>"),
    ]);

    assert_eq!(
        lines(&shelf),
        [
            "db/process/a.md:1:1: error: `gone.png`: there is no such image; add the file, or correct its name",
            "db/process/a.md:2:1: error: `jpeg.png`: the name says image/png, but the file holds image/jpeg; rename it, or save it again",
            "db/process/a.md:3:1: error: `text.png`: the file holds no image; save it as PNG, JPEG, GIF or WebP",
            "db/process/a.md:4:1: error: `large.png`: the image has 1025 KiB, the limit is 1024 KiB; make it smaller",
            "db/process/a.md:5:1: error: `huge.png`: the image has 5120 KiB, the limit is 1024 KiB; make it smaller",
            "db/process/a.md:6:1: error: `../../web/a.png`: this leads out of the folder of the service; move the image into it",
            "db/process/a.md:7:1: error: `a.svg`: an SVG can hold programs and is not shown; save it as PNG, JPEG, GIF or WebP",
            "web/a.png:1:1: warning: not part of any question; show it in one, or delete it",
        ]
    );
}
