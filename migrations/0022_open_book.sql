-- One time that somebody in an open-book test went to look something up, or
-- opened a page. Never edited. It says how well the page is found: no mark, no
-- verdict and no list of people reads it.
CREATE TABLE book_openings (
    id        TEXT        NOT NULL PRIMARY KEY,
    attempt   TEXT        NOT NULL,
    slot      BIGINT      NOT NULL,                 -- the question beside it
    source    TEXT        NOT NULL,                 -- runbook:SERVICE, alert:NAME; '': went to look
    opened_at TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (attempt, slot) REFERENCES slots (attempt, n)
);
CREATE INDEX book_openings_by_slot ON book_openings (attempt, slot, opened_at);
