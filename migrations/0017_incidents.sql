-- What a circle means by one severity of its incidents, and how often those who
-- wait are told; where there is no row, the usual. No minutes: no clock.
CREATE TABLE incident_severities (
    circle         TEXT   NOT NULL REFERENCES circles (slug),
    level          BIGINT NOT NULL CHECK (level BETWEEN 1 AND 4),
    meaning        TEXT   NOT NULL,
    update_minutes BIGINT CHECK (update_minutes BETWEEN 5 AND 10080),
    PRIMARY KEY (circle, level)
);

-- One incident as it stands; how it came to that is in timeline_entries.
CREATE TABLE incidents (
    id                TEXT        NOT NULL PRIMARY KEY,
    circle            TEXT        NOT NULL REFERENCES circles (slug),
    number            BIGINT      NOT NULL,               -- INC-12 is 12
    title             TEXT        NOT NULL,
    service           TEXT,                               -- NULL: not known
    severity          BIGINT      NOT NULL CHECK (severity BETWEEN 1 AND 4),
    is_drill          BOOLEAN     NOT NULL,               -- an exercise: in no statistics
    business_affected BOOLEAN     NOT NULL,
    affected_since    TIMESTAMPTZ,                        -- NULL: business is not affected
    impact            TEXT        NOT NULL,               -- Markdown: what customers notice
    phase             TEXT        NOT NULL CHECK (phase IN ('detected', 'acknowledged', 'mitigated', 'resolved', 'closed')),
    detected_at       TIMESTAMPTZ NOT NULL,
    acknowledged_at   TIMESTAMPTZ,
    mitigated_at      TIMESTAMPTZ,
    resolved_at       TIMESTAMPTZ,
    closed_at         TIMESTAMPTZ,
    n_reopened        BIGINT      NOT NULL,
    assignee          TEXT        REFERENCES people (id), -- NULL: nobody yet
    assigned_at       TIMESTAMPTZ,
    path_step         BIGINT,                             -- of the escalation path; NULL: assigned by hand, or nobody
    updated_at        TIMESTAMPTZ,                        -- when stakeholders were told last
    snoozed_until     TIMESTAMPTZ,                        -- the next update is not due before
    resolution        TEXT        NOT NULL,               -- Markdown: what ended it; '' while nobody has said it
    postmortem        TEXT        NOT NULL CHECK (postmortem IN ('undecided', 'yes', 'no')),
    postmortem_reason TEXT        NOT NULL,
    postmortem_by     TEXT        REFERENCES people (id),
    postmortem_at     TIMESTAMPTZ,
    overridden        TEXT        NOT NULL,               -- why it was closed although something lacked; ''
    runbook_version   BIGINT,                             -- of its service's runbook, as it was in force when it was opened
    alert_name        TEXT        NOT NULL,               -- of the alert that opened it; ''
    source            TEXT,                               -- whose deliveries opened it; NULL: by hand
    group_key         TEXT,                               -- what its alerts have in common; NULL: by hand
    n_entries         BIGINT      NOT NULL,
    opened_by         TEXT        REFERENCES people (id), -- NULL: by a delivery
    opened_at         TIMESTAMPTZ NOT NULL,
    changed_at        TIMESTAMPTZ NOT NULL,
    UNIQUE (circle, number),
    FOREIGN KEY (circle, service) REFERENCES services (circle, slug)
);
CREATE INDEX incidents_by_circle ON incidents (circle, detected_at);
CREATE INDEX incidents_by_service ON incidents (circle, service, detected_at);
CREATE INDEX incidents_by_group ON incidents (source, group_key);

-- One thing that happened in an incident or was said of it. Never edited.
CREATE TABLE timeline_entries (
    id          TEXT        NOT NULL PRIMARY KEY,    -- made by the page, so that sending it twice adds it once
    incident    TEXT        NOT NULL REFERENCES incidents (id),
    turn        BIGINT      NOT NULL,                -- from 1, in the order in which it was written
    kind        TEXT        NOT NULL,                -- a word of domain::incident::Kind
    audience    TEXT        NOT NULL CHECK (audience IN ('internal', 'stakeholders')),
    words       TEXT        NOT NULL,                -- Markdown
    phase       TEXT        NOT NULL,                -- the phase that it belongs to
    person      TEXT        REFERENCES people (id),  -- NULL: a sender or the clock
    happened_at TIMESTAMPTZ NOT NULL,
    written_at  TIMESTAMPTZ NOT NULL,
    UNIQUE (incident, turn)
);

