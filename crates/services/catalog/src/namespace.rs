//! Writing namespaces (spec: catalog 4.2), in a transaction of [`crate::store::writing`].

use platform::{ApiError, Author, Transaction, new_row, update_rows};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::Value;

use crate::{
    codes::Kind,
    refusal::Refusal,
    register::description,
    store::{self, catalog_item, ns},
};

/// Writes a namespace that must not be there yet; its parents need not exist.
pub(crate) async fn insert(
    tx: &Transaction,
    kind: Kind,
    name: &str,
    text: &Value,
    author: &Author,
) -> Result<ns::Model, ApiError> {
    if store::namespace(tx, name).await?.is_some() {
        return Err(Refusal::NamespaceExists.into());
    }
    let row = new_row!(
        author,
        ns { kind: Some(kind.as_str().to_owned()), name: name.to_owned(), description: description(text) }
    );
    Ok(row.insert(tx).await?)
}

/// Changes path and description of a namespace of that kind; a new path must not be taken. An unknown id changes
/// nothing, as ever.
pub(crate) async fn change(
    tx: &Transaction,
    kind: Kind,
    id: i64,
    name: &str,
    text: &Value,
    author: &Author,
) -> Result<(), ApiError> {
    let named = store::namespaces_named(tx, name).await?;
    let changed = update_rows!(tx, author, ns, { Name: name, Description: description(text) },
        ns::Column::Id.eq(id), ns::Column::Kind.eq(kind.as_str()), ns::Column::IsDisabled.eq(false))?;
    if changed == 0 {
        return Ok(());
    }
    // Of two that older programs gave the same name each keeps it.
    if !named.is_empty() && !named.contains(&id) {
        return Err(Refusal::NamespaceTaken.into());
    }
    store::forget_users_of_namespace(tx, id).await
}

/// Deletes a namespace that no item lies in. An unknown id changes nothing.
pub(crate) async fn disable(tx: &Transaction, id: i64, author: &Author) -> Result<(), ApiError> {
    let used = catalog_item::Entity::find()
        .filter(catalog_item::Column::NsId.eq(id))
        .filter(catalog_item::Column::IsDisabled.eq(false))
        .count(tx)
        .await?;
    if used > 0 {
        return Err(Refusal::NamespaceInUse.into());
    }
    update_rows!(tx, author, ns, { IsDisabled: true }, ns::Column::Id.eq(id))?;
    Ok(())
}
