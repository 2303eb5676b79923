-- One record of a circle that can be found by its words. It is written in the
-- transaction that writes the record; the index over the words is made by
-- backend::search::index, since each database has its own.
CREATE TABLE search_entries (
    n            BIGINT  NOT NULL PRIMARY KEY,       -- larger for what was written later
    circle       TEXT    NOT NULL REFERENCES circles (slug),
    kind         TEXT    NOT NULL,                   -- a word of domain::search::Kind
    key          TEXT    NOT NULL,                   -- which one, within its kind
    service      TEXT,                               -- its slug; NULL: of none
    path         TEXT    NOT NULL,                   -- of its page, within the circle: /actions/CA-7
    title        TEXT    NOT NULL,
    body         TEXT    NOT NULL,                   -- for excerpts
    leaders_only BOOLEAN NOT NULL,
    title_words  TEXT    NOT NULL,                   -- as domain::search::indexed writes them
    body_words   TEXT    NOT NULL,
    UNIQUE (circle, kind, key)
);
