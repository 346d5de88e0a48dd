-- Goods receipts by time: the list asks for those of a day or a month, however many came since.
--
-- Expand step: safe while the previous release is serving. Goods are not received while the index is made, which reads the
-- receipts once.
set local lock_timeout = '2s';

create index goods_receipts_created_at_idx on goods_receipts (created_at);
