-- What a question rests on, as its text says it: JSON [source, …]. NULL: an older
-- program wrote the question, and the text has not been read again.
ALTER TABLE questions ADD COLUMN sources TEXT;

-- One change of a source that a question rests on. While it is not settled, the
-- question asks to be checked.
CREATE TABLE question_checks (
    id           TEXT        NOT NULL PRIMARY KEY,
    circle       TEXT        NOT NULL,
    question     TEXT        NOT NULL,
    source       TEXT        NOT NULL,                -- as the question names it
    from_version TEXT        NOT NULL,
    to_version   TEXT        NOT NULL,
    was          TEXT        NOT NULL,                -- what the source said
    says         TEXT        NOT NULL,                -- what it says now; '' where it is gone
    noted_at     TIMESTAMPTZ NOT NULL,
    settled_at   TIMESTAMPTZ,                         -- NULL: nobody has looked at it
    settled_by   TEXT        REFERENCES people (id),  -- NULL: an import, or the source went back
    outcome      TEXT        CHECK (outcome IN ('confirmed', 'edited', 'retired', 'undone')),
    FOREIGN KEY (circle, question) REFERENCES questions (circle, id)
);
CREATE UNIQUE INDEX one_open_check ON question_checks (circle, question, source) WHERE settled_at IS NULL;
CREATE INDEX open_checks ON question_checks (circle, question) WHERE settled_at IS NULL;

-- Whether questions that ask to be checked are left out of new draws; where there
-- is no row they are.
CREATE TABLE check_settings (
    circle     TEXT    NOT NULL PRIMARY KEY REFERENCES circles (slug),
    leaves_out BOOLEAN NOT NULL
);
