//! Pages by their own names, and their items by reference: `WarehousePage` of `Warehouse`, where a generic type gives
//! `Page_Warehouse` with the item written out again.

use utoipa::openapi::{Components, Paths, Ref, RefOr, Response, Schema};

use super::{has, operations};

const GENERIC: &str = "Page_";

/// Rename the schemas of pages. Only answers refer to them.
pub(super) fn rename(components: &mut Components, paths: &mut Paths) {
    let generic: Vec<String> =
        components.schemas.keys().filter(|name| name.starts_with(GENERIC)).cloned().collect();
    for name in generic {
        if let (Some(mut page), Some(item)) = (components.schemas.remove(&name), name.strip_prefix(GENERIC)) {
            if components.schemas.contains_key(item) {
                refer_to_item(&mut page, item);
            }
            components.schemas.insert(own_name(item), page);
        }
    }
    for (_, _, operation) in operations(paths) {
        for response in operation.responses.responses.values_mut() {
            if let RefOr::T(response) = response {
                rename_in(response);
            }
        }
    }
}

fn refer_to_item(page: &mut RefOr<Schema>, item: &str) {
    if let RefOr::T(Schema::Object(page)) = page
        && let Some(RefOr::T(Schema::Array(items))) = page.properties.get_mut("items")
    {
        items.items = Ref::from_schema_name(item).into();
    }
}

fn rename_in(response: &mut Response) {
    for content in response.content.values_mut() {
        if let RefOr::T(content) = content
            && let Some(RefOr::Ref(reference)) = &mut content.schema
            && let Some((prefix, name)) = reference.ref_location.rsplit_once('/')
            && let Some(item) = name.strip_prefix(GENERIC)
        {
            reference.ref_location = format!("{prefix}/{}", own_name(item));
        }
    }
}

fn own_name(item: &str) -> String {
    format!("{item}Page")
}

/// Whether it is a page of a list. The change feed, which goes on for ever, is none.
pub(super) fn is_page(schema: &Schema) -> bool {
    has(schema, "items") && has(schema, "next_cursor") && !has(schema, "at_end")
}
