//! What the features of this crate can answer with besides the general problems.

use platform::Problem;

macro_rules! problems {
    ($($name:ident = $status:literal $code:literal $meaning:literal;)*) => {
        $(#[doc = $meaning] pub const $name: Problem = Problem::new($status, $code, $meaning);)*
        /// The problems of this crate.
        pub const PROBLEMS: &[&Problem] = &[$(&$name),*];
    };
}

problems! {
    WAREHOUSE_NOT_FOUND = 404 "warehouse_not_found" "No warehouse has this id";
    DUPLICATE_WAREHOUSE_CODE = 409 "duplicate_warehouse_code" "Another warehouse has this code";
    WAREHOUSE_ARCHIVED = 409 "warehouse_archived" "The warehouse is archived";
    LAST_WAREHOUSE = 409 "last_warehouse" "It is the last open warehouse: add another one first";
    LOCATION_NOT_FOUND = 404 "location_not_found" "No location has this id";
    DUPLICATE_LOCATION_CODE = 409 "duplicate_location_code" "Another location of the warehouse has this code";
    LOCATION_KIND_FIXED = 409 "location_kind_fixed" "The location has held stock: its kind is fixed";
    LOCATION_HOLDS_STOCK = 409 "location_holds_stock" "The location holds stock: move it away first";
    DEFAULT_LOCATION = 409 "default_location" "It is the default location of its warehouse: make another one the default first";
    PRODUCT_NOT_FOUND = 404 "product_not_found" "No product has this id";
    INSUFFICIENT_STOCK = 409 "insufficient_stock" "More would leave than is available";
    STALE_QUANTITY = 409 "stale_quantity" "Something else is on hand than expected_on_hand says";
    PRODUCT_ARCHIVED = 409 "product_archived" "The product is archived: unarchive it first";
    LOCATION_NOT_OPEN = 409 "location_not_open" "The location is archived or for goods in transit";
    LOCATION_REQUIRED = 422 "location_required" "Several locations or lots hold the product: name the location (and lot)";
    MOVEMENT_NOT_FOUND = 404 "movement_not_found" "No stock movement has this id";
    ALREADY_REVERSED = 409 "already_reversed" "The movement was reversed before";
    REVERSAL_NOT_REVERSIBLE = 409 "reversal_not_reversible" "A reversal is not reversed: post the movement again";
    MOVEMENT_HAS_DOCUMENT = 409 "movement_has_document" "The movement belongs to a document, such as a goods receipt: put that right";
    NEGATIVE_SINCE = 409 "negative_since" "At some moment since then there would have been less than nothing";
    BACKDATE_TOO_FAR = 422 "backdate_too_far" "It is dated further back than the settings allow, or too much has happened since";
    PERIOD_CLOSED = 409 "period_closed" "It is dated before the moment until which the books are closed";
    RESERVATION_NOT_FOUND = 404 "reservation_not_found" "No reservation has this id";
    RESERVATION_NOT_ACTIVE = 409 "reservation_not_active" "The reservation is fulfilled, released or expired";
    MORE_THAN_RESERVED = 409 "more_than_reserved" "The line of the reservation holds less than is asked for";
    LESS_THAN_FULFILLED = 409 "less_than_fulfilled" "More than that has already gone out";
    REORDER_POLICY_NOT_FOUND = 404 "reorder_policy_not_found" "No reorder policy has this id";
    DUPLICATE_REORDER_POLICY = 409 "duplicate_reorder_policy" "The product has a reorder policy there already";
    STOCK_TRANSFER_NOT_FOUND = 404 "stock_transfer_not_found" "No stock transfer has this id";
    STOCK_TRANSFER_NOT_DRAFT = 409 "stock_transfer_not_draft" "Only a draft of a transfer can be edited";
    STOCK_TRANSFER_STATUS = 409 "stock_transfer_status" "That cannot be done to a transfer in its state";
    MORE_THAN_IN_TRANSIT = 409 "more_than_in_transit" "The line of the transfer has less in transit than is received";
    VERIFICATION_RUNNING = 503 "verification_running" "The ledger is being verified already: one at a time";
    WAREHOUSE_HOLDS_STOCK = 409 "warehouse_holds_stock" "The warehouse holds stock: move it away first";
}
