-- What somebody on call needs of a service. Empty: nobody has said it yet.
ALTER TABLE services ADD COLUMN criticality TEXT NOT NULL DEFAULT ''
    CHECK (criticality IN ('', 'critical', 'high', 'medium', 'low'));
ALTER TABLE services ADD COLUMN sla TEXT NOT NULL DEFAULT '';          -- Markdown: what was promised
ALTER TABLE services ADD COLUMN channels TEXT NOT NULL DEFAULT '';     -- how one is reached: ticket, mail, call
ALTER TABLE services ADD COLUMN hours TEXT NOT NULL DEFAULT '';
ALTER TABLE services ADD COLUMN callers TEXT NOT NULL DEFAULT '';      -- who may call
ALTER TABLE services ADD COLUMN accountable TEXT REFERENCES people (id);
ALTER TABLE services ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;    -- counts up with each edit by hand
-- When a leader last wrote name, summary, owner or links by hand. A bank does not
-- change them any more.
ALTER TABLE services ADD COLUMN written_at TIMESTAMPTZ;

-- One step of the escalation path of a service: whom one calls, and after how
-- many minutes without an answer.
CREATE TABLE escalation_steps (
    circle        TEXT   NOT NULL,
    service       TEXT   NOT NULL,
    n             BIGINT NOT NULL,                  -- from 1, in the order of the minutes
    person        TEXT   REFERENCES people (id),    -- NULL: somebody outside the circle
    name          TEXT   NOT NULL,                  -- of whoever is outside; '' for a person
    phone         TEXT   NOT NULL,
    after_minutes BIGINT NOT NULL CHECK (after_minutes >= 0),
    PRIMARY KEY (circle, service, n),
    FOREIGN KEY (circle, service) REFERENCES services (circle, slug)
);

-- One call by phone that somebody took: it cannot be refused. Never edited.
CREATE TABLE calls (
    id        TEXT        NOT NULL PRIMARY KEY,
    circle    TEXT        NOT NULL,
    service   TEXT        NOT NULL,
    caller    TEXT        NOT NULL,
    about     TEXT        NOT NULL,
    taken_by  TEXT        NOT NULL REFERENCES people (id),
    taken_at  TIMESTAMPTZ NOT NULL,
    logged_by TEXT        NOT NULL REFERENCES people (id),
    logged_at TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (circle, service) REFERENCES services (circle, slug)
);
CREATE INDEX calls_by_service ON calls (circle, service, taken_at);
