//! Every constraint in the catalogue is violated once by SQL and refused by its name.

use std::collections::BTreeSet;

use testkit::TestDatabase;

use super::constraints_cases::{CASES, ROWS};
use super::constraints_cases_access::{ACCESS_CASES, ACCESS_ROWS};
use super::constraints_cases_transfers::{TRANSFER_CASES, TRANSFER_ROWS};
use super::{refused, run};

/// Constraints of tables and domains, and unique indexes that are no constraint; not those of extensions.
const IN_THE_CATALOGUE: &str = "
    select conname::text from pg_constraint where connamespace = current_schema()::regnamespace and contype <> 't'
    union
    select c.relname::text from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indisunique and c.relnamespace = current_schema()::regnamespace
    order by 1";

fn cases() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    CASES.iter().chain(TRANSFER_CASES).chain(ACCESS_CASES)
}

#[tokio::test]
async fn every_constraint_in_the_catalogue_has_a_case_and_every_case_a_constraint() {
    let database = TestDatabase::new().await;
    let names: Vec<String> =
        sqlx::query_scalar(IN_THE_CATALOGUE).fetch_all(database.pool()).await.expect("the catalogue");
    let catalogue: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let cases: BTreeSet<&str> = cases().map(|(constraint, _)| *constraint).collect();
    let without_case: Vec<_> = catalogue.difference(&cases).collect();
    let without_constraint: Vec<_> = cases.difference(&catalogue).collect();
    assert!(without_case.is_empty(), "add a case that violates: {without_case:?}");
    assert!(without_constraint.is_empty(), "there is no such constraint: {without_constraint:?}");
    assert!(catalogue.len() > 60, "only {} constraints were found", catalogue.len());
}

#[tokio::test]
async fn every_constraint_is_violated_once_and_refused_by_its_name() {
    let database = TestDatabase::new().await;
    let mut db = database.pool().acquire().await.expect("a connection");
    run(&mut db, "select set_config('stockbook.ledger', 'on', false)").await; // else the guards refuse first
    run(&mut db, ROWS).await;
    run(&mut db, TRANSFER_ROWS).await;
    run(&mut db, ACCESS_ROWS).await;
    let mut wrong = Vec::new();
    for (constraint, sql) in cases() {
        run(&mut db, "begin").await;
        let error = refused(&mut db, sql).await;
        run(&mut db, "rollback").await;
        if error.constraint() != Some(constraint) {
            wrong.push(format!("{constraint}: {sql}\n    is refused with: {error}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Raised by a trigger, so it is not in the catalogue.
#[tokio::test]
async fn a_category_cannot_be_moved_below_itself() {
    let database = TestDatabase::new().await;
    let mut db = database.pool().acquire().await.expect("a connection");
    run(&mut db, "insert into categories (name) values ('A_'), ('AB')").await;
    run(
        &mut db,
        "insert into categories (name, parent_id) select 'Below', id from categories where name = 'A_'",
    )
    .await;
    run(
        &mut db,
        "insert into categories (name, parent_id) select 'AB', id from categories where name = 'Below'",
    )
    .await;
    let below = |name: &str, parent: &str| {
        format!(
            "update categories set parent_id = (select id from categories where path = '{parent}') where path = '{name}'"
        )
    };
    for parent in ["A_", "A_/Below", "A_/Below/AB"] {
        let error = refused(&mut db, &below("A_", parent)).await;
        assert_eq!((error.code(), error.constraint()), ("23514", Some("categories_no_cycle")), "{parent}");
    }
    // The underscore is no wildcard: AB is not below A_.
    run(&mut db, &below("A_", "AB")).await;
    let paths: Vec<String> = sqlx::query_scalar("select path from categories order by path")
        .fetch_all(&mut *db)
        .await
        .expect("the categories");
    assert_eq!(paths, ["AB", "AB/A_", "AB/A_/Below", "AB/A_/Below/AB"], "sub-categories come along");
}
