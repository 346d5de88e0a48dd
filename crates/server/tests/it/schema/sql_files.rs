//! sql/schema.sql is the migrations, and a database that psql made of it is as good as a migrated one.

use platform::{preflight, roles};
use sqlx::{AssertSqlSafe, PgPool};
use testkit::{TestDatabase, golden, psql};

#[test]
fn schema_sql_is_made_of_the_migrations() {
    golden::check("sql/schema.sql", &testkit::schema_sql());
}

/// A migration that was added or changed is compiled in only when the crate that has them is built again.
#[test]
fn the_compiled_migrations_are_the_files() {
    let folder = golden::root().join("migrations");
    let mut names: Vec<_> =
        std::fs::read_dir(&folder).expect("migrations").flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    assert_eq!(names.len(), preflight::MIGRATIONS.iter().count(), "build crates/platform again");
    for (name, migration) in names.iter().zip(preflight::MIGRATIONS.iter()) {
        #[expect(clippy::disallowed_methods, reason = "a small file, in a test")]
        let file = std::fs::read_to_string(folder.join(name)).expect("a migration");
        assert!(
            file == migration.sql.as_str(),
            "{} has changed: build crates/platform again",
            name.display()
        );
    }
}

#[tokio::test]
async fn a_database_loaded_by_psql_needs_no_migration_and_is_like_a_migrated_one() {
    let (migrated, loaded) = (TestDatabase::new().await, TestDatabase::empty().await);
    let file = golden::root().join("sql/schema.sql");
    let printed = psql(&loaded.url(), &["-f", file.to_str().expect("UTF-8")]).await;
    printed.unwrap_or_else(|error| panic!("psql: {error}"));

    let findings = preflight::check(&loaded.options(), true).await.expect("a fit database");
    assert_eq!(findings.pending, 0);
    preflight::migrate(&loaded.options(), true).await.expect("nothing to do");
    preflight::MIGRATIONS.run(loaded.pool()).await.expect("its checksums are those of the migrations");

    let grants = roles::grants_sql(&testkit::APP.parse().expect("a name")); // which the other database has
    sqlx::raw_sql(AssertSqlSafe(grants)).execute(loaded.pool()).await.expect("granted");

    let (expected, found) = (describe(migrated.pool()).await, describe(loaded.pool()).await);
    assert!(expected == found, "schemas differ at {}", golden::first_difference(&expected, &found));
    assert!(expected.lines().count() > 500, "the schema was not described: {expected}");
}

/// What makes up a schema, from the catalogue, one line each.
const DESCRIPTIONS: [&str; 11] = [
    "select format('relation %s %s %s persistence %s comment %s', c.relkind, c.relname, c.reloptions, c.relpersistence,
            obj_description(c.oid, 'pg_class'))
     from pg_class c where c.relnamespace = current_schema()::regnamespace",
    "select format('column %s.%s %s %s not null %s default %s identity %s generated %s comment %s', c.relname, a.attnum,
            a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
            a.attidentity, a.attgenerated, col_description(c.oid, a.attnum))
     from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
     where c.relnamespace = current_schema()::regnamespace and a.attnum > 0",
    "select format('constraint %s on %s: %s validated %s', conname, coalesce(nullif(conrelid, 0)::regclass::text, contypid::regtype::text),
            pg_get_constraintdef(oid), convalidated)
     from pg_constraint where connamespace = current_schema()::regnamespace",
    "select 'index ' || indexdef from pg_indexes where schemaname = current_schema()",
    "select format('trigger %s enabled %s', pg_get_triggerdef(t.oid), t.tgenabled)
     from pg_trigger t join pg_class c on c.oid = t.tgrelid
     where c.relnamespace = current_schema()::regnamespace and not t.tgisinternal",
    "select format('view %s: %s', viewname, definition) from pg_views where schemaname = current_schema()",
    "select format('function %s: %s comment %s', p.oid::regprocedure, p.prosrc, obj_description(p.oid, 'pg_proc'))
     from pg_proc p where p.pronamespace = current_schema()::regnamespace",
    "select format('type %s is %s comment %s', t.typname, format_type(t.typbasetype, t.typtypmod), obj_description(t.oid, 'pg_type'))
     from pg_type t where t.typnamespace = current_schema()::regnamespace and t.typtype = 'd'",
    "select format('privileges on %s: %s', relname, relacl) from pg_class
     where relnamespace = current_schema()::regnamespace and relacl is not null
     union all
     select format('privileges on %s.%s: %s', c.relname, a.attname, a.attacl)
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = current_schema()::regnamespace and a.attacl is not null",
    "select format('migration %s %s %s %s', version, description, success, checksum) from _sqlx_migrations",
    "select format('rows of %s: %s', 'warehouses', code || name) from warehouses
     union all select format('rows of %s: %s', 'locations', code) from locations
     union all select 'extension ' || extname from pg_extension",
];

async fn describe(db: &PgPool) -> String {
    let mut schema = String::new();
    for sql in DESCRIPTIONS {
        let sql = format!("select d from ({sql}) t (d) order by d");
        let lines: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(db).await.expect("the catalogue");
        for line in lines {
            schema.push_str(&line);
            schema.push('\n');
        }
    }
    schema
}
