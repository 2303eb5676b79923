-- What an address of a runbook on somebody else's host answered when a member
-- of the circle last had it looked at.
CREATE TABLE looked_addresses (
    circle    TEXT        NOT NULL REFERENCES circles (slug),
    url       TEXT        NOT NULL,
    answer    TEXT        NOT NULL,                 -- a status of HTTP, no-host, silent or internal
    looked_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (circle, url)
);
