-- The figures that a leader saw when deciding whether an action helped: answers
-- to its questions before it was done and after. Never edited.
CREATE TABLE action_effects (
    action          TEXT   NOT NULL,
    turn            BIGINT NOT NULL,
    answers_before  BIGINT NOT NULL,
    people_before   BIGINT NOT NULL,
    earned_before   BIGINT NOT NULL,                -- the sum of earned of possible, in ten-thousandths
    answers_after   BIGINT NOT NULL,
    people_after    BIGINT NOT NULL,
    earned_after    BIGINT NOT NULL,
    PRIMARY KEY (action, turn),
    FOREIGN KEY (action, turn) REFERENCES action_events (action, turn)
);
