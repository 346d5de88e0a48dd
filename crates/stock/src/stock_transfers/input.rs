//! What is asked of stock transfers.

use domain::{Code, LocationId, Lot, OneLine, Quantity, Sku, Text};
use platform::{Fields, FromFields};
use utoipa::ToSchema;

use crate::ledger::{self, PlaceRef, ProductRef};

/// Most lines of a transfer, or of a receipt of one.
const LINES_MAX: usize = 1000;

/// A transfer to be.
#[derive(ToSchema)]
#[schema(as = NewStockTransfer, example = json!({"from": {"warehouse": "MAIN"}, "to": {"warehouse": "SHOP"}, "reference": "refill",
    "lines": [{"sku": "KET-17", "quantity": 5}]}))]
#[expect(dead_code, reason = "only its schema is used: NewStockTransfer is what it is read into")]
pub struct NewStockTransferSchema {
    /// Where it leaves.
    from: TransferPlaceSchema,
    /// Where it arrives.
    to: TransferPlaceSchema,
    /// The document it is for.
    reference: Option<OneLine>,
    /// What else is worth knowing.
    #[schema(value_type = Option<String>, max_length = 2000)]
    note: Option<Text<2000>>,
    /// Whether it happens now, without a time in transit, as in a put-away.
    immediate: Option<bool>,
    /// What shall move.
    #[schema(min_items = 1, max_items = 1000)]
    lines: Vec<NewStockTransferLine>,
}

/// A place that goods leave, or where they arrive: one of the three. Of a warehouse, goods leave the storage locations, the
/// default one first; they arrive at its receiving location if it has one, else at its default location.
#[derive(ToSchema)]
#[schema(as = TransferPlace)]
#[expect(dead_code, reason = "only its schema is used: TransferPlace is what it is read into")]
pub struct TransferPlaceSchema {
    /// Code of the warehouse.
    warehouse: Option<Code>,
    /// Key of the warehouse.
    warehouse_id: Option<i64>,
    /// Key of the location.
    location_id: Option<i64>,
}

/// A line of a transfer to be. The product is named by `product_id` or `sku`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: NewLine is what it is read into")]
pub struct NewStockTransferLine {
    /// Key of the product.
    product_id: Option<i64>,
    /// SKU of the product, in any case.
    sku: Option<Sku>,
    /// How much.
    #[schema(exclusive_minimum = 0)]
    quantity: Quantity,
    /// Lot or batch; without it, of any lot, which it keeps.
    lot: Option<Lot>,
}

/// What changes of a draft; absent fields stay.
#[derive(ToSchema)]
#[schema(as = StockTransferChange, example = json!({"lines": [{"sku": "KET-17", "quantity": 6}]}))]
#[expect(dead_code, reason = "only its schema is used: StockTransferChange is what it is read into")]
pub struct StockTransferChangeSchema {
    /// Where it leaves.
    #[schema(nullable = false)]
    from: Option<TransferPlaceSchema>,
    /// Where it arrives.
    #[schema(nullable = false)]
    to: Option<TransferPlaceSchema>,
    /// The document it is for; null takes it away.
    reference: Option<OneLine>,
    /// What else is worth knowing.
    #[schema(value_type = Option<String>, max_length = 2000, nullable = false)]
    note: Option<Text<2000>>,
    /// All lines, in place of those it has.
    #[schema(min_items = 1, max_items = 1000, nullable = false)]
    lines: Option<Vec<NewStockTransferLine>>,
}

/// What is worth knowing of a step; no body at all is as good as no note.
#[derive(Debug, ToSchema)]
#[schema(as = StockTransferNote, example = json!({"note": "with the morning van"}))]
pub struct Note {
    /// Kept in the history and on the stock movement.
    #[schema(value_type = Option<String>, max_length = 2000)]
    pub note: Option<Text<2000>>,
}

/// What has arrived. Without `lines`: everything that is in transit; with `close` and without `lines`: nothing more.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"lines": [{"line": 1, "quantity": 4}], "close": "one was broken"}))]
pub struct NewStockTransferReceipt {
    /// What has arrived, of which lines; several may name one line.
    #[schema(min_items = 1, max_items = 1000, nullable = false)]
    pub lines: Option<Vec<NewStockTransferReceiptLine>>,
    /// Nothing more will arrive: why what is still in transit is lost. It is written off by an adjustment.
    pub close: Option<OneLine>,
    /// Kept in the history and on the stock movement.
    #[schema(value_type = Option<String>, max_length = 2000)]
    pub note: Option<Text<2000>>,
}

