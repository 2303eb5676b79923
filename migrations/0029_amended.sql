-- Whether the text of a question is another than that of its version: what no
-- version holds was changed, as the sources it rests on. Few are.
ALTER TABLE questions ADD COLUMN is_amended BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE questions
SET is_amended = TRUE
WHERE text <> (SELECT v.text FROM question_versions v
               WHERE v.circle = questions.circle AND v.question = questions.id AND v.hash = questions.version);
CREATE INDEX questions_amended ON questions (circle, id) WHERE is_amended;

-- The home of a circle asks at each visit what runs.
CREATE INDEX incidents_running ON incidents (circle, detected_at)
    WHERE phase IN ('detected', 'acknowledged', 'mitigated');
