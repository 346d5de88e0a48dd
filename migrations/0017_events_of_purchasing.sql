-- What was missing in the change feed: transfers, suppliers and what they sell and ask for, returns to them, reorder policies.
--
-- Expand step: triggers that the previous release passes; what it writes is in the feed from here on. A reader passes over
-- types that it does not know.
set local lock_timeout = '2s';

create function events_of_stock_transfers() returns trigger language plpgsql as $$
begin
    insert into events (type, actor, data)
    select 'stock_transfer.' || case r.action
               when 'create' then 'created' when 'ship' then 'shipped' when 'receive' then 'received'
               when 'close' then 'closed' when 'cancel' then 'cancelled' else r.action end,
           r.actor,
           jsonb_build_object('id', t.id, 'number', t.number, 'from_warehouse_id', t.from_warehouse_id,
                              'to_warehouse_id', t.to_warehouse_id, 'movement_id', r.movement_id, 'version', t.version,
                              'from_status', r.from_status, 'status', r.status)
    from new_rows r join stock_transfers t on t.id = r.stock_transfer_id
    order by r.id;
    return null;
end $$;
comment on function events_of_stock_transfers is 'enters the steps of stock transfers into the change feed';
create trigger stock_transfer_events_of_new after insert on stock_transfer_events
    referencing new table as new_rows for each statement execute function events_of_stock_transfers();

create trigger suppliers_events_of_new after insert on suppliers
    referencing new table as new_rows for each statement execute function events_of_documents('supplier', 'code', 'name');
create trigger suppliers_events_of_changed after update on suppliers
    referencing old table as old_rows new table as new_rows for each statement execute function events_of_documents('supplier', 'code', 'name');
create trigger suppliers_events_of_deleted after delete on suppliers
    referencing old table as old_rows for each statement execute function events_of_documents('supplier', 'code', 'name');
create trigger supplier_products_events_of_new after insert on supplier_products
    referencing new table as new_rows for each statement
    execute function events_of_documents('supplier_product', 'supplier_id', 'product_id', 'supplier_sku');
create trigger supplier_products_events_of_changed after update on supplier_products
    referencing old table as old_rows new table as new_rows for each statement
    execute function events_of_documents('supplier_product', 'supplier_id', 'product_id', 'supplier_sku');
create trigger supplier_products_events_of_deleted after delete on supplier_products
    referencing old table as old_rows for each statement
    execute function events_of_documents('supplier_product', 'supplier_id', 'product_id', 'supplier_sku');
create trigger supplier_returns_events_of_new after insert on supplier_returns
    referencing new table as new_rows for each statement
    execute function events_of_documents('supplier_return', 'number', 'supplier_id', 'purchase_order_id', 'movement_id');
create trigger supplier_returns_events_of_changed after update on supplier_returns
    referencing old table as old_rows new table as new_rows for each statement
    execute function events_of_documents('supplier_return', 'number', 'supplier_id', 'purchase_order_id', 'movement_id');
create trigger reorder_policies_events_of_new after insert on reorder_policies
    referencing new table as new_rows for each statement execute function events_of_documents('reorder_policy', 'product_id', 'warehouse_id');
create trigger reorder_policies_events_of_changed after update on reorder_policies
    referencing old table as old_rows new table as new_rows for each statement
    execute function events_of_documents('reorder_policy', 'product_id', 'warehouse_id');
create trigger reorder_policies_events_of_deleted after delete on reorder_policies
    referencing old table as old_rows for each statement execute function events_of_documents('reorder_policy', 'product_id', 'warehouse_id');

-- Costs have no id and are not changed: a cost is added, or taken back. What is done to one by hand is both.
create function events_of_supplier_costs() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    insert into events (type, actor, data)
    select 'supplier_cost.' || tg_argv[0], case tg_argv[0] when 'added' then r.actor else event_actor() end,
           jsonb_build_object('supplier_product_id', r.supplier_product_id, 'supplier_id', sp.supplier_id, 'product_id', sp.product_id,
                              'min_quantity', trim_scale(r.min_quantity), 'unit_cost', shown_amount(r.unit_cost, r.currency)::text,
                              'currency', r.currency, 'effective_from', r.effective_from)
    from changed_rows r left join supplier_products sp on sp.id = r.supplier_product_id
    order by r.supplier_product_id, r.effective_from, r.min_quantity;
    return null;
end $$;
comment on function events_of_supplier_costs is 'enters costs of suppliers that were added or taken back into the change feed';
create trigger supplier_product_costs_events_of_new after insert on supplier_product_costs
    referencing new table as changed_rows for each statement execute function events_of_supplier_costs('added');
create trigger supplier_product_costs_events_of_changed_1 after update on supplier_product_costs
    referencing old table as changed_rows for each statement execute function events_of_supplier_costs('removed');
create trigger supplier_product_costs_events_of_changed_2 after update on supplier_product_costs
    referencing new table as changed_rows for each statement execute function events_of_supplier_costs('added');
create trigger supplier_product_costs_events_of_removed after delete on supplier_product_costs
    referencing old table as changed_rows for each statement execute function events_of_supplier_costs('removed');
