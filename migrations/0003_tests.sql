-- One test of a circle; what it asks is a version.
CREATE TABLE tests (
    id          TEXT        NOT NULL PRIMARY KEY,
    circle      TEXT        NOT NULL REFERENCES circles (slug),
    name        TEXT        NOT NULL,
    version     BIGINT      NOT NULL,               -- the newest
    created_at  TIMESTAMPTZ NOT NULL,
    archived_at TIMESTAMPTZ
);
CREATE INDEX tests_by_circle ON tests (circle);

-- Blueprint, time limit and rules at a time. Never edited.
CREATE TABLE test_versions (
    test       TEXT        NOT NULL REFERENCES tests (id),
    version    BIGINT      NOT NULL,
    definition TEXT        NOT NULL,                -- JSON of domain::test::Test
    made_by    TEXT        NOT NULL REFERENCES people (id),
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (test, version)
);

-- One test given to named members between two instants.
CREATE TABLE rounds (
    id           TEXT        NOT NULL PRIMARY KEY,
    circle       TEXT        NOT NULL REFERENCES circles (slug),
    name         TEXT        NOT NULL,
    test         TEXT        NOT NULL,
    test_version BIGINT      NOT NULL,
    opens_at     TIMESTAMPTZ NOT NULL,
    closes_at    TIMESTAMPTZ NOT NULL,
    show_score   TEXT        NOT NULL CHECK (show_score IN ('at_hand_in', 'at_close', 'never')),
    show_answers TEXT        NOT NULL CHECK (show_answers IN ('at_hand_in', 'at_close', 'never')),
    made_by      TEXT        NOT NULL REFERENCES people (id),
    created_at   TIMESTAMPTZ NOT NULL,
    cancelled_at TIMESTAMPTZ,
    FOREIGN KEY (test, test_version) REFERENCES test_versions (test, version),
    CHECK (opens_at < closes_at)
);
CREATE INDEX rounds_by_circle ON rounds (circle, closes_at);

-- One person a round is given to.
CREATE TABLE round_people (
    round         TEXT   NOT NULL REFERENCES rounds (id),
    person        TEXT   NOT NULL REFERENCES people (id),
    extra_seconds BIGINT NOT NULL CHECK (extra_seconds >= 0),
    PRIMARY KEY (round, person)
);
CREATE INDEX round_people_by_person ON round_people (person);
