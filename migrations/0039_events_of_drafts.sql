-- Changes of drafts of purchase orders in the change feed, which had their steps only: whoever edits one sees that another
-- has changed it.
--
-- Expand step: a trigger that the previous release passes. A reader passes over types that it does not know.
set local lock_timeout = '2s';

create function events_of_drafts() returns trigger language plpgsql as $$
begin
    insert into events (type, actor, data)
    select 'purchase_order.updated', event_actor(),
           jsonb_build_object('id', r.id, 'number', r.number, 'supplier_id', r.supplier_id, 'version', r.version,
                              'from_status', r.status, 'status', r.status)
    from new_rows r join old_rows o on o.id = r.id
    where o.status = 'draft' and r.status = 'draft' and r.version <> o.version
    order by r.id;
    return null;
end $$;
comment on function events_of_drafts is 'enters changes of drafts of purchase orders, and of their lines, into the change feed';
create trigger purchase_orders_events_of_drafts after update on purchase_orders
    referencing old table as old_rows new table as new_rows for each statement execute function events_of_drafts();
