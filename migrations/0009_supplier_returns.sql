-- More may come than was ordered, within the tolerance that is set; and goods go back to the supplier.
--
-- Expand step: what the previous release writes is within the new limit too; it goes on refusing more than is open.
set local lock_timeout = '2s';

-- Costs in time, latest first.
create index supplier_product_costs_by_time_idx on supplier_product_costs (supplier_product_id, effective_from, min_quantity);

-- Over-receipt ----------------------------------------------------------------------------------
-- The rule is the server's, by settings.over_receipt_percent at the moment of the receipt; this is the limit of the limit.

alter table purchase_order_lines
    add constraint purchase_order_lines_received_within_double check (received + cancelled <= 2 * quantity),
    drop constraint purchase_order_lines_never_over_received;

-- What is open is never negative. A trigger keeps it, because another expression for a generated column would rewrite
-- the table.
alter table purchase_order_lines alter column open drop expression;
create function purchase_order_lines_keep_open() returns trigger language plpgsql as $$
begin
    new.open := greatest(new.quantity - new.received - new.cancelled, 0);
    return new;
end $$;
comment on function purchase_order_lines_keep_open is 'open is what is neither received nor cancelled, and never negative';
create trigger purchase_order_lines_keep_open before insert or update of quantity, received, cancelled, open on purchase_order_lines
    for each row execute function purchase_order_lines_keep_open();
comment on column purchase_order_lines.received is 'how much has come; may be more than was ordered, as settings.over_receipt_percent allowed';
comment on column purchase_order_lines.open is 'how much is still to come: the rest, never negative';

-- Returns ---------------------------------------------------------------------------------------

create table supplier_returns (
    id                      bigint generated always as identity,
    number                  text not null generated always as ('SR-' || lpad(id::text, greatest(6, length(id::text)), '0')) stored,
    supplier_id             bigint not null,
    purchase_order_id       bigint,
    goods_receipt_id        bigint,
    movement_id             bigint not null,
    reason                  one_line not null,
    currency                currency_code not null,
    actor                   one_line not null,
    created_at              timestamptz not null default clock_timestamp(),
    reversed_at             timestamptz,
    reversed_by_movement_id bigint,
    constraint supplier_returns_pkey primary key (id),
    constraint supplier_returns_number_key unique (number),
    constraint supplier_returns_supplier_id_fkey foreign key (supplier_id) references suppliers (id),
    constraint supplier_returns_purchase_order_id_fkey foreign key (purchase_order_id) references purchase_orders (id),
    constraint supplier_returns_goods_receipt_fkey foreign key (goods_receipt_id, purchase_order_id)
        references goods_receipts (id, purchase_order_id),
    constraint supplier_returns_receipt_has_order check (goods_receipt_id is null or purchase_order_id is not null),
    constraint supplier_returns_movement_id_fkey foreign key (movement_id) references stock_movements (id),
    constraint supplier_returns_movement_once_key unique (movement_id),
    constraint supplier_returns_reversed_by_movement_id_fkey foreign key (reversed_by_movement_id) references stock_movements (id),
    constraint supplier_returns_reversal_once_key unique (reversed_by_movement_id),
    constraint supplier_returns_reversal_has_a_time check (reversed_by_movement_id is null or reversed_at is not null)
);
create index supplier_returns_by_supplier_idx on supplier_returns (supplier_id, id);
create index supplier_returns_by_order_idx on supplier_returns (purchase_order_id, id);
create index supplier_returns_by_receipt_idx on supplier_returns (goods_receipt_id, purchase_order_id);
comment on table supplier_returns is 'what went back to a supplier at one time, with the stock movement that took it out';
comment on column supplier_returns.id is 'key';
comment on column supplier_returns.number is 'what people call it: SR-000123, made of the key';
comment on column supplier_returns.supplier_id is 'to whom';
comment on column supplier_returns.purchase_order_id is 'the order it came by; null: none is named';
comment on column supplier_returns.goods_receipt_id is 'the receipt it came by, of that order; null: none is named';
comment on column supplier_returns.movement_id is 'the movement that took it out';
comment on column supplier_returns.reason is 'why it went back';
comment on column supplier_returns.currency is 'of its unit costs: that of the order, else of the supplier';
comment on column supplier_returns.actor is 'who returned it';
comment on column supplier_returns.created_at is 'when it was returned';
comment on column supplier_returns.reversed_at is 'when it was put right';
comment on column supplier_returns.reversed_by_movement_id is 'the movement that put it right';

create table supplier_return_lines (
    id                 bigint generated always as identity,
    supplier_return_id bigint not null,
    product_id         bigint not null,
    location_id        bigint,
    quantity           quantity not null,
    unit_cost          money_amount,
    constraint supplier_return_lines_pkey primary key (id),
    constraint supplier_return_lines_supplier_return_id_fkey foreign key (supplier_return_id) references supplier_returns (id),
    constraint supplier_return_lines_product_id_fkey foreign key (product_id) references products (id),
    constraint supplier_return_lines_location_id_fkey foreign key (location_id) references locations (id),
    constraint supplier_return_lines_quantity_is_positive check (quantity > 0)
);
create index supplier_return_lines_by_return_idx on supplier_return_lines (supplier_return_id, id);
create index supplier_return_lines_by_product_idx on supplier_return_lines (product_id, id);
create index supplier_return_lines_by_location_idx on supplier_return_lines (location_id);
comment on table supplier_return_lines is 'the lines of a return to a supplier';
comment on column supplier_return_lines.id is 'key; lines stand in its order';
comment on column supplier_return_lines.supplier_return_id is 'the return it belongs to';
comment on column supplier_return_lines.product_id is 'what went back';
comment on column supplier_return_lines.location_id is 'where it was taken from; null: the movement''s entries say, because only a warehouse was named';
comment on column supplier_return_lines.quantity is 'how much went back';
comment on column supplier_return_lines.unit_cost is 'what one unit had cost; null: not known';

-- A document's movement is reversed together with it, or the document would still count.
create or replace function stock_movements_keep_goods_receipts() returns trigger language plpgsql as $$
begin
    if exists (select from goods_receipts where movement_id = new.reverses_movement_id and reversed_at is null) then
        raise exception 'movement % belongs to a goods receipt', new.reverses_movement_id
            using errcode = 'check_violation', constraint = 'stock_movements_reversed_with_document',
                  hint = 'Reverse the receipt: POST /goods-receipts/{id}/reverse.';
    end if;
    if exists (select from supplier_returns where movement_id = new.reverses_movement_id and reversed_at is null) then
        raise exception 'movement % belongs to a return to a supplier', new.reverses_movement_id
            using errcode = 'check_violation', constraint = 'stock_movements_reversed_with_document',
                  hint = 'Reverse the return: POST /supplier-returns/{id}/reverse.';
    end if;
    return new;
end $$;
comment on function stock_movements_keep_goods_receipts is 'the movement of a goods receipt, or of a return to a supplier, is reversed only together with it';
