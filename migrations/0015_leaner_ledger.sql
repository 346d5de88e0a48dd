-- What each line of the ledger costs, less what it does not need.
--
-- Expand step: safe while the release before is serving. Each of the two tables is locked while its constraint is
-- replaced; the index reads stock_movements once.
set local lock_timeout = '2s';

-- One movement in thousands is a reversal: the others need no place in the index that lets a movement be reversed once.
alter table stock_movements drop constraint stock_movements_reversed_once_key;
create unique index stock_movements_reversed_once_key on stock_movements (reverses_movement_id) where reverses_movement_id is not null;

-- A foreign key asks its question once for each entry, and locks the level anew each time; the many entries of a batch that
-- belong to one level need one answer. Levels are never deleted, so nothing has to be asked from the other side.
alter table stock_entries drop constraint stock_entries_level_fkey;
create function stock_entries_have_levels() returns trigger language plpgsql as $$
begin
    if exists (
        select from (select distinct product_id, location_id, lot from new_rows) e
        where not exists (select from stock_levels l
                          where l.product_id = e.product_id and l.location_id = e.location_id and l.lot = e.lot)
    ) then
        raise exception 'an entry belongs to a stock level that does not exist'
            using errcode = 'foreign_key_violation', table = 'stock_entries', constraint = 'stock_entries_level_fkey';
    end if;
    return null;
end $$;
comment on function stock_entries_have_levels is 'every entry belongs to a level: asked once for each level of a statement, where a foreign key would ask once for each entry';
create trigger stock_entries_have_levels after insert on stock_entries
    referencing new table as new_rows for each statement execute function stock_entries_have_levels();

-- A pattern costs more than all else that is checked of a key; its words come from the server's own list.
alter table idempotency_keys drop constraint idempotency_keys_operation_is_plain;
alter table idempotency_keys add constraint idempotency_keys_operation_is_short check (length(operation) between 1 and 64) not valid;
