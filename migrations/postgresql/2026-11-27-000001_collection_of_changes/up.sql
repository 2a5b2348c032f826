ALTER TABLE changes ADD COLUMN collection text COLLATE "C";
COMMENT ON COLUMN changes.collection IS 'Collection of the records it added versions of; null for other operations. Changes recorded before there was this column have none either: that of an applied submission is told by the submission.';
