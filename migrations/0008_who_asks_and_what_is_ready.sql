-- Who is signed in with a session, so that one question tells who asks. NULL
-- before somebody signs in.
ALTER TABLE sessions ADD COLUMN person TEXT;
ALTER TABLE sessions ADD COLUMN epoch BIGINT;
ALTER TABLE sessions ADD COLUMN seen_at TIMESTAMPTZ;

-- What can be drawn, without reading the texts of the questions.
CREATE INDEX questions_ready ON questions (circle, service, id, level, version, kind) WHERE state = 'ready';
