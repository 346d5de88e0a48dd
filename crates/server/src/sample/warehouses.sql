-- The warehouses of the sample shop; the first one is there since the first migration.
update warehouses set name = 'Central warehouse', address = 'Hafenstrasse 12, Hamburg', priority = 10 where code = 'MAIN';
insert into warehouses (code, name, address, priority)
values ('SHOP', 'Shop in the old town', 'Deichstrasse 3, Hamburg', 20), ('SOUTH', 'Southern warehouse', 'Industrieweg 8, Augsburg', 30);
insert into locations (warehouse_id, code, kind, is_default)
select w.id, l.code, l.kind, l.is_default
from (values ('MAIN', 'A-01', 'storage', false), ('MAIN', 'A-02', 'storage', false), ('MAIN', 'DOCK', 'receiving', false),
             ('MAIN', 'QUARANTINE', 'hold', false), ('SHOP', 'FLOOR', 'storage', true), ('SHOP', 'CELLAR', 'storage', false),
             ('SOUTH', 'STOCK', 'storage', true), ('SOUTH', 'DOCK', 'receiving', false)) as l (warehouse, code, kind, is_default)
join warehouses w on w.code = l.warehouse
order by w.id, l.code;
