-- The rest of what people decide in the audit log: products, categories, suppliers, what they sell and ask for, reorder
-- policies, stock transfers, drafts, and how long reservations last.
--
-- Movements, and with them what reservations hold, have their own record with who did it, the ledger, and no entry here.
-- Expand step: triggers on tables that are there, which also enter what the previous release does.
set local lock_timeout = '2s';

create or replace function audit_changes(past jsonb, present jsonb, hidden text[]) returns jsonb language sql immutable as $$
    select coalesce(jsonb_object_agg(n.key, case
               when n.key = any(hidden) then '{}'::jsonb
               when length(n.value::text) > 400 or length(o.value::text) > 400 then '{}'::jsonb
               else jsonb_build_object('from', o.value, 'to', n.value) end), '{}')
    from jsonb_each(present) n
    join jsonb_each(past) o on o.key = n.key and o.value <> n.value
    where n.key not in ('version', 'updated_at', 'search_text', 'archived')
$$;

-- Changes are looked at where one of these columns is set: what only counts a version, as a change of 10,000 prices does
-- for each product, calls nothing. A category that is renamed or moved takes those below it along by a trigger of its own.
create trigger products_audited after insert or delete or
    update of sku, name, description, category_id, barcode, unit, reorder_point, archived_at on products
    for each row execute function audit_rows('product', 'sku,name');
create trigger categories_audited after insert or delete or update of name, parent_id on categories
    for each row execute function audit_rows('category', 'path');
create trigger suppliers_audited after insert or delete or
    update of code, name, contact, email, phone, address, currency, lead_time_days, payment_terms, archived_at on suppliers
    for each row execute function audit_rows('supplier', 'code,name');
create trigger supplier_products_audited after insert or delete or
    update of supplier_id, product_id, supplier_sku, moq, order_multiple, lead_time_days, preferred on supplier_products
    for each row execute function audit_rows('supplier_product', 'supplier_id,product_id,supplier_sku');
create trigger reorder_policies_audited after insert or delete or
    update of product_id, warehouse_id, reorder_point, safety_stock, max_quantity, reorder_quantity on reorder_policies
    for each row execute function audit_rows('reorder_policy', 'product_id,warehouse_id');

-- As with prices, a statement about many costs is one entry.
create function audit_supplier_costs() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    perform audit('supplier_cost.' || tg_argv[0],
                  case when count(distinct r.supplier_product_id) = 1 then 'supplier_product:' || min(r.supplier_product_id)
                      else 'supplier_products' end,
                  case when count(*) = 1
                      then jsonb_build_object('min_quantity', trim_scale(min(r.min_quantity)),
                                              'unit_cost', min(shown_amount(r.unit_cost, r.currency))::text,
                                              'currency', min(r.currency), 'effective_from', min(r.effective_from))
                      else jsonb_build_object('costs', count(*), 'supplier_products', count(distinct r.supplier_product_id)) end,
                  case tg_argv[0] when 'added' then min(r.actor) end)
    from changed_rows r
    having count(*) > 0;
    return null;
end $$;
comment on function audit_supplier_costs is 'enters costs of suppliers that were added or taken back into the audit log';
create trigger supplier_product_costs_audited_when_new after insert on supplier_product_costs
    referencing new table as changed_rows for each statement execute function audit_supplier_costs('added');
create trigger supplier_product_costs_audited_when_changed_1 after update on supplier_product_costs
    referencing old table as changed_rows for each statement execute function audit_supplier_costs('removed');
create trigger supplier_product_costs_audited_when_changed_2 after update on supplier_product_costs
    referencing new table as changed_rows for each statement execute function audit_supplier_costs('added');
create trigger supplier_product_costs_audited_when_removed after delete on supplier_product_costs
    referencing old table as changed_rows for each statement execute function audit_supplier_costs('removed');

create function audit_stock_transfers() returns trigger language plpgsql as $$
begin
    perform audit('stock_transfer.' || case r.action
                      when 'create' then 'created' when 'ship' then 'shipped' when 'receive' then 'received'
                      when 'close' then 'closed' when 'cancel' then 'cancelled' else r.action end,
                  'stock_transfer:' || r.stock_transfer_id,
                  jsonb_build_object('number', t.number, 'from_status', r.from_status, 'status', r.status,
                                     'movement_id', r.movement_id), r.actor)
    from new_rows r join stock_transfers t on t.id = r.stock_transfer_id
    order by r.id;
    return null;
end $$;
comment on function audit_stock_transfers is 'enters the steps of stock transfers into the audit log';
create trigger stock_transfer_events_audited after insert on stock_transfer_events
    referencing new table as new_rows for each statement execute function audit_stock_transfers();

-- Also where only the lines have changed, which are tables of their own.
create function audit_drafts() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    perform audit(tg_argv[0] || '.updated', tg_argv[0] || ':' || new.id,
                  jsonb_build_object('number', new.number, 'changes', audit_changes(to_jsonb(old), to_jsonb(new), '{}')));
    return null;
end $$;
comment on function audit_drafts is 'enters changes of drafts, and of their lines, into the audit log';
create trigger purchase_orders_drafts_audited after update on purchase_orders
    for each row when (old.status = 'draft' and new.status = 'draft' and old.version <> new.version)
    execute function audit_drafts('purchase_order');
create trigger stock_transfers_drafts_audited after update on stock_transfers
    for each row when (old.status = 'draft' and new.status = 'draft' and old.version <> new.version)
    execute function audit_drafts('stock_transfer');

-- The one thing about a reservation that no movement says. Those made or ended every moment do not call it.
create trigger reservations_audited after update on reservations
    for each row when (old.expires_at is distinct from new.expires_at)
    execute function audit_rows('reservation', 'reference');
