//! Changing the tree of categories, inside the caller's transaction.

use platform::{Connection, IfMatch};

use super::model::{CategoryChange, CategoryError, CategoryView, NewCategory};
use super::store;

/// Add a category below another one, or at the top.
pub async fn create(db: &mut Connection, new: &NewCategory) -> Result<CategoryView, CategoryError> {
    store::lock_tree(db).await?;
    require_parent(db, new.parent_id).await?;
    Ok(store::insert(db, new).await?)
}

/// Change a category whose present version the caller has seen.
pub async fn update(
    db: &mut Connection,
    id: i64,
    seen: &IfMatch,
    change: &CategoryChange,
) -> Result<CategoryView, CategoryError> {
    lock(db, id, seen).await?;
    require_parent(db, change.parent_id.flatten()).await?;
    Ok(store::update(db, id, change).await?)
}

/// Delete a category that has neither products nor sub-categories.
pub async fn delete(db: &mut Connection, id: i64, seen: &IfMatch) -> Result<(), CategoryError> {
    lock(db, id, seen).await?;
    if store::delete(db, id).await? { Ok(()) } else { Err(CategoryError::InUse) }
}

async fn lock(db: &mut Connection, id: i64, seen: &IfMatch) -> Result<(), CategoryError> {
    store::lock_tree(db).await?;
    let present = store::find(db, id).await?.ok_or(CategoryError::NotFound(id))?;
    seen.check(present.version).map_err(CategoryError::Precondition)
}

async fn require_parent(db: &mut Connection, parent_id: Option<i64>) -> Result<(), CategoryError> {
    match parent_id {
        Some(id) if !store::exists(db, id).await? => Err(CategoryError::UnknownParent(id)),
        _ => Ok(()),
    }
}
