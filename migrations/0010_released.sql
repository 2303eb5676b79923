-- When a leader showed the takers of a round their scores and the answers,
-- whatever the round says; NULL: not yet. It is never taken back, since people
-- have seen it. Who did it stands in the audit trail.
ALTER TABLE rounds ADD COLUMN released_at TIMESTAMPTZ;
