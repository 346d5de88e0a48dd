//! The views show what the API shows.

use domain::{Amount, Currency};
use sqlx::AssertSqlSafe;
use testkit::TestDatabase;

/// Every currency that there is, by trying all codes of three letters.
fn currencies() -> impl Iterator<Item = Currency> {
    let letters = || 'A'..='Z';
    let codes = letters().flat_map(move |a| letters().flat_map(move |b| letters().map(move |c| (a, b, c))));
    codes.filter_map(|(a, b, c)| Currency::parse(&String::from_iter([a, b, c])).ok())
}

#[tokio::test]
async fn amounts_are_shown_with_the_decimals_that_the_api_gives_them() {
    let database = TestDatabase::new().await;
    let (mut codes, mut amounts, mut expected) = (Vec::new(), Vec::new(), Vec::new());
    for currency in currencies() {
        for text in ["0", "24.9", "24.90", "7", "19.9999", "0.005"] {
            codes.push(currency.code());
            amounts.push(text);
            expected.push(Amount::parse(text).expect("an amount").display(currency));
        }
    }
    let shown: Vec<String> = sqlx::query_scalar(
        "select shown_amount(amount::numeric, code)::text from unnest($1::text[], $2::text[]) with ordinality as t (amount, code, position)
         order by position",
    )
    .bind(&amounts)
    .bind(&codes)
    .fetch_all(database.pool())
    .await
    .expect("amounts");
    assert!(expected.len() > 900, "only {} amounts", expected.len());
    let compared = codes.iter().zip(&amounts).zip(shown.iter().zip(&expected));
    let wrong: Vec<_> = compared.filter(|(_, (shown, expected))| shown != expected).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test]
async fn prices_in_product_overview_read_well() {
    let database = TestDatabase::new().await;
    sqlx::query("insert into categories (name) values ('Some')")
        .execute(database.pool())
        .await
        .expect("a category");
    for (sku, price, currency) in
        [("A", "24.9", "EUR"), ("B", "1000", "JPY"), ("C", "0.0125", "EUR"), ("D", "5", "KWD")]
    {
        sqlx::query(AssertSqlSafe(format!(
            "with product as (insert into products (sku, name, category_id)
                 select '{sku}', '{sku}', min(id) from categories returning id)
             insert into product_prices (product_id, effective_from, price, currency, actor)
             select id, '2026-01-01', {price}, '{currency}', 'test' from product"
        )))
        .execute(database.pool())
        .await
        .expect("a product");
    }
    let shown: Vec<String> = sqlx::query_scalar("select price::text from product_overview order by sku")
        .fetch_all(database.pool())
        .await
        .expect("prices");
    assert_eq!(shown, ["24.90", "1000", "0.0125", "5.000"]);
}
