//! Who opens the database in psql, DBeaver or pgAdmin finds everything explained, under names that say what they are.

use testkit::TestDatabase;

/// What the statement finds, which should be nothing.
async fn found(sql: &'static str) -> Vec<String> {
    let database = TestDatabase::new().await;
    sqlx::query_scalar(sql).fetch_all(database.pool()).await.expect("the catalogue")
}

#[tokio::test]
async fn every_table_view_column_domain_and_function_has_a_comment() {
    let without = found(
        "with ours as (
            select 'pg_class'::regclass as class, oid, oid::regclass::text as name, relkind::text as kind from pg_class
            where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
            union all
            select 'pg_type'::regclass, oid, oid::regtype::text, 'domain or type' from pg_type
            where typnamespace = current_schema()::regnamespace and typtype in ('d', 'e', 'r')
            union all
            select 'pg_proc'::regclass, oid, oid::regprocedure::text, 'function' from pg_proc
            where pronamespace = current_schema()::regnamespace
         ), own as (
            select * from ours where not exists (
                select from pg_depend d where d.classid = class and d.objid = ours.oid and d.deptype = 'e')
         )
         select name from own where coalesce(obj_description(oid, class::text), '') = ''
         union all
         select own.name || '.' || a.attname from own join pg_attribute a on a.attrelid = own.oid
         where own.class = 'pg_class'::regclass and a.attnum > 0 and not a.attisdropped
           and coalesce(col_description(own.oid, a.attnum), '') = ''
         union all
         select 'nothing was looked at' where (select count(*) from own) < 20",
    )
    .await;
    assert!(without.is_empty(), "without a comment: {without:?}");
}

#[tokio::test]
async fn every_constraint_has_a_name_of_its_own_that_begins_with_its_table() {
    let unnamed = found(
        "select owner || ': ' || conname from (
            select conname::text, contype, coalesce(c.relname, t.typname)::text as owner
            from pg_constraint k
            left join pg_class c on c.oid = k.conrelid and k.conrelid <> 0
            left join pg_type t on t.oid = k.contypid and k.contypid <> 0
            where connamespace = current_schema()::regnamespace) k
         where not starts_with(conname, owner || '_')
            -- what PostgreSQL calls a constraint that nobody has named
            or conname ~ '_(check|fkey|key|pkey|excl|not_null)[0-9]+$' or contype = 'c' and conname ~ '_check$'
         order by 1",
    )
    .await;
    assert!(unnamed.is_empty(), "name these: {unnamed:?}");
}

#[tokio::test]
async fn every_index_and_trigger_has_a_name_that_begins_with_its_table() {
    let unnamed = found(
        "select c.relname || ': ' || i.relname from pg_index x
         join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
         where c.relnamespace = current_schema()::regnamespace
           and (not starts_with(i.relname, c.relname || '_') or i.relname ~ '_idx[0-9]+$')
         union all
         select c.relname || ': ' || t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
         where not t.tgisinternal and not starts_with(t.tgname, c.relname || '_')",
    )
    .await;
    assert!(unnamed.is_empty(), "name these: {unnamed:?}");
}
