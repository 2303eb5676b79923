-- Who is on call for a service, from one instant to another: one person at a
-- time. A shift that is taken off stays, with who took it off.
CREATE TABLE shifts (
    id         TEXT        NOT NULL PRIMARY KEY,
    circle     TEXT        NOT NULL,
    service    TEXT        NOT NULL,
    person     TEXT        NOT NULL REFERENCES people (id),
    starts_at  TIMESTAMPTZ NOT NULL,
    ends_at    TIMESTAMPTZ NOT NULL CHECK (starts_at <= ends_at),
    added_by   TEXT        NOT NULL REFERENCES people (id),
    added_at   TIMESTAMPTZ NOT NULL,
    removed_by TEXT        REFERENCES people (id),
    removed_at TIMESTAMPTZ,
    FOREIGN KEY (circle, service) REFERENCES services (circle, slug)
);
CREATE INDEX shifts_by_service ON shifts (circle, service, ends_at);
