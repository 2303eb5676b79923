-- What a document of a service said at a time. Never edited: the newest stands.
CREATE TABLE document_versions (
    circle   TEXT        NOT NULL,
    service  TEXT        NOT NULL,
    kind     TEXT        NOT NULL,                  -- a word of domain::document::Kind
    version  BIGINT      NOT NULL,                  -- from 1
    form     TEXT        NOT NULL CHECK (form IN ('page', 'link', 'unneeded')),
    body     TEXT        NOT NULL,                  -- Markdown; an address; why none is needed
    tried_on TEXT        NOT NULL,                  -- YYYY-MM-DD of the last restore or failover test; '' for never
    made_by  TEXT        NOT NULL REFERENCES people (id),
    made_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (circle, service, kind, version),
    FOREIGN KEY (circle, service) REFERENCES services (circle, slug)
);

-- One time that somebody looked whether a document is still true. Never edited.
CREATE TABLE document_checks (
    id         TEXT        NOT NULL PRIMARY KEY,
    circle     TEXT        NOT NULL,
    service    TEXT        NOT NULL,
    kind       TEXT        NOT NULL,
    version    BIGINT      NOT NULL,
    tried_on   TEXT        NOT NULL,                -- as above, as known then
    checked_by TEXT        NOT NULL REFERENCES people (id),
    checked_at TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (circle, service, kind, version) REFERENCES document_versions (circle, service, kind, version)
);
CREATE INDEX document_checks_by_document ON document_checks (circle, service, kind, checked_at);
