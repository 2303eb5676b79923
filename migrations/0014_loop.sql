-- One form that added something to the actions of a circle, as its page sent it:
-- sent again after a lost answer, it adds nothing.
CREATE TABLE action_sends (
    person      TEXT NOT NULL REFERENCES people (id),
    fingerprint TEXT NOT NULL,                      -- of the page's key and of everything it sent
    action      TEXT NOT NULL REFERENCES actions (id),
    PRIMARY KEY (person, fingerprint)
);
CREATE INDEX action_sends_by_action ON action_sends (action);

-- What was made at an item of a review is found by its address.
CREATE INDEX actions_by_origin ON actions (circle, origin_ref);

-- Whether what was accepted before, also for one round alone, goes on beside it.
ALTER TABLE dispute_decisions ADD COLUMN goes_on BOOLEAN NOT NULL DEFAULT FALSE;
