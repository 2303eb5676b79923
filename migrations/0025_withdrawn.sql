-- An entry for stakeholders that was taken out of the report afterwards, and why.
-- The entry itself stays in the timeline.
CREATE TABLE timeline_withdrawals (
    entry        TEXT        NOT NULL PRIMARY KEY REFERENCES timeline_entries (id),
    reason       TEXT        NOT NULL,
    person       TEXT        NOT NULL REFERENCES people (id),
    withdrawn_at TIMESTAMPTZ NOT NULL
);

-- Where the sender shows the alert; '' where it says nothing.
ALTER TABLE signal_alerts ADD COLUMN link TEXT NOT NULL DEFAULT '';
-- What it says besides its summary; ''.
ALTER TABLE signal_alerts ADD COLUMN description TEXT NOT NULL DEFAULT '';
