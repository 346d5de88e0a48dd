//! The schema as one file for psql, made of the migrations.

use std::fmt::Write;

use platform::preflight::MIGRATIONS;

const HEADER: &str = "\
-- Stockbook's schema: all migrations in one transaction, for an empty database.
--
--   psql -v ON_ERROR_STOP=1 -f sql/schema.sql
--
-- Generated from migrations/: do not edit; a test holds it equal. It also says which migrations it has, so that the
-- server runs on this database without migrating.
";

/// As sqlx makes it.
const MIGRATIONS_TABLE: &str = "\
create table _sqlx_migrations (
    version        bigint primary key,
    description    text not null,
    installed_on   timestamptz not null default now(),
    success        boolean not null,
    checksum       bytea not null,
    execution_time bigint not null
);
";

/// What `sql/schema.sql` has to be.
pub fn schema_sql() -> String {
    let mut sql = format!("{HEADER}\nbegin;\n\n{MIGRATIONS_TABLE}");
    let mut applied = Vec::new();
    for migration in MIGRATIONS.iter() {
        let (version, description) = (migration.version, &migration.description);
        let rule = "-".repeat(60);
        write!(sql, "\n-- {rule} {version:04} {description}\n\n{}", migration.sql.as_str()).ok();
        if !sql.ends_with('\n') {
            sql.push('\n');
        }
        let checksum = migration.checksum.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").ok();
            hex
        });
        let description = description.replace('\'', "''");
        applied.push(format!("    ({version}, '{description}', true, '\\x{checksum}', 0)"));
    }
    write!(
        sql,
        "\ninsert into _sqlx_migrations (version, description, success, checksum, execution_time) values\n{};\n\ncommit;\n",
        applied.join(",\n")
    )
    .ok();
    sql
}
