-- The last number that was given in one series of a circle, such as 7 for CA-7;
-- none is used twice.
CREATE TABLE numbers (
    circle TEXT   NOT NULL REFERENCES circles (slug),
    series TEXT   NOT NULL,
    last   BIGINT NOT NULL,
    PRIMARY KEY (circle, series)
);

-- How many working days a circle gives the actions of one severity; where there
-- is no row, the usual ones.
CREATE TABLE action_clocks (
    circle      TEXT   NOT NULL REFERENCES circles (slug),
    severity    BIGINT NOT NULL CHECK (severity BETWEEN 1 AND 4),
    assign_days BIGINT NOT NULL CHECK (assign_days >= 1),
    done_days   BIGINT NOT NULL CHECK (done_days >= 1),
    PRIMARY KEY (circle, severity)
);

-- One corrective action as it stands; how it came to that is in action_events.
CREATE TABLE actions (
    id          TEXT        NOT NULL PRIMARY KEY,
    circle      TEXT        NOT NULL REFERENCES circles (slug),
    number      BIGINT      NOT NULL,               -- CA-7 is 7
    title       TEXT        NOT NULL,
    description TEXT        NOT NULL,               -- Markdown
    done_when   TEXT        NOT NULL,               -- Markdown: the definition of done
    origin      TEXT        NOT NULL,               -- a word of domain::action::OriginKind
    origin_ref  TEXT        NOT NULL,               -- which one, as a text or an address
    fixes       TEXT        NOT NULL CHECK (fixes IN ('question', 'document', 'alert', 'process', 'training')),
    how         TEXT        NOT NULL CHECK (how IN ('detective', 'preventive', 'corrective')),
    severity    BIGINT      NOT NULL CHECK (severity BETWEEN 1 AND 4),
    owner       TEXT        REFERENCES people (id), -- NULL: nobody yet
    assigned_at TIMESTAMPTZ,                        -- when it first had an owner
    assign_by   TEXT        NOT NULL,               -- YYYY-MM-DD, the last day, by the circle's calendar
    done_by     TEXT        NOT NULL,
    proof       TEXT        NOT NULL,               -- a link or a text; '' while there is none
    state       TEXT        NOT NULL CHECK (state IN ('open', 'reopened', 'in_progress', 'paused', 'in_review', 'done', 'effect_seen', 'no_effect', 'wont_do')),
    revision    BIGINT      NOT NULL,               -- counts up with each edit
    n_events    BIGINT      NOT NULL,
    made_by     TEXT        NOT NULL REFERENCES people (id),
    made_at     TIMESTAMPTZ NOT NULL,
    changed_at  TIMESTAMPTZ NOT NULL,
    closed_at   TIMESTAMPTZ,                        -- done or given up; NULL while there is something to do
    UNIQUE (circle, number)
);
CREATE UNIQUE INDEX one_action_in_progress ON actions (circle, owner) WHERE state = 'in_progress';

-- One thing that happened to an action. Never edited, never removed.
CREATE TABLE action_events (
    action      TEXT        NOT NULL REFERENCES actions (id),
    turn        BIGINT      NOT NULL,               -- from 1, in the order it happened
    kind        TEXT        NOT NULL CHECK (kind IN ('made', 'moved', 'edited', 'comment', 'ticked', 'unticked')),
    state       TEXT        NOT NULL,               -- the state after it
    note        TEXT        NOT NULL,               -- Markdown: a comment, a reason, the words of a task
    changes     TEXT        NOT NULL,               -- JSON: [[field, was, is], …]
    person      TEXT        NOT NULL REFERENCES people (id),
    happened_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (action, turn)
);

-- One task on the checklist of an action.
CREATE TABLE action_tasks (
    action    TEXT    NOT NULL REFERENCES actions (id),
    n         BIGINT  NOT NULL,                     -- from 1, as it stands on the page
    task      TEXT    NOT NULL,
    is_ticked BOOLEAN NOT NULL,
    PRIMARY KEY (action, n)
);

-- One label of an action, lower-case.
CREATE TABLE action_labels (
    action TEXT NOT NULL REFERENCES actions (id),
    label  TEXT NOT NULL,
    PRIMARY KEY (action, label)
);

-- One question that an action came from; the next attempts at it tell whether
-- the action helped.
CREATE TABLE action_questions (
    action   TEXT NOT NULL REFERENCES actions (id),
    circle   TEXT NOT NULL,
    question TEXT NOT NULL,
    PRIMARY KEY (action, question),
    FOREIGN KEY (circle, question) REFERENCES questions (circle, id)
);

-- One secret address of a calendar with the days on which actions are due. Only
-- its hash is kept.
CREATE TABLE calendar_feeds (
    id         TEXT        NOT NULL PRIMARY KEY,
    token_hash TEXT        NOT NULL UNIQUE,
    circle     TEXT        NOT NULL REFERENCES circles (slug),
    person     TEXT        NOT NULL REFERENCES people (id),
    shows      TEXT        NOT NULL CHECK (shows IN ('mine', 'circle')),
    made_at    TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);
CREATE INDEX calendar_feeds_by_person ON calendar_feeds (circle, person);
