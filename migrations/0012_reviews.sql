-- One meeting about the results of a round; a round has one.
CREATE TABLE reviews (
    id         TEXT        NOT NULL PRIMARY KEY,
    circle     TEXT        NOT NULL REFERENCES circles (slug),
    round      TEXT        NOT NULL UNIQUE REFERENCES rounds (id),
    state      TEXT        NOT NULL CHECK (state IN ('planned', 'in_progress', 'closed')),
    planned_at TIMESTAMPTZ NOT NULL,                -- when it is to begin
    n_moved    BIGINT      NOT NULL,                -- how often that was changed
    time_box   BIGINT      NOT NULL CHECK (time_box BETWEEN 1 AND 240), -- minutes for each item
    item       TEXT,                                -- what everybody looks at; NULL before it begins
    item_since TIMESTAMPTZ,
    revision   BIGINT      NOT NULL,                -- counts up with everything that happens to it
    opened_by  TEXT        REFERENCES people (id),  -- NULL: by itself
    opened_at  TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ,
    closed_by  TEXT        REFERENCES people (id),
    closed_at  TIMESTAMPTZ,
    minutes    TEXT,                                -- Markdown, as they were when it was closed
    retest     TEXT        REFERENCES rounds (id)   -- planned when it was closed
);
CREATE INDEX reviews_by_circle ON reviews (circle, planned_at);

-- One person who is expected at a review.
CREATE TABLE review_people (
    review  TEXT        NOT NULL REFERENCES reviews (id),
    person  TEXT        NOT NULL REFERENCES people (id),
    because TEXT        NOT NULL CHECK (because IN ('taker', 'leader', 'invited')),
    came_at TIMESTAMPTZ,                            -- NULL: not there, as far as anybody said
    PRIMARY KEY (review, person)
);
CREATE INDEX review_people_by_person ON review_people (person);

-- One thing on the agenda of a review: a question, an action, or a text.
CREATE TABLE review_items (
    id         TEXT        NOT NULL PRIMARY KEY,
    review     TEXT        NOT NULL REFERENCES reviews (id),
    place      BIGINT      NOT NULL,                -- counts up; what is removed leaves a gap
    question   TEXT,
    version    TEXT,                                -- as most met it in the round
    action     BIGINT,                              -- the number of an action of the circle
    title      TEXT        NOT NULL,                -- the first line of the question; else what it is about
    why        TEXT        NOT NULL,                -- JSON of domain::agenda::Why
    added_by   TEXT        REFERENCES people (id),  -- NULL: by rule
    added_at   TIMESTAMPTZ NOT NULL,
    removed_at TIMESTAMPTZ,
    UNIQUE (review, question),
    UNIQUE (review, action)
);

-- One note of one person on an item. Never edited, never removed.
CREATE TABLE review_notes (
    id         TEXT        NOT NULL PRIMARY KEY,    -- made by the page, so that sending it twice adds it once
    review     TEXT        NOT NULL REFERENCES reviews (id),
    item       TEXT        NOT NULL REFERENCES review_items (id),
    turn       BIGINT      NOT NULL,                -- the revision of the review that it made
    person     TEXT        NOT NULL REFERENCES people (id),
    note       TEXT        NOT NULL,                -- Markdown
    written_at TIMESTAMPTZ NOT NULL,
    UNIQUE (review, turn)
);

-- One decision about a question on the agenda; the newest turn stands. Never edited.
CREATE TABLE review_decisions (
    item       TEXT        NOT NULL REFERENCES review_items (id),
    turn       BIGINT      NOT NULL,                -- the revision of the review that it made
    decision   TEXT        NOT NULL,                -- a word of domain::agenda::Decision
    reason     TEXT        NOT NULL,                -- '' where none is needed
    decided_by TEXT        NOT NULL REFERENCES people (id),
    decided_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (item, turn)
);

-- What one attendee says about a review; it can be changed, and is only counted.
CREATE TABLE review_feedback (
    review  TEXT        NOT NULL REFERENCES reviews (id),
    person  TEXT        NOT NULL REFERENCES people (id),
    topics  TEXT        NOT NULL CHECK (topics IN ('yes', 'partly', 'no')),
    heard   TEXT        NOT NULL CHECK (heard IN ('yes', 'partly', 'no')),
    change  TEXT        NOT NULL CHECK (change IN ('yes', 'partly', 'no')),
    said_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (review, person)
);
