-- What is written about one service for the night, as it stands.
CREATE TABLE runbooks (
    circle     TEXT        NOT NULL,
    service    TEXT        NOT NULL,
    version    BIGINT      NOT NULL,                -- the newest
    changed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (circle, service),
    FOREIGN KEY (circle, service) REFERENCES services (circle, slug)
);

-- One change of a runbook, of one page or of several at once. Never edited.
CREATE TABLE runbook_versions (
    circle  TEXT        NOT NULL,
    service TEXT        NOT NULL,
    version BIGINT      NOT NULL,                   -- from 1
    note    TEXT        NOT NULL,                   -- why; '' where nobody said it
    made_by TEXT        REFERENCES people (id),     -- NULL: the command line
    made_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (circle, service, version),
    FOREIGN KEY (circle, service) REFERENCES runbooks (circle, service)
);

-- One page of a runbook, as one version wrote it. At any version, the newest row
-- up to it stands. Never edited.
CREATE TABLE runbook_pages (
    circle     TEXT    NOT NULL,
    service    TEXT    NOT NULL,
    page       TEXT    NOT NULL,                    -- 'runbook' for the eight sections, else named after its alert
    version    BIGINT  NOT NULL,
    path       TEXT    NOT NULL,                    -- of the file it came from; '' if it was written here
    title      TEXT    NOT NULL,
    content    TEXT    NOT NULL,                    -- Markdown, all of it
    is_removed BOOLEAN NOT NULL,                    -- from this version on there is no such page
    PRIMARY KEY (circle, service, page, version),
    FOREIGN KEY (circle, service, version) REFERENCES runbook_versions (circle, service, version)
);

-- One name of an alert that the newest version of a page describes. Made again
-- with each version.
CREATE TABLE runbook_alerts (
    circle   TEXT   NOT NULL,
    service  TEXT   NOT NULL,
    page     TEXT   NOT NULL,
    place    BIGINT NOT NULL,                       -- of its section within the page, from 0
    name     TEXT   NOT NULL,
    name_key TEXT   NOT NULL,                       -- in lower case
    title    TEXT   NOT NULL,
    symptoms TEXT   NOT NULL,                       -- the beginning of what it says, for the search
    PRIMARY KEY (circle, service, page, place, name),
    FOREIGN KEY (circle, service) REFERENCES runbooks (circle, service)
);
CREATE INDEX runbook_alerts_by_name ON runbook_alerts (name_key);

-- What one person is writing on one page and has not saved as a version yet.
CREATE TABLE runbook_drafts (
    circle   TEXT        NOT NULL,
    service  TEXT        NOT NULL,
    page     TEXT        NOT NULL,
    person   TEXT        NOT NULL REFERENCES people (id),
    content  TEXT        NOT NULL,
    based_on BIGINT      NOT NULL,                  -- the version of the page that it began with; 0: a new page
    saved_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (circle, service, page, person),
    FOREIGN KEY (circle, service) REFERENCES services (circle, slug)
);

-- What somebody said of a runbook after using it. Never edited.
CREATE TABLE runbook_remarks (
    id       TEXT        NOT NULL PRIMARY KEY,
    circle   TEXT        NOT NULL,
    service  TEXT        NOT NULL,
    page     TEXT        NOT NULL,
    alert    TEXT        NOT NULL,                  -- its name; '' for the page as a whole
    version  BIGINT      NOT NULL,                  -- of the runbook that was used
    verdict  TEXT        NOT NULL CHECK (verdict IN ('right', 'wrong', 'missing')),
    note     TEXT        NOT NULL,
    action   BIGINT,                                -- the number of the corrective action made of it
    made_by  TEXT        NOT NULL REFERENCES people (id),
    made_at  TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (circle, service) REFERENCES runbooks (circle, service)
);
CREATE INDEX runbook_remarks_by_alert ON runbook_remarks (circle, service, alert, made_at);

-- One file of Prometheus rules that a circle has shown, in its newest form.
CREATE TABLE rule_files (
    circle   TEXT        NOT NULL REFERENCES circles (slug),
    path     TEXT        NOT NULL,
    taken_by TEXT        REFERENCES people (id),    -- NULL: the command line
    taken_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (circle, path)
);

-- One alert that such a file defines.
CREATE TABLE rule_alerts (
    circle      TEXT   NOT NULL,
    path        TEXT   NOT NULL,
    place       BIGINT NOT NULL,                    -- in the file, from 0
    name        TEXT   NOT NULL,
    rule_group  TEXT   NOT NULL,
    runbook_url TEXT   NOT NULL,
    summary     TEXT   NOT NULL,
    severity    TEXT   NOT NULL,
    PRIMARY KEY (circle, path, place),
    FOREIGN KEY (circle, path) REFERENCES rule_files (circle, path)
);
