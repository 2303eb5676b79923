-- One decision about a question in one version. Never edited: a later turn that
-- covers the same round takes its place.
CREATE TABLE dispute_decisions (
    id         TEXT        NOT NULL PRIMARY KEY,
    circle     TEXT        NOT NULL,
    question   TEXT        NOT NULL,                -- service/topic/slug
    version    TEXT        NOT NULL,
    turn       BIGINT      NOT NULL,                -- from 1, within the version
    round      TEXT        REFERENCES rounds (id),  -- NULL: wherever the version was asked, and will be
    ruling     TEXT        NOT NULL,                -- JSON of domain::marking::decision::Ruling
    because    TEXT        NOT NULL,
    n_marks    BIGINT      NOT NULL,                -- how many marks it changed when it was made
    n_verdicts BIGINT      NOT NULL,                -- how many attempts passed by it, or did not any more
    made_by    TEXT        NOT NULL REFERENCES people (id),
    made_at    TIMESTAMPTZ NOT NULL,
    UNIQUE (circle, question, version, turn),
    FOREIGN KEY (circle, question, version) REFERENCES question_versions (circle, question, hash)
);

-- One mark that was given under a decision; the turns before it say what it was.
CREATE TABLE decided_marks (
    attempt  TEXT   NOT NULL,
    slot     BIGINT NOT NULL,
    turn     BIGINT NOT NULL,
    decision TEXT   NOT NULL REFERENCES dispute_decisions (id),
    PRIMARY KEY (attempt, slot, turn),
    FOREIGN KEY (attempt, slot, turn) REFERENCES marks (attempt, slot, turn)
);
CREATE INDEX decided_marks_by_decision ON decided_marks (decision);
