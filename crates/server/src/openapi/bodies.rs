//! Bodies that are read take no field that their schema does not name, and the document says so. Answers may get fields.

use std::collections::BTreeSet;

use utoipa::openapi::schema::{AdditionalProperties, ArrayItems};
use utoipa::openapi::{Components, Paths, RefOr, Schema};

use super::operations;

/// Close the schemas of bodies, and of what is in them.
pub(super) fn close(components: &mut Components, paths: &mut Paths) {
    let mut names = BTreeSet::new();
    for (_, _, operation) in operations(paths) {
        if let Some(RefOr::T(body)) = &operation.request_body {
            for content in body.content.values() {
                if let RefOr::T(content) = content
                    && let Some(schema) = &content.schema
                {
                    collect(schema, components, &mut names);
                }
            }
        }
    }
    for name in names {
        if let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(&name)
            && !object.properties.is_empty()
        {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
}

/// Add the names of the schemas that this one refers to.
fn collect(schema: &RefOr<Schema>, components: &Components, names: &mut BTreeSet<String>) {
    let mut follow = |schema| collect(schema, components, names);
    match schema {
        RefOr::Ref(reference) => {
            let name = reference.ref_location.rsplit('/').next().unwrap_or_default();
            if let Some(schema) = components.schemas.get(name)
                && names.insert(name.to_owned())
            {
                collect(schema, components, names);
            }
        }
        RefOr::T(Schema::Object(object)) => object.properties.values().for_each(follow),
        RefOr::T(Schema::OneOf(choices)) => choices.items.iter().for_each(follow),
        RefOr::T(Schema::Array(array)) => {
            if let ArrayItems::RefOrSchema(items) = &array.items {
                follow(items);
            }
        }
        RefOr::T(_) => {}
    }
}
