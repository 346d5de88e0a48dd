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
    SUPPLIER_NOT_FOUND = 404 "supplier_not_found" "No supplier has this id";
    DUPLICATE_SUPPLIER_CODE = 409 "duplicate_supplier_code" "Another supplier has this code";
    SUPPLIER_ARCHIVED = 409 "supplier_archived" "The supplier is archived: nothing is ordered there";
    SUPPLIER_PRODUCT_NOT_FOUND = 404 "supplier_product_not_found" "No supplier product has this id";
    DUPLICATE_SUPPLIER_PRODUCT = 409 "duplicate_supplier_product" "The supplier has this product already";
    UNKNOWN_COST = 404 "unknown_cost" "The product of the supplier has no cost of this quantity from this moment on";
    DUPLICATE_COST_MOMENT = 409 "duplicate_cost_moment" "The price break has another cost from this very moment on";
    COST_IN_EFFECT = 409 "cost_in_effect" "The cost is, or was, in effect: it stays";
    PURCHASE_ORDER_NOT_FOUND = 404 "purchase_order_not_found" "No purchase order has this id";
    PURCHASE_ORDER_NOT_DRAFT = 409 "purchase_order_not_draft" "Only a draft can be edited";
    PURCHASE_ORDER_STATUS = 409 "purchase_order_status" "That cannot be done to an order in its state";
    PURCHASE_ORDER_NOT_OPEN = 409 "purchase_order_not_open" "The order is in a state in which nothing is received";
    OVER_RECEIPT = 409 "over_receipt" "More came than is open and tolerated";
    GOODS_RECEIPT_RETURNED = 409 "goods_receipt_returned" "Goods of the receipt went back to the supplier: reverse that return first";
    SUPPLIER_RETURN_NOT_FOUND = 404 "supplier_return_not_found" "No return to a supplier has this id";
    OVER_RETURN = 409 "over_return" "More would go back than came and has not gone back yet";
    GOODS_RECEIPT_NOT_FOUND = 404 "goods_receipt_not_found" "No goods receipt has this id";
}
