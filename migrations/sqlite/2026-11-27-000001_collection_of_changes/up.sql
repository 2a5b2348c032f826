ALTER TABLE changes ADD COLUMN collection TEXT;
