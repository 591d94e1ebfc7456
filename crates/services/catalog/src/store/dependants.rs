//! Which rendered answers become wrong by a change.
//!
//! An item shows what its ancestors declare, and its embedded items by what those declare, with their ancestors
//! in turn. So whoever refers to a changed item, over however many steps, is rendered anew at the next reading.

use std::collections::HashSet;

use platform::{ApiError, Transaction};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, Query, SelectStatement},
};
use vocabulary::CodeVersion;

use super::{
    among, among_codes, catalog_item, catalog_item_attribute, item_template, property_candidate,
    revisions::note_changes, template_property,
};

/// Forgets the answers of everything that shows one of these items.
pub(crate) async fn forget_dependants(
    tx: &Transaction,
    items: impl IntoIterator<Item = CodeVersion>,
) -> Result<(), ApiError> {
    let mut known: HashSet<CodeVersion> = items.into_iter().collect();
    let mut next: Vec<CodeVersion> = known.iter().copied().collect();
    let mut stale = Vec::new();
    while !next.is_empty() {
        let users = users(tx, &next).await?;
        stale.extend(users.iter().map(|(id, _)| *id));
        next = users.into_iter().map(|(_, item)| item).filter(|item| known.insert(*item)).collect();
    }
    forget(tx, stale).await
}

/// Forgets the answers of everything that shows the name of a namespace, and has it found under the new one.
pub(crate) async fn forget_users_of_namespace(tx: &Transaction, namespace: i64) -> Result<(), ApiError> {
    let tagged = Query::select()
        .column(catalog_item_attribute::Column::CatalogItemId)
        .from(catalog_item_attribute::Entity)
        .and_where(catalog_item_attribute::Column::NsId.eq(namespace))
        .take();
    let of_candidates = owners(
        Query::select()
            .column(property_candidate::Column::TemplatePropertyId)
            .from(property_candidate::Entity)
            .and_where(property_candidate::Column::NsId.eq(namespace))
            .take(),
        None,
    );
    let users = found(
        tx,
        Condition::any()
            .add(catalog_item::Column::NsId.eq(namespace))
            .add(catalog_item::Column::Id.in_subquery(tagged))
            .add(catalog_item::Column::Id.in_subquery(of_candidates)),
    )
    .await?;
    forget(tx, users.iter().map(|(id, _)| *id)).await?;
    note_changes(tx, users.iter().map(|(_, item)| item.value.0)).await?;
    forget_dependants(tx, users.into_iter().map(|(_, item)| item)).await
}

/// Sets the answers of these rows to null.
async fn forget(tx: &Transaction, ids: impl IntoIterator<Item = i64>) -> Result<(), ApiError> {
    let ids: Vec<i64> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(());
    }
    catalog_item::Entity::update_many()
        .col_expr(catalog_item::Column::Response, Expr::value(Option::<String>::None))
        .filter(among(tx, catalog_item::Column::Id, ids))
        .filter(catalog_item::Column::Response.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// The items that refer to one of these directly.
async fn users(tx: &Transaction, items: &[CodeVersion]) -> Result<Vec<(i64, CodeVersion)>, ApiError> {
    let embedded = |columns| {
        let properties = Query::select()
            .column(property_candidate::Column::TemplatePropertyId)
            .from(property_candidate::Entity)
            .and_where(among_codes(tx, columns, items))
            .take();
        owners(properties, Some(["item", "item[]"]))
    };
    let properties = Query::select()
        .column(template_property::Column::Id)
        .from(template_property::Entity)
        .and_where(among_codes(
            tx,
            (template_property::Column::Code, template_property::Column::Version),
            items,
        ))
        .take();
    let parent = (catalog_item::Column::InheritCode, catalog_item::Column::InheritVersion);
    let of = |items| catalog_item::Column::Id.in_subquery(items);
    let conditions = [
        among_codes(tx, parent, items),
        of(embedded((property_candidate::Column::Code, property_candidate::Column::Version))),
        of(embedded((property_candidate::Column::BaseCode, property_candidate::Column::BaseVersion))),
        of(owners(properties, None)),
    ];
    let mut users = Vec::new();
    // One by one, so that each may use its index.
    for condition in conditions {
        users.extend(found(tx, Condition::all().add(condition)).await?);
    }
    Ok(users)
}

async fn found(tx: &Transaction, condition: Condition) -> Result<Vec<(i64, CodeVersion)>, ApiError> {
    let rows: Vec<(i64, i64, i64)> = catalog_item::Entity::find()
        .filter(condition)
        .select_only()
        .columns([catalog_item::Column::Id, catalog_item::Column::Code, catalog_item::Column::Version])
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(id, code, version)| (id, CodeVersion::new(code, version))).collect())
}

/// The items that these properties belong to, in templates that still count; only properties of some kinds.
fn owners(properties: SelectStatement, kinds: Option<[&str; 2]>) -> SelectStatement {
    let mut templates = Query::select()
        .column(template_property::Column::ItemTemplateId)
        .from(template_property::Entity)
        .and_where(template_property::Column::Id.in_subquery(properties))
        .take();
    if let Some(kinds) = kinds {
        templates.and_where(template_property::Column::Kind.is_in(kinds));
    }
    Query::select()
        .column(item_template::Column::CatalogItemId)
        .from(item_template::Entity)
        .and_where(item_template::Column::Id.in_subquery(templates))
        .and_where(item_template::Column::IsDisabled.eq(false))
        .take()
}
