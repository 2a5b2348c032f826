ALTER TABLE changes DROP COLUMN collection;
