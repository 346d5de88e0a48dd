//! What the features of this crate can answer with besides the general problems.

use platform::Problem;

macro_rules! problems {
    ($($name:ident = $status:literal $code:literal $meaning:literal;)*) => {
        $(#[doc = $meaning] pub(crate) const $name: Problem = Problem::new($status, $code, $meaning);)*
        /// The problems of this crate.
        pub const PROBLEMS: &[&Problem] = &[$(&$name),*];
    };
}

problems! {
    CATEGORY_NOT_FOUND = 404 "category_not_found" "No category has this id";
    UNKNOWN_CATEGORY = 404 "unknown_category" "No category has the name or path in ?category";
    DUPLICATE_CATEGORY = 409 "duplicate_category" "Another category beside it has this name";
    CATEGORY_CYCLE = 409 "category_cycle" "A category cannot be moved below itself";
    CATEGORY_IN_USE = 409 "category_in_use" "The category has products or sub-categories: move them away first";
    DUPLICATE_SKU = 409 "duplicate_sku" "Another product has this SKU";
    DUPLICATE_BARCODE = 409 "duplicate_barcode" "Another product has this barcode";
    PRICE_NOT_FOUND = 404 "price_not_found" "The product has no price that begins at this moment";
    PRICE_IN_EFFECT = 409 "price_in_effect" "The price has begun: what a price was is not changed";
    DUPLICATE_PRICE_MOMENT = 409 "duplicate_price_moment" "The product has another price from this very moment on";
    UNIT_FIXED = 409 "unit_fixed" "The product has a stock history: its unit stays";
    PRODUCT_HOLDS_STOCK = 409 "product_holds_stock" "The product is in stock, in transit or on order: bring that to zero first";
}
