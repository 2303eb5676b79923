-- The number that a person is called on while they are on call; empty: none.
ALTER TABLE people ADD COLUMN phone TEXT NOT NULL DEFAULT '';
