-- One postmortem as it stands; how it came to that is in postmortem_events.
CREATE TABLE postmortems (
    id            TEXT        NOT NULL PRIMARY KEY,
    circle        TEXT        NOT NULL REFERENCES circles (slug),
    number        BIGINT      NOT NULL,               -- PM-3 is 3
    title         TEXT        NOT NULL,
    happened_on   TEXT        NOT NULL,               -- YYYY-MM-DD, by the circle's calendar; '' where nobody knows
    service       TEXT        NOT NULL,               -- a short name; '' where it is about several or none
    incident      BIGINT,                             -- the number of an incident of the circle
    state         TEXT        NOT NULL CHECK (state IN ('draft', 'in_review', 'reviewed', 'closed')),
    none_because  TEXT        NOT NULL,               -- why there is no action; '' while nobody has said it
    imported_from TEXT        NOT NULL,               -- the path of the file; '' where it was written here
    original      TEXT        NOT NULL,               -- the file as it was read; ''
    words         TEXT        NOT NULL,               -- title and sections in lower case, for searching
    revision      BIGINT      NOT NULL,               -- counts up with each change of its text
    n_events      BIGINT      NOT NULL,
    made_by       TEXT        REFERENCES people (id), -- NULL: by the command line
    made_at       TIMESTAMPTZ NOT NULL,
    changed_at    TIMESTAMPTZ NOT NULL,
    reviewed_at   TIMESTAMPTZ,
    closed_at     TIMESTAMPTZ,
    UNIQUE (circle, number)
);
CREATE UNIQUE INDEX one_import_of_a_file ON postmortems (circle, imported_from) WHERE imported_from <> '';

-- What one part of a postmortem says.
CREATE TABLE postmortem_sections (
    postmortem TEXT NOT NULL REFERENCES postmortems (id),
    section    TEXT NOT NULL,                         -- a word of domain::postmortem::Section
    words      TEXT NOT NULL,                         -- Markdown
    PRIMARY KEY (postmortem, section)
);

-- The whole text as it was when the team had reviewed it. Never edited.
CREATE TABLE postmortem_versions (
    postmortem TEXT        NOT NULL REFERENCES postmortems (id),
    n          BIGINT      NOT NULL,                  -- from 1
    words      TEXT        NOT NULL,                  -- Markdown
    made_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (postmortem, n)
);

-- One person who was at the review of a postmortem.
CREATE TABLE postmortem_people (
    postmortem TEXT NOT NULL REFERENCES postmortems (id),
    person     TEXT NOT NULL REFERENCES people (id),
    PRIMARY KEY (postmortem, person)
);

-- One thing that an imported text says is to be done, and the action that was
-- made of it.
CREATE TABLE postmortem_promises (
    postmortem TEXT   NOT NULL REFERENCES postmortems (id),
    line       BIGINT NOT NULL,                       -- of the file, from 1
    n          BIGINT NOT NULL,                       -- within the line, from 1
    words      TEXT   NOT NULL,
    owner      TEXT   NOT NULL,                       -- as the text says it; '' where it names nobody
    due        TEXT   NOT NULL,
    action     BIGINT,                                -- the number of an action of the circle
    PRIMARY KEY (postmortem, line, n)
);

-- One thing that happened to a postmortem. Never edited, never removed.
CREATE TABLE postmortem_events (
    postmortem  TEXT        NOT NULL REFERENCES postmortems (id),
    turn        BIGINT      NOT NULL,                 -- from 1, in the order it happened
    words       TEXT        NOT NULL,                 -- ready to be read: "sent it to the review"
    state       TEXT        NOT NULL,                 -- the state after it
    person      TEXT        REFERENCES people (id),
    happened_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (postmortem, turn)
);

-- One decision about one of the five triggers of a postmortem. Never edited: the
-- newest stands.
CREATE TABLE trigger_decisions (
    id            TEXT        NOT NULL PRIMARY KEY,
    circle        TEXT        NOT NULL REFERENCES circles (slug),
    incident      BIGINT      NOT NULL,               -- the number of an incident of the circle
    trigger_name  TEXT        NOT NULL,               -- a word of domain::postmortem::Trigger
    is_met        BOOLEAN     NOT NULL,
    was_suggested BOOLEAN     NOT NULL,               -- what the data said
    evidence      TEXT        NOT NULL,               -- JSON: [sentence, …], as it was shown
    reason        TEXT        NOT NULL,
    person        TEXT        NOT NULL REFERENCES people (id),
    decided_at    TIMESTAMPTZ NOT NULL
);
CREATE INDEX trigger_decisions_by_incident ON trigger_decisions (circle, incident, decided_at);
