-- One person's sitting of a round.
CREATE TABLE attempts (
    id          TEXT        NOT NULL PRIMARY KEY,
    circle      TEXT        NOT NULL REFERENCES circles (slug),
    round       TEXT        NOT NULL,
    person      TEXT        NOT NULL,
    started_at  TIMESTAMPTZ NOT NULL,
    deadline    TIMESTAMPTZ NOT NULL,               -- fixed at start, moved only by an extension
    finished_at TIMESTAMPTZ,                        -- NULL while it is being sat
    finished_by TEXT        CHECK (finished_by IN ('person', 'clock')),
    saved_at    TIMESTAMPTZ,                        -- the newest answer accepted
    verdict     TEXT,                               -- JSON of domain::verdict::Verdict, once marked
    FOREIGN KEY (round, person) REFERENCES round_people (round, person),
    CHECK ((finished_at IS NULL) = (finished_by IS NULL)),
    CHECK (finished_at IS NULL OR finished_at >= started_at)
);
CREATE UNIQUE INDEX one_open_attempt ON attempts (round, person) WHERE finished_at IS NULL;
CREATE INDEX attempts_by_person ON attempts (circle, person);
CREATE INDEX attempts_open ON attempts (deadline) WHERE finished_at IS NULL;

-- One place of an attempt, with the question as it was drawn.
CREATE TABLE slots (
    attempt    TEXT   NOT NULL REFERENCES attempts (id),
    n          BIGINT NOT NULL,                     -- from 1, as the taker counts
    circle     TEXT   NOT NULL,
    question   TEXT   NOT NULL,
    version    TEXT   NOT NULL,
    kind       TEXT   NOT NULL,                     -- so that saving an answer reads no key
    show_order TEXT   NOT NULL,                     -- JSON: place p shows what is written at [p]
    PRIMARY KEY (attempt, n),
    FOREIGN KEY (circle, question, version) REFERENCES question_versions (circle, question, hash)
);

-- One thing a taker's page said about one slot. Never edited, never removed.
CREATE TABLE answer_events (
    attempt     TEXT        NOT NULL,
    slot        BIGINT      NOT NULL,
    turn        BIGINT      NOT NULL,               -- order of receipt within the slot, from 1
    client      TEXT        NOT NULL,               -- one page load
    sequence    BIGINT      NOT NULL,               -- counts up within a client
    answer      TEXT,                               -- JSON of domain::answer::Answer; NULL: taken back
    confidence  TEXT        CHECK (confidence IN ('guess', 'fairly_sure', 'certain')),
    for_review  BOOLEAN     NOT NULL,
    is_late     BOOLEAN     NOT NULL,               -- after the deadline, within the grace
    received_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (attempt, slot, turn),
    UNIQUE (attempt, slot, client, sequence),
    FOREIGN KEY (attempt, slot) REFERENCES slots (attempt, n)
);

-- One mark given to a slot; the newest turn stands. Never edited.
CREATE TABLE marks (
    attempt   TEXT        NOT NULL,
    slot      BIGINT      NOT NULL,
    turn      BIGINT      NOT NULL,
    earned    BIGINT      NOT NULL,                 -- ten-thousandths of a point
    possible  BIGINT      NOT NULL,
    marked_by TEXT,                                 -- NULL: by rule
    why       TEXT        NOT NULL,
    marked_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (attempt, slot, turn),
    FOREIGN KEY (attempt, slot) REFERENCES slots (attempt, n),
    CHECK (earned >= 0 AND earned <= possible)
);

-- What one marked attempt says of one service and topic; with the rules in force.
CREATE TABLE topic_results (
    attempt     TEXT        NOT NULL REFERENCES attempts (id),
    circle      TEXT        NOT NULL,
    person      TEXT        NOT NULL,
    service     TEXT        NOT NULL,
    topic       TEXT        NOT NULL,
    earned      BIGINT      NOT NULL,
    possible    BIGINT      NOT NULL,
    needed      BIGINT      NOT NULL,               -- per cent
    holds       BOOLEAN     NOT NULL,
    counts_for  BIGINT      NOT NULL,               -- days
    finished_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (attempt, service, topic)
);
CREATE INDEX topic_results_by_person ON topic_results (circle, person);

-- One addition of time to a running attempt, or to a person of a round.
CREATE TABLE extensions (
    id         TEXT        NOT NULL PRIMARY KEY,
    round      TEXT        NOT NULL,
    person     TEXT        NOT NULL,
    seconds    BIGINT      NOT NULL,                -- what the extra time was moved by
    given_by   TEXT        NOT NULL REFERENCES people (id),
    given_at   TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (round, person) REFERENCES round_people (round, person)
);

-- One objection of a taker to a question or to its documentation.
CREATE TABLE disputes (
    id        TEXT        NOT NULL PRIMARY KEY,
    attempt   TEXT        NOT NULL,
    slot      BIGINT      NOT NULL,
    about     TEXT        NOT NULL CHECK (about IN ('question', 'documentation')),
    note      TEXT        NOT NULL,
    raised_at TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (attempt, slot) REFERENCES slots (attempt, n)
);
CREATE INDEX disputes_by_slot ON disputes (attempt, slot);
