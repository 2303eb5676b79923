-- One service that a circle keeps alive.
CREATE TABLE services (
    circle     TEXT        NOT NULL REFERENCES circles (slug),
    slug       TEXT        NOT NULL,
    name       TEXT        NOT NULL,
    summary    TEXT        NOT NULL,
    owner      TEXT        NOT NULL,
    links      TEXT        NOT NULL,                -- JSON: [[label, url], …]
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (circle, slug)
);

-- What a question said at a time. Never edited.
CREATE TABLE question_versions (
    circle     TEXT        NOT NULL REFERENCES circles (slug),
    question   TEXT        NOT NULL,                -- service/topic/slug
    hash       TEXT        NOT NULL,
    text       TEXT        NOT NULL,                -- the file, parsed on reading
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (circle, question, hash)
);

-- One question of a bank, stable for ever; its content is a version.
CREATE TABLE questions (
    circle     TEXT        NOT NULL,
    id         TEXT        NOT NULL,                -- service/topic/slug
    service    TEXT        NOT NULL,
    topic      TEXT        NOT NULL CHECK (topic IN ('process', 'architecture', 'troubleshooting', 'monitoring')),
    level      BIGINT      NOT NULL CHECK (level BETWEEN 1 AND 3),
    critical   BOOLEAN     NOT NULL,
    state      TEXT        NOT NULL CHECK (state IN ('draft', 'ready', 'outdated')),
    kind       TEXT        NOT NULL,
    title      TEXT        NOT NULL,                -- first line of the prompt, for lists
    version    TEXT        NOT NULL,
    text       TEXT        NOT NULL,                -- the file as imported last, front matter and all
    changed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (circle, id),
    FOREIGN KEY (circle, service) REFERENCES services (circle, slug),
    FOREIGN KEY (circle, id, version) REFERENCES question_versions (circle, question, hash)
);
CREATE INDEX questions_by_topic ON questions (circle, service, topic);

-- One image that a version shows.
CREATE TABLE question_images (
    circle     TEXT NOT NULL,
    question   TEXT NOT NULL,
    version    TEXT NOT NULL,
    n          BIGINT NOT NULL,                     -- as the image stands in the text, from 0
    name       TEXT NOT NULL,                       -- as written in the Markdown
    media_type TEXT NOT NULL,
    base64     TEXT NOT NULL,
    PRIMARY KEY (circle, question, version, n),
    FOREIGN KEY (circle, question, version) REFERENCES question_versions (circle, question, hash)
);
