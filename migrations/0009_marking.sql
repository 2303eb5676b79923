-- One verdict that stood on an attempt, and why it was made. Never edited: the
-- newest turn stands, and attempts has it too.
CREATE TABLE verdicts (
    attempt TEXT        NOT NULL REFERENCES attempts (id),
    turn    BIGINT      NOT NULL,                   -- from 1
    verdict TEXT        NOT NULL,                   -- JSON of domain::verdict::Verdict
    because TEXT        NOT NULL,
    made_by TEXT        REFERENCES people (id),     -- NULL: by rule
    made_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (attempt, turn)
);
INSERT INTO verdicts (attempt, turn, verdict, because, made_by, made_at)
SELECT id, 1, verdict, 'Handed in.', NULL, finished_at
FROM attempts
WHERE verdict IS NOT NULL;

-- Attempts without a verdict: being sat, or waiting for a marker.
CREATE INDEX attempts_unmarked ON attempts (circle, round) WHERE verdict IS NULL;

-- One answer that a person has to mark, since no rule can.
CREATE TABLE open_answers (
    alias    TEXT   NOT NULL PRIMARY KEY,           -- random: what a marker knows of it, and its place in the queue
    round    TEXT   NOT NULL REFERENCES rounds (id),
    question TEXT   NOT NULL,
    version  TEXT   NOT NULL,
    attempt  TEXT   NOT NULL,
    slot     BIGINT NOT NULL,
    UNIQUE (attempt, slot),
    FOREIGN KEY (attempt, slot) REFERENCES slots (attempt, n)
);
CREATE INDEX open_answers_by_round ON open_answers (round, question, version);

-- How many leaders mark each answer of a round to one version of a question;
-- where there is no row, one.
CREATE TABLE marking_plans (
    round     TEXT   NOT NULL REFERENCES rounds (id),
    question  TEXT   NOT NULL,
    version   TEXT   NOT NULL,
    n_markers BIGINT NOT NULL CHECK (n_markers BETWEEN 1 AND 2),
    PRIMARY KEY (round, question, version)
);

-- One marking that a leader gave to one answer. Never edited: what it comes to
-- is told by domain::marking::rubric, and stands in marks.
CREATE TABLE markings (
    attempt   TEXT        NOT NULL,
    slot      BIGINT      NOT NULL,
    turn      BIGINT      NOT NULL,                 -- from 1, in order of receipt
    settles   BOOLEAN     NOT NULL,                 -- by a leader who saw the markings before it
    points    TEXT        NOT NULL,                 -- JSON: whole points, line by line of the rubric
    comment   TEXT        NOT NULL,                 -- for the taker; '' is none
    marked_by TEXT        NOT NULL REFERENCES people (id),
    marked_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (attempt, slot, turn),
    FOREIGN KEY (attempt, slot) REFERENCES open_answers (attempt, slot)
);