-- One sender whose deliveries a circle takes. Of the token only its hash is kept;
-- what the sender signs with is needed whole.
CREATE TABLE signal_sources (
    id          TEXT        NOT NULL PRIMARY KEY,
    circle      TEXT        NOT NULL REFERENCES circles (slug),
    name        TEXT        NOT NULL,
    kind        TEXT        NOT NULL CHECK (kind IN ('alertmanager', 'grafana', 'pagerduty')),
    address_key TEXT        NOT NULL UNIQUE,          -- what stands in the address
    token_hash  TEXT        NOT NULL,
    signs_with  TEXT        NOT NULL,                 -- '' where deliveries are not signed
    made_by     TEXT        NOT NULL REFERENCES people (id),
    made_at     TIMESTAMPTZ NOT NULL,
    rotated_at  TIMESTAMPTZ,
    revoked_at  TIMESTAMPTZ
);
CREATE INDEX signal_sources_by_circle ON signal_sources (circle);

-- One delivery as it came, stored before it was answered.
CREATE TABLE signals (
    id           TEXT        NOT NULL PRIMARY KEY,
    circle       TEXT        NOT NULL REFERENCES circles (slug),
    source       TEXT        NOT NULL REFERENCES signal_sources (id),
    sender_id    TEXT        NOT NULL,                -- by which the sender knows it; '' where it says none
    body         TEXT        NOT NULL,
    is_base64    BOOLEAN     NOT NULL,                -- where it is no text
    state        TEXT        NOT NULL CHECK (state IN ('waiting', 'done', 'repeated', 'unknown', 'failed')),
    outcome      TEXT        NOT NULL,                -- what came of it, in words
    n_tries      BIGINT      NOT NULL,
    received_at  TIMESTAMPTZ NOT NULL,
    processed_at TIMESTAMPTZ
);
CREATE INDEX signals_waiting ON signals (circle, id) WHERE state = 'waiting';
CREATE INDEX signals_by_circle ON signals (circle, id);
CREATE INDEX signals_by_sender ON signals (source, sender_id);
CREATE INDEX signals_newest ON signals (source, id);
CREATE INDEX signals_to_sweep ON signals (received_at) WHERE state IN ('done', 'repeated');
CREATE INDEX signals_to_look_at ON signals (circle, id) WHERE state IN ('unknown', 'failed');

-- One alert of a source: one firing of one fingerprint.
CREATE TABLE signal_alerts (
    id          TEXT        NOT NULL PRIMARY KEY,
    circle      TEXT        NOT NULL REFERENCES circles (slug),
    source      TEXT        NOT NULL REFERENCES signal_sources (id),
    identity    TEXT        NOT NULL,                 -- the sender, the fingerprint and the start, as one text
    fingerprint TEXT        NOT NULL,
    name        TEXT        NOT NULL,
    summary     TEXT        NOT NULL,
    labels      TEXT        NOT NULL,                 -- JSON: {name: value}
    runbook_url TEXT        NOT NULL,                 -- '' where it names none
    is_firing   BOOLEAN     NOT NULL,
    starts_at   TIMESTAMPTZ NOT NULL,
    ended_at    TIMESTAMPTZ,
    as_of       TIMESTAMPTZ NOT NULL,                 -- what an older word says is too late
    service     TEXT,
    incident    TEXT        REFERENCES incidents (id), -- NULL: a rule leaves it out
    first_seen  TIMESTAMPTZ NOT NULL,
    last_seen   TIMESTAMPTZ NOT NULL,
    UNIQUE (source, identity)
);
CREATE INDEX signal_alerts_by_incident ON signal_alerts (incident);
CREATE INDEX signal_alerts_by_fingerprint ON signal_alerts (source, fingerprint, starts_at);
CREATE INDEX signal_alerts_by_name ON signal_alerts (circle, name, starts_at);

-- The rules of a circle by which alerts are led to services; the newest turn
-- stands. Never edited.
CREATE TABLE signal_rules (
    circle     TEXT        NOT NULL REFERENCES circles (slug),
    turn       BIGINT      NOT NULL,
    rules      TEXT        NOT NULL,                 -- a line each, as domain::signal reads them
    reopens    BIGINT      NOT NULL CHECK (reopens BETWEEN 0 AND 1440), -- minutes within which a resolved incident is reopened
    changed_by TEXT        NOT NULL REFERENCES people (id),
    changed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (circle, turn)
);
