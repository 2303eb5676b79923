-- The file of a question as a bank brought it last; NULL: no bank has it. What
-- was written here since is not written over by the same file again.
ALTER TABLE questions ADD COLUMN bank_text TEXT;
UPDATE questions SET bank_text = text WHERE state <> 'outdated';
