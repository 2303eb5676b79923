-- How often the people of a round may sit it again, after what wait, and what
-- is asked again.
ALTER TABLE rounds ADD COLUMN n_retakes BIGINT NOT NULL DEFAULT 0 CHECK (n_retakes >= 0);
ALTER TABLE rounds ADD COLUMN retake_wait_hours BIGINT NOT NULL DEFAULT 0 CHECK (retake_wait_hours >= 0);
ALTER TABLE rounds ADD COLUMN retake_asks TEXT NOT NULL DEFAULT 'everything' CHECK (retake_asks IN ('everything', 'missed'));

-- One service and topic that an attempt did not ask again, and the attempt of
-- the same round in which it was passed.
CREATE TABLE kept_topics (
    attempt TEXT NOT NULL REFERENCES attempts (id),
    service TEXT NOT NULL,
    topic   TEXT NOT NULL,
    kept_from TEXT NOT NULL REFERENCES attempts (id),
    PRIMARY KEY (attempt, service, topic)
);

CREATE INDEX attempts_by_round ON attempts (round, person);

-- NULL while the person is in the round; who has started is never taken out.
ALTER TABLE round_people ADD COLUMN taken_out_at TIMESTAMPTZ;

-- Who is sitting now, round by round.
CREATE INDEX attempts_sitting ON attempts (circle, round) WHERE finished_at IS NULL;
