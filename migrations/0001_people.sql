-- One person who may sign in, in whatever circles.
CREATE TABLE people (
    id            TEXT        NOT NULL PRIMARY KEY,
    email         TEXT        NOT NULL UNIQUE,      -- lower-case
    name          TEXT        NOT NULL,
    password_hash TEXT,                             -- NULL: never signs in with a password
    administrator BOOLEAN     NOT NULL,
    time_zone     TEXT,                             -- NULL: the circle's
    epoch         BIGINT      NOT NULL,             -- a session of an older epoch is over
    disabled_at   TIMESTAMPTZ,                      -- a leaver; what they did is kept
    created_at    TIMESTAMPTZ NOT NULL
);

-- One team and the customer it serves. To others it does not exist.
CREATE TABLE circles (
    slug       TEXT        NOT NULL PRIMARY KEY,
    name       TEXT        NOT NULL,
    time_zone  TEXT        NOT NULL,
    is_demo    BOOLEAN     NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

-- One person's role in one circle.
CREATE TABLE members (
    circle    TEXT        NOT NULL REFERENCES circles (slug),
    person    TEXT        NOT NULL REFERENCES people (id),
    role      TEXT        NOT NULL CHECK (role IN ('leader', 'engineer', 'reader')),
    joined_at TIMESTAMPTZ NOT NULL,
    left_at   TIMESTAMPTZ,                          -- NULL while a member
    PRIMARY KEY (circle, person)
);
CREATE INDEX members_by_person ON members (person);

-- One link that lets somebody join a circle, once. Only its hash is kept.
CREATE TABLE invitations (
    token_hash TEXT        NOT NULL PRIMARY KEY,
    circle     TEXT        NOT NULL REFERENCES circles (slug),
    email      TEXT        NOT NULL,
    role       TEXT        NOT NULL CHECK (role IN ('leader', 'engineer', 'reader')),
    invited_by TEXT        NOT NULL REFERENCES people (id),
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ                          -- taken or withdrawn
);
CREATE INDEX invitations_by_circle ON invitations (circle);

-- One link that lets a person choose a new password, once.
CREATE TABLE password_resets (
    token_hash TEXT        NOT NULL PRIMARY KEY,
    person     TEXT        NOT NULL REFERENCES people (id),
    made_by    TEXT        NOT NULL REFERENCES people (id),
    expires_at TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ
);

-- The one-time token of the first set-up; the row goes when it is used.
CREATE TABLE setup_tokens (
    token_hash TEXT        NOT NULL PRIMARY KEY,
    created_at TIMESTAMPTZ NOT NULL
);

-- One browser that is signed in, or about to.
CREATE TABLE sessions (
    id         TEXT        NOT NULL PRIMARY KEY,
    record     TEXT        NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- One failed sign-in, counted per address and per e-mail.
CREATE TABLE sign_in_failures (
    id        TEXT        NOT NULL PRIMARY KEY,
    address   TEXT        NOT NULL,
    email     TEXT        NOT NULL,
    failed_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sign_in_failures_by_address ON sign_in_failures (address, failed_at);
CREATE INDEX sign_in_failures_by_email ON sign_in_failures (email, failed_at);

-- One thing done that somebody may have to answer for. Never edited.
CREATE TABLE audit (
    id       TEXT        NOT NULL PRIMARY KEY,
    circle   TEXT        REFERENCES circles (slug),  -- NULL: of the installation
    person   TEXT        REFERENCES people (id),     -- NULL: the program itself
    what     TEXT        NOT NULL,
    subject  TEXT        NOT NULL,
    happened_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX audit_by_circle ON audit (circle, happened_at);
