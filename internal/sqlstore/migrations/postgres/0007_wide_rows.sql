-- +goose Up

-- Rows of some kilobytes stay whole, as those of users do: compressing them, or moving parts out, costs every
-- write more than the space is worth.
ALTER TABLE event SET (toast_tuple_target = 8160);
ALTER TABLE request SET (toast_tuple_target = 8160);

-- +goose Down
SELECT 1;
