-- What each line of the ledger costs, less what it does not need.
--
-- Expand step: safe while the release before is serving. Each of the two tables is locked while its constraint is
-- replaced; the index reads stock_movements once.
set local lock_timeout = '2s';

-- One movement in thousands is a reversal: the others need no place in the index that lets a movement be reversed once.
alter table stock_movements drop constraint stock_movements_reversed_once_key;
create unique index stock_movements_reversed_once_key on stock_movements (reverses_movement_id) where reverses_movement_id is not null;

-- A pattern costs more than all else that is checked of a key; its words come from the server's own list.
alter table idempotency_keys drop constraint idempotency_keys_operation_is_plain;
alter table idempotency_keys add constraint idempotency_keys_operation_is_short check (length(operation) between 1 and 64) not valid;
