//! What is read from the body of a price change.

use domain::{Amount, Barcode, Code, Currency, OneLine, PercentChange, PriceForm, Sku};
use jiff::Timestamp;
use platform::{Fields, FromFields};
use stock::ledger::ProductRef;
use utoipa::ToSchema;

use crate::categories::CategoryText;
use crate::products::Criteria;

/// Most products of a change.
pub const PRODUCTS_MAX: usize = 10_000;

/// A change of many prices: either `by_percent` of what `filter` finds, or the `prices` of a list.
#[derive(ToSchema)]
#[schema(as = NewPriceChange, example = json!({"by_percent": "5", "filter": {"category": ["Kitchen"]}, "ending": "0.99",
    "effective_from": "2126-03-01T00:00:00Z", "reason": "spring 2126"}))]
#[expect(dead_code, reason = "only its schema is used: NewPriceChange is what it is read into")]
pub struct NewPriceChangeSchema {
    /// By how much the prices change, in percent: above -100, at most 4 decimals.
    by_percent: Option<PercentChange>,
    /// Which products change by it; required with it, and `{}` for all that are not archived.
    filter: Option<PriceChangeFilter>,
    /// New prices are multiples of it; of the smallest unit of their currency if absent, or of 1 where there is an ending.
    round_to: Option<Amount>,
    /// New prices are a multiple plus this: `0.99` makes 12.99, and with a `round_to` of 10, `9.90` makes 19.90.
    ending: Option<Amount>,
    /// The new prices, each of another product.
    #[schema(min_items = 1, max_items = 10_000)]
    prices: Option<Vec<ListedPriceSchema>>,
    /// From when on, in the future; from now on, if absent. Taken to the microsecond.
    #[schema(value_type = Option<String>, format = DateTime)]
    effective_from: Option<Timestamp>,
    /// Why they change.
    reason: OneLine,
}

/// Which products change, as in `GET /products`: each filter that is given narrows them, and of several values any will do.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: Criteria is what it is read into")]
pub struct PriceChangeFilter {
    /// Names or paths of categories; their sub-categories are included.
    #[schema(value_type = Option<Vec<CategoryText>>, min_items = 1, max_items = 200)]
    category: Option<Vec<String>>,
    /// Keys of categories; their sub-categories are included.
    #[schema(min_items = 1, max_items = 200)]
    category_id: Option<Vec<i64>>,
    /// Words that SKU, name or barcode have.
    #[schema(max_length = 200)]
    q: Option<String>,
    /// SKUs, in any case.
    #[schema(min_items = 1, max_items = 200)]
    sku: Option<Vec<Sku>>,
    /// Barcodes.
    #[schema(min_items = 1, max_items = 200)]
    barcode: Option<Vec<Barcode>>,
    /// Codes of warehouses of which one has some on hand.
    #[schema(min_items = 1, max_items = 200)]
    warehouse: Option<Vec<Code>>,
    /// Keys of warehouses of which one has some on hand.
    #[schema(min_items = 1, max_items = 200)]
    warehouse_id: Option<Vec<i64>>,
    /// Those that are at or below their reorder point, or not.
    low_stock: Option<bool>,
}

/// The new price of a product, which is named by `product_id` or `sku`.
#[derive(ToSchema)]
#[schema(as = ListedPrice)]
#[expect(dead_code, reason = "only its schema is used: ListedPrice is what it is read into")]
pub struct ListedPriceSchema {
    /// Key of the product.
    product_id: Option<i64>,
    /// SKU of the product, in any case.
    sku: Option<Sku>,
    /// Price of one unit: a decimal string or a number, at most 4 decimals.
    price: Amount,
    /// Of the price; that of the price before it, if absent.
    currency: Option<Currency>,
}

/// A change of many prices, as read.
#[derive(Debug)]
pub struct NewPriceChange {
    pub how: How,
    /// To the microsecond.
    pub effective_from: Option<Timestamp>,
    pub reason: OneLine,
}

/// How prices change.
#[derive(Debug)]
pub enum How {
    /// By a percentage.
    ByPercent { percent: PercentChange, form: PriceForm, filter: Box<Criteria> },
    /// To what a list says.
    To(Vec<ListedPrice>),
}

/// The new price of a product, as read.
#[derive(Debug)]
pub struct ListedPrice {
    pub product: ProductRef,
    pub price: Amount,
    pub currency: Option<Currency>,
}

impl ListedPrice {
    /// The field that names the product.
    pub fn field(&self) -> &'static str {
        match self.product {
            ProductRef::Id(_) => "product_id",
            ProductRef::Sku(_) => "sku",
        }
    }
}

impl FromFields for ListedPrice {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (product, price) = (ProductRef::from_fields(fields), fields.required("price"));
        let currency = fields.optional("currency");
        Some(Self { product: product?, price: price?, currency })
    }
}

impl FromFields for NewPriceChange {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let by_percent = by_percent(fields);
        let prices = fields.list_if_given("prices", PRODUCTS_MAX);
        let (effective_from, reason) =
            (fields.optional::<Timestamp>("effective_from"), fields.required("reason"));
        let how = match (fields.has("by_percent"), fields.has("prices")) {
            (true, false) => by_percent?,
            (false, true) => {
                for name in ["filter", "round_to", "ending"] {
                    if fields.has(name) {
                        fields.fault::<()>(
                            name,
                            "mutually_exclusive",
                            "belongs to by_percent, not to prices",
                        );
                    }
                }
                How::To(prices?)
            }
            (true, true) => {
                return fields.fault("prices", "mutually_exclusive", "give by_percent or prices, not both");
            }
            (false, false) => return fields.fault("by_percent", "missing", "is required, or prices"),
        };
        let effective_from = effective_from.map(to_the_microsecond);
        Some(Self { how, effective_from, reason: reason? })
    }
}

fn by_percent(fields: &mut Fields<'_>) -> Option<How> {
    let (percent, filter) = (fields.optional("by_percent"), fields.object("filter"));
    let (round_to, ending) = (fields.optional("round_to"), fields.optional("ending"));
    if fields.has("by_percent") && !fields.has("filter") {
        fields.fault::<()>("filter", "missing", "is required with by_percent: {} for all products");
    }
    let form = PriceForm::new(round_to, ending).map_err(|invalid| {
        let field = if invalid.code == "zero" { "round_to" } else { "ending" };
        fields.fault::<()>(field, invalid.code, invalid.message);
    });
    Some(How::ByPercent { percent: percent?, form: form.ok()?, filter: Box::new(filter?) })
}

/// What the database keeps of it.
fn to_the_microsecond(moment: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment)
}
