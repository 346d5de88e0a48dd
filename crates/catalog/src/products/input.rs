//! What is read from the bodies of requests about products.

use domain::{Amount, Barcode, Code, Currency, OneLine, Quantity, Sku, Text, Unit};
use platform::{Fields, FromFields};
use stock::WarehouseRef;
use utoipa::ToSchema;

use crate::categories::CategoryRef;

/// Free text about a product.
type Description = Text<10_000>;

/// A product to be. Its category is named by `category` or `category_id`, or not at all for "Uncategorised"; the place of
/// its opening stock by `warehouse` or `warehouse_id`, or not at all for the default warehouse.
#[derive(ToSchema)]
#[schema(as = NewProduct, example = json!({"sku": "KET-17", "name": "Kettle 1.7 l", "price": "29.90", "currency": "EUR",
    "category": "Kitchen/Kettles", "barcode": "4006381333931", "reorder_point": 10, "on_hand": 40, "warehouse": "MAIN"}))]
#[expect(dead_code, reason = "only its schema is used: NewProduct is what it is read into")]
pub struct NewProductSchema {
    /// Stock keeping unit; unique whatever its case, for ever.
    sku: Sku,
    /// What people call it.
    name: OneLine,
    /// More about it.
    #[schema(value_type = Option<String>, max_length = 10_000)]
    description: Option<Description>,
    /// Price of one unit: a decimal string or a number, at most 4 decimals.
    price: Amount,
    /// Of the price; the base currency if absent.
    currency: Option<Currency>,
    /// Name or path of its category, in any case.
    #[schema(min_length = 1, max_length = 1000)]
    category: Option<String>,
    /// Key of its category.
    category_id: Option<i64>,
    /// What a scanner reads; unique.
    barcode: Option<Barcode>,
    /// What its quantities count; `each`, which has whole numbers only, if absent.
    unit: Option<Unit>,
    /// Stock is low when `available` is at or below it; absent: not watched.
    #[schema(minimum = 0)]
    reorder_point: Option<Quantity>,
    /// Opening stock, posted as a movement.
    #[schema(minimum = 0)]
    on_hand: Option<Quantity>,
    /// Code of the warehouse that has the opening stock.
    warehouse: Option<Code>,
    /// Key of the warehouse that has the opening stock.
    warehouse_id: Option<i64>,
}

/// A product to be, as read.
#[derive(Debug)]
pub struct NewProduct {
    pub sku: Sku,
    pub name: OneLine,
    pub description: Option<Description>,
    pub price: Amount,
    pub currency: Option<Currency>,
    pub category: Option<CategoryRef>,
    pub barcode: Option<Barcode>,
    pub unit: Option<Unit>,
    pub reorder_point: Option<Quantity>,
    pub on_hand: Option<Quantity>,
    pub warehouse: Option<WarehouseRef>,
}

/// What changes of a product; absent fields stay.
#[derive(ToSchema)]
#[schema(as = ProductChange, example = json!({"name": "Kettle 1.7 l, steel", "price": "31.50", "reorder_point": null}))]
#[expect(dead_code, reason = "only its schema is used: ProductChange is what it is read into")]
pub struct ProductChangeSchema {
    /// Stock keeping unit; unique whatever its case, for ever.
    #[schema(nullable = false)]
    sku: Option<Sku>,
    /// What people call it.
    #[schema(nullable = false)]
    name: Option<OneLine>,
    /// More about it; may be empty.
    #[schema(value_type = Option<String>, nullable = false, max_length = 10_000)]
    description: Option<Description>,
    /// Price of one unit from now on: a decimal string or a number, at most 4 decimals.
    #[schema(nullable = false)]
    price: Option<Amount>,
    /// Of the price, with which it must come; as it was, if absent.
    #[schema(nullable = false)]
    currency: Option<Currency>,
    /// Name or path of its category, in any case.
    #[schema(nullable = false, min_length = 1, max_length = 1000)]
    category: Option<String>,
    /// Key of its category.
    #[schema(nullable = false)]
    category_id: Option<i64>,
    /// What a scanner reads; null takes it away.
    barcode: Option<Barcode>,
    /// What its quantities count; fixed once there is a stock history.
    #[schema(nullable = false)]
    unit: Option<Unit>,
    /// Stock is low when `available` is at or below it; null: not watched.
    #[schema(minimum = 0)]
    reorder_point: Option<Quantity>,
}

/// What changes of a product, as read.
#[derive(Debug)]
pub struct ProductChange {
    pub sku: Option<Sku>,
    pub name: Option<OneLine>,
    pub description: Option<Description>,
    pub price: Option<Amount>,
    /// Only where there is a price.
    pub currency: Option<Currency>,
    pub category: Option<CategoryRef>,
    pub barcode: Option<Option<Barcode>>,
    pub unit: Option<Unit>,
    pub reorder_point: Option<Option<Quantity>>,
}

/// Whether quantities of a product with this unit are whole numbers.
pub fn whole_numbers_only(unit: Option<&str>) -> bool {
    unit.is_none_or(|unit| unit == Unit::EACH)
}

fn not_negative(name: &'static str, given: Option<Quantity>, fields: &mut Fields<'_>) -> Option<Quantity> {
    match given {
        Some(quantity) if quantity.is_negative() => fields.fault(name, "negative", "must not be negative"),
        given => given,
    }
}

impl FromFields for NewProduct {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        for name in ["quantity", "stock", "stock_count"] {
            fields.renamed(name, "on_hand");
        }
        let (sku, name, description) =
            (fields.required("sku"), fields.required("name"), fields.optional("description"));
        let (price, currency) = (fields.required("price"), fields.optional("currency"));
        let (category, barcode) = (CategoryRef::from_fields(fields), fields.optional("barcode"));
        let unit: Option<Unit> = fields.optional("unit");
        let whole = whole_numbers_only(unit.as_ref().map(Unit::as_str));
        let mut quantity = |name| {
            let given = fields.optional(name);
            match not_negative(name, given, fields) {
                Some(quantity) if whole && !quantity.is_whole() => {
                    let message = "must be a whole number, because the product is counted by each";
                    fields.fault(name, "whole_numbers_only", message)
                }
                given => given,
            }
        };
        let (reorder_point, on_hand) = (quantity("reorder_point"), quantity("on_hand"));
        let warehouse = WarehouseRef::from_fields(fields);
        Some(Self {
            sku: sku?,
            name: name?,
            description,
            price: price?,
            currency,
            category,
            barcode,
            unit,
            reorder_point,
            on_hand,
            warehouse,
        })
    }
}

impl FromFields for ProductChange {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (sku, name, description) =
            (fields.replacement("sku"), fields.replacement("name"), fields.replacement("description"));
        let (price, currency) = (fields.replacement("price"), fields.replacement("currency"));
        if fields.has("currency") && !fields.has("price") {
            return fields.fault("price", "missing", "is required with a currency");
        }
        let (category, barcode) = (CategoryRef::replacement(fields), fields.change("barcode"));
        let (unit, given) = (fields.replacement("unit"), fields.change("reorder_point"));
        let reorder_point = given.map(|given| not_negative("reorder_point", given, fields));
        Some(Self { sku, name, description, price, currency, category, barcode, unit, reorder_point })
    }
}
