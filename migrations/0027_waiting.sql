-- Attempts that wait for a marker, round by round: without those being sat, of
-- which there can be hundreds, so that what a taker opens costs the same whether
-- one person is in the round or a thousand.
DROP INDEX attempts_unmarked;
CREATE INDEX attempts_unmarked ON attempts (circle, round)
    WHERE finished_at IS NOT NULL AND verdict IS NULL;