/// What has arrived of a line of a transfer.
#[derive(Debug, ToSchema)]
pub struct NewStockTransferReceiptLine {
    /// Number of the line.
    pub line: i32,
    /// How much.
    #[schema(exclusive_minimum = 0)]
    pub quantity: Quantity,
    /// Of which lot; without it, of those in transit in their order.
    #[schema(value_type = Option<Lot>)]
    pub lot: Option<String>,
    /// Where it is put: a location of the warehouse it goes to; the place of the transfer if absent.
    #[schema(value_type = Option<i64>)]
    pub location_id: Option<LocationId>,
}

/// A transfer to be, as read.
#[derive(Debug)]
pub struct NewStockTransfer {
    pub from: TransferPlace,
    pub to: TransferPlace,
    pub reference: Option<OneLine>,
    pub note: Option<Text<2000>>,
    pub immediate: bool,
    pub lines: Vec<NewLine>,
}

/// A place as given: a warehouse or a location.
#[derive(Debug)]
pub struct TransferPlace(pub PlaceRef);

/// A line to be, as read.
#[derive(Debug)]
pub struct NewLine {
    pub product: ProductRef,
    pub quantity: Quantity,
    pub lot: Option<String>,
}

/// What changes of a draft, as read.
#[derive(Debug)]
pub struct StockTransferChange {
    pub from: Option<TransferPlace>,
    pub to: Option<TransferPlace>,
    pub reference: Option<Option<OneLine>>,
    pub note: Option<Text<2000>>,
    pub lines: Option<Vec<NewLine>>,
}

impl FromFields for NewStockTransfer {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (from, to) = (place(fields, "from"), place(fields, "to"));
        let (reference, note) = (fields.optional("reference"), fields.optional("note"));
        let (immediate, lines) = (fields.optional("immediate"), fields.list("lines", LINES_MAX));
        let immediate = immediate.unwrap_or(false);
        Some(Self { from: from?, to: to?, reference, note, immediate, lines: lines? })
    }
}

fn place(fields: &mut Fields<'_>, name: &'static str) -> Option<TransferPlace> {
    if !fields.has(name) {
        fields.fault::<()>(name, "missing", "is required");
    }
    fields.object(name)
}

impl FromFields for TransferPlace {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let given = ["location_id", "warehouse", "warehouse_id"].iter().any(|name| fields.has(name));
        match PlaceRef::from_fields(fields) {
            PlaceRef::DefaultWarehouse if given => None, // a fault was noted
            PlaceRef::DefaultWarehouse => {
                fields.fault("warehouse", "missing", "is required, or warehouse_id or location_id")
            }
            place => Some(Self(place)),
        }
    }
}

impl FromFields for NewLine {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (product, lot) = (ProductRef::from_fields(fields), ledger::lot(fields));
        let quantity = positive(fields);
        Some(Self { product: product?, quantity: quantity?, lot })
    }
}

impl FromFields for StockTransferChange {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (from, to) = (fields.replacement_object("from"), fields.replacement_object("to"));
        let (reference, note) = (fields.change("reference"), fields.replacement("note"));
        Some(Self { from, to, reference, note, lines: fields.list_if_given("lines", LINES_MAX) })
    }
}

impl FromFields for Note {
    const BODY_IS_OPTIONAL: bool = true;

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { note: fields.optional("note") })
    }
}

impl FromFields for NewStockTransferReceipt {
    const BODY_IS_OPTIONAL: bool = true;

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let lines = fields.list_if_given("lines", LINES_MAX);
        Some(Self { lines, close: fields.optional("close"), note: fields.optional("note") })
    }
}

impl FromFields for NewStockTransferReceiptLine {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (line, quantity) = (fields.required("line"), positive(fields));
        let (lot, location_id) = (ledger::lot(fields), fields.optional("location_id").map(LocationId));
        Some(Self { line: line?, quantity: quantity?, lot, location_id })
    }
}

fn positive(fields: &mut Fields<'_>) -> Option<Quantity> {
    let quantity: Quantity = fields.required("quantity")?;
    if quantity.is_positive() {
        Some(quantity)
    } else {
        fields.fault("quantity", "out_of_range", "must be above 0")
    }
}

impl Note {
    /// The note; empty if there is none.
    pub fn text(&self) -> &str {
        self.note.as_ref().map_or("", Text::as_str)
    }
}
