-- The day of the last review, as the front matter of the question has it:
-- YYYY-MM-DD, or '' where it has none. NULL: an older program wrote the row;
-- the next start reads the day from the text.
ALTER TABLE questions ADD COLUMN reviewed TEXT;

-- How often a question was drawn.
CREATE INDEX slots_by_question ON slots (circle, question);
