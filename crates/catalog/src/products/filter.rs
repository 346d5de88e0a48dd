//! Which products a list has, and in what order.

use domain::{Barcode, Code, Invalid, Sku, Text};
use jiff::Timestamp;
use platform::input::Written;
use platform::{Fields, FromFields, FromParams, Paging, Params, Parse};
use stock::WarehouseRef;
use utoipa::IntoParams;

use crate::categories::CategoryRef;

/// Which products. Each filter that is given narrows them; of several values any will do.
#[derive(Debug, Default)]
pub struct Criteria {
    /// In these categories, or below them.
    pub categories: Vec<CategoryRef>,
    /// With all of these words.
    pub search: Search,
    /// With these SKUs.
    pub skus: Vec<Sku>,
    /// With these barcodes.
    pub barcodes: Vec<Barcode>,
    /// With stock in these warehouses.
    pub warehouses: Vec<WarehouseRef>,
    /// At or below their reorder point, or not.
    pub low_stock: Option<bool>,
    /// Archived ones instead of those that are sold.
    pub archived: bool,
    /// Changed then or later.
    pub updated_since: Option<Timestamp>,
}

/// Which products to list.
#[derive(Debug)]
pub struct ProductFilter {
    /// Those that fit.
    pub criteria: Criteria,
    /// In what order.
    pub sort: Sort,
    /// Which page.
    pub paging: Paging,
}

impl ProductFilter {
    /// The SKU, if nothing but that one SKU is asked for.
    pub fn only_sku(&self) -> Option<&Sku> {
        let Criteria { categories, search, skus, barcodes, warehouses, low_stock, archived, updated_since } =
            &self.criteria;
        let others = !categories.is_empty()
            || *search != Search::default()
            || !barcodes.is_empty()
            || !warehouses.is_empty()
            || low_stock.is_some()
            || *archived
            || updated_since.is_some();
        if let ([sku], false, true) = (skus.as_slice(), others, self.paging.is_first()) {
            Some(sku)
        } else {
            None
        }
    }
}

/// The filter of a list below a category, which the path names.
#[derive(Debug)]
pub struct WithinCategory(pub ProductFilter);

/// Words to look for, as patterns for LIKE on `search_text`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search(Vec<String>);

/// The order of a list; the id decides where the key is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// Greatest first.
    pub descending: bool,
}

/// What a list can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// SKU, whatever its case.
    Sku,
    /// Name, whatever its case.
    Name,
    /// Present price, whatever its currency.
    Price,
    /// When it was added.
    CreatedAt,
    /// When it was last changed.
    UpdatedAt,
}

/// The category of a list of products.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only for the document: ProductFilter is what it is read into")]
pub struct CategoryParams {
    /// Name or path of a category, in any case; its sub-categories are included.
    #[param(min_length = 1, max_length = 1000)]
    category: Option<Vec<String>>,
    /// Key of a category; its sub-categories are included.
    category_id: Option<Vec<i64>>,
}

/// The other filters of a list of products.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only for the document: ProductFilter is what it is read into")]
pub struct ProductParams {
    /// Words that SKU, name or barcode have, at most 8, all of them and in any case. One or two letters are looked for at
    /// the start of words, more anywhere; signs alone are not looked for.
    #[param(max_length = 200)]
    q: Option<String>,
    /// SKU, in any case.
    sku: Option<Vec<Sku>>,
    /// Barcode.
    barcode: Option<Vec<Barcode>>,
    /// Code of a warehouse that has some on hand.
    warehouse: Option<Vec<Code>>,
    /// Key of a warehouse that has some on hand.
    warehouse_id: Option<Vec<i64>>,
    /// Products that are at or below their reorder point, as in `/low-stock`; `false`: those that are not.
    low_stock: Option<bool>,
    /// Archived products instead of those that are sold.
    archived: Option<bool>,
    /// Only what was changed then or later; sorted by `updated_at` unless asked otherwise. Stock changes do not count.
    #[param(value_type = Option<String>, format = DateTime)]
    updated_since: Option<Timestamp>,
    /// Order: `sku` (if absent), `name`, `price`, `created_at` or `updated_at`; with `-` in front the greatest first.
    #[param(pattern = "^-?(sku|name|price|created_at|updated_at)$")]
    sort: Option<String>,
}

impl Search {
    /// Most words.
    const WORDS_MAX: usize = 8;
    /// The trigram index finds words of so many letters anywhere; shorter ones only where a word begins.
    const ANYWHERE_MIN: usize = 3;

    /// A pattern for each word.
    pub fn patterns(&self) -> &[String] {
        &self.0
    }
}

