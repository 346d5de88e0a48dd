-- What is created by one statement in the audit log with one statement, too: as many entries as before, of the same form, for a third
-- of the time. Products, and what else comes in files, come by the ten thousand.
--
-- Changes and deletions keep their row triggers: those of columns that nobody is asked about call nothing.
-- Expand step: either release may run, and enters the same.
set local lock_timeout = '2s';

create function audit_origin(
    out actor text, out actor_kind text, out actor_id bigint, out address inet, out user_agent text, out request_id text
) language sql stable as $$
    select coalesce(nullif(current_setting('stockbook.actor', true), ''),
                    case when request is not null then 'anonymous' else session_user::text end),
           coalesce(request ->> 'actor_kind', case when is_server then 'internal' else 'database' end),
           (request ->> 'actor_id')::bigint,
           case when is_server then (request ->> 'address')::inet else inet_client_addr() end,
           nullif(left(case when is_server then request ->> 'user_agent' else current_setting('application_name') end, 400), ''),
           request ->> 'request_id'
    from (select nullif(current_setting('stockbook.request', true), '')::jsonb as request,
                 current_setting('stockbook.ledger', true) = 'on' as is_server) settings
$$;
comment on function audit_origin is 'who acts, and from where, as the settings of the transaction say';

create or replace function audit(action text, target text, detail jsonb, actor text default null) returns void language sql as $$
    with entry as (
        insert into audit_log (actor, actor_kind, actor_id, action, target, address, user_agent, request_id, detail)
        select coalesce(audit.actor, origin.actor), origin.actor_kind, origin.actor_id, action, left(target, 200), origin.address,
               origin.user_agent, origin.request_id, detail
        from audit_origin() origin
        returning id
    )
    insert into audit_log_queue (entry_id) select id from entry
$$;

-- The arguments: what the rows are called; the columns that every entry shows, separated by commas. The column id is the key.
create function audit_new_rows() returns trigger language plpgsql set timezone = 'UTC' as $$
declare
    shown text[] := string_to_array(tg_argv[1], ',');
begin
    with entry as (
        insert into audit_log (actor, actor_kind, actor_id, action, target, address, user_agent, request_id, detail)
        select origin.actor, origin.actor_kind, origin.actor_id, tg_argv[0] || '.created', tg_argv[0] || ':' || r.id, origin.address,
               origin.user_agent, origin.request_id,
               (select jsonb_object_agg(name, r.present -> name) from unnest(shown) name)
        from (select id, to_jsonb(n) as present from new_rows n) r
        cross join audit_origin() origin
        order by r.id
        returning id
    )
    insert into audit_log_queue (entry_id) select id from entry;
    return null;
end $$;
comment on function audit_new_rows is 'enters the rows that a statement has created into the audit log';

drop trigger products_audited on products;
create trigger products_audited_when_new after insert on products
    referencing new table as new_rows for each statement execute function audit_new_rows('product', 'sku,name');
create trigger products_audited after delete or
    update of sku, name, description, category_id, barcode, unit, reorder_point, archived_at on products
    for each row execute function audit_rows('product', 'sku,name');
drop trigger suppliers_audited on suppliers;
create trigger suppliers_audited_when_new after insert on suppliers
    referencing new table as new_rows for each statement execute function audit_new_rows('supplier', 'code,name');
create trigger suppliers_audited after delete or
    update of code, name, contact, email, phone, address, currency, lead_time_days, payment_terms, archived_at on suppliers
    for each row execute function audit_rows('supplier', 'code,name');
drop trigger supplier_products_audited on supplier_products;
create trigger supplier_products_audited_when_new after insert on supplier_products
    referencing new table as new_rows for each statement
    execute function audit_new_rows('supplier_product', 'supplier_id,product_id,supplier_sku');
create trigger supplier_products_audited after delete or
    update of supplier_id, product_id, supplier_sku, moq, order_multiple, lead_time_days, preferred on supplier_products
    for each row execute function audit_rows('supplier_product', 'supplier_id,product_id,supplier_sku');
drop trigger reorder_policies_audited on reorder_policies;
create trigger reorder_policies_audited_when_new after insert on reorder_policies
    referencing new table as new_rows for each statement execute function audit_new_rows('reorder_policy', 'product_id,warehouse_id');
create trigger reorder_policies_audited after delete or
    update of product_id, warehouse_id, reorder_point, safety_stock, max_quantity, reorder_quantity on reorder_policies
    for each row execute function audit_rows('reorder_policy', 'product_id,warehouse_id');