impl Parse for Search {
    const WRITTEN: Written = Written::String;
    fn parse(text: &str) -> Result<Self, Invalid> {
        let text = Text::<200>::parse(text)?;
        // A word of signs only has no trigram: looking for it would read every product.
        let words = text.as_str().split_whitespace().filter(|word| word.contains(char::is_alphanumeric));
        let patterns: Vec<String> = words.map(pattern).collect();
        if patterns.len() > Self::WORDS_MAX {
            return Err(Invalid::new(
                "too_many_words",
                format!("must have at most {} words", Self::WORDS_MAX),
            ));
        }
        Ok(Self(patterns))
    }
}

/// The pattern that finds a word; `search_text` begins with a space, so its first word is found too.
fn pattern(word: &str) -> String {
    let escaped = word.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    let anywhere = word.chars().count() >= Search::ANYWHERE_MIN;
    if anywhere { format!("%{escaped}%") } else { format!("% {escaped}%") }
}

impl SortKey {
    const ALL: [Self; 5] = [Self::Sku, Self::Name, Self::Price, Self::CreatedAt, Self::UpdatedAt];

    fn name(self) -> &'static str {
        match self {
            Self::Sku => "sku",
            Self::Name => "name",
            Self::Price => "price",
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
        }
    }
}

impl Sort {
    /// The least first.
    pub const fn by(key: SortKey) -> Self {
        Self { key, descending: false }
    }

    /// The name of a list in this order, to which its cursors are bound.
    pub fn list(self) -> String {
        format!("products by {}{}", if self.descending { "-" } else { "" }, self.key.name())
    }
}

impl Parse for Sort {
    const WRITTEN: Written = Written::String;
    fn parse(text: &str) -> Result<Self, Invalid> {
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let key = SortKey::ALL.into_iter().find(|key| key.name() == name).ok_or_else(|| {
            let names = SortKey::ALL.map(SortKey::name).join(", ");
            Invalid::new("unknown_value", format!("must be one of {names}, each also with - in front"))
        })?;
        Ok(Self { key, descending })
    }
}

impl ProductFilter {
    fn read(params: &mut Params<'_>, categories: Vec<CategoryRef>) -> Option<Self> {
        let search = params.optional("q").unwrap_or_default();
        let (skus, barcodes) = (params.all("sku"), params.all("barcode"));
        let warehouses = WarehouseRef::from_params(params);
        let low_stock = params.optional("low_stock");
        let archived = params.optional("archived").unwrap_or(false);
        let updated_since = params.optional("updated_since");
        let usual = if updated_since.is_some() { SortKey::UpdatedAt } else { SortKey::Sku };
        let sort = params.optional("sort").unwrap_or(Sort::by(usual));
        let paging = Paging::from_params(params)?;
        let criteria =
            Criteria { categories, search, skus, barcodes, warehouses, low_stock, archived, updated_since };
        Some(Self { criteria, sort, paging })
    }
}

/// In a body, which products to change; archived ones are not among them.
impl FromFields for Criteria {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let categories = CategoryRef::list_from_fields(fields);
        let search = fields.optional("q").unwrap_or_default();
        let (skus, barcodes) = (fields.values("sku"), fields.values("barcode"));
        let warehouses = WarehouseRef::list_from_fields(fields);
        let low_stock = fields.optional("low_stock");
        Some(Self { categories, search, skus, barcodes, warehouses, low_stock, ..Self::default() })
    }
}

impl FromParams for ProductFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let categories = CategoryRef::from_params(params);
        Self::read(params, categories)
    }
}

impl FromParams for WithinCategory {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        ProductFilter::read(params, Vec::new()).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_patterns_that_find_them_as_they_are_written() {
        let patterns =
            |text: &str| Search::parse(text).map(|search| search.0).map_err(|invalid| invalid.code);
        assert_eq!(patterns("  \t"), Ok(vec![]));
        assert_eq!(patterns("kettle\n17 ß"), Ok(vec!["%kettle%".into(), "% 17%".into(), "% ß%".into()]));
        assert_eq!(
            patterns(r"100% - a_b x\"),
            Ok(vec![r"%100\%%".into(), r"%a\_b%".into(), r"% x\\%".into()])
        );
        assert_eq!(patterns("1 2 3 4 5 6 7 8 9"), Err("too_many_words"));
        assert_eq!(patterns(&"x".repeat(201)), Err("too_long"));
    }

    #[test]
    fn a_minus_in_front_turns_the_order_round() {
        assert_eq!(Sort::parse("sku"), Ok(Sort::by(SortKey::Sku)));
        assert_eq!(Sort::parse("-updated_at"), Ok(Sort { key: SortKey::UpdatedAt, descending: true }));
        for text in ["", "-", "--sku", "SKU", "id"] {
            assert_eq!(Sort::parse(text).map_err(|invalid| invalid.code), Err("unknown_value"), "{text}");
        }
    }
}
