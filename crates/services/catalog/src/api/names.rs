//! The catalog's own name: its existence activates everything else (spec: catalog 4.1).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Author, Call, Incoming, Input, Member,
    fields::{short_text, text},
    new_row,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Serialize;
use vocabulary::random;

use super::object;
use crate::{
    Catalog,
    refusal::Refusal,
    store::{self, catalog, catalog_code_scope},
};

#[derive(Debug, Serialize)]
pub(crate) struct Name {
    id: String,
    name: String,
    description: Option<String>,
    ext_name: String,
}

impl From<catalog::Model> for Name {
    fn from(row: catalog::Model) -> Self {
        Self { id: row.id, name: row.name, description: row.description, ext_name: row.ext_name }
    }
}

#[derive(Debug)]
pub(crate) struct NewName {
    name: String,
    description: String,
    ext_name: String,
}

impl Input for NewName {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        let name = fields.required("name", short_text);
        let description = fields.required("description", text);
        let ext_name = fields.required("ext_name", text);
        fields.build(|| Some(Self { name: name?, description: description?, ext_name: ext_name? }))
    }
}

/// What this catalog is called. **Any operator.**
pub(crate) async fn show(
    State(service): State<Catalog>,
    _: Call<AnyOperator>,
) -> Result<Json<Name>, ApiError> {
    Ok(Json(store::activated(service.ground.store.read()).await?.into()))
}

/// Activates the catalog, once. **Members.**
pub(crate) async fn activate(
    State(service): State<Catalog>,
    call: Call<Member, NewName>,
) -> Result<Json<Name>, ApiError> {
    let author = Author::new(&service.ground, &call.who.0);
    let tx = store::writing(&service.ground.store).await?;
    let existing = catalog::Entity::find().filter(catalog::Column::IsDisabled.eq(false)).count(&tx).await?;
    if existing > 0 {
        return Err(Refusal::AlreadyActivated.into());
    }
    let ranges = catalog_code_scope::Entity::find()
        .filter(catalog_code_scope::Column::IsDisabled.eq(false))
        .count(&tx)
        .await?;
    if ranges == 0 {
        for scope in &service.settings.code_scope {
            let row = new_row!(
                author,
                catalog_code_scope { kind: scope.kind.clone(), start_code: scope.start, end_code: scope.end }
            );
            row.insert(&tx).await?;
        }
    }
    let row = new_row!(
        author,
        catalog {
            id: random::uuid().to_string(),
            name: call.input.name,
            description: Some(call.input.description),
            ext_name: call.input.ext_name,
            attributes: None,
        }
    );
    let row = row.insert(&tx).await?;
    tx.commit().await?;
    Ok(Json(row.into()))
}

/// Renames the catalog; namespaces stay as they are. **Members.**
pub(crate) async fn rename(
    State(service): State<Catalog>,
    call: Call<Member, NewName>,
) -> Result<Json<Name>, ApiError> {
    let author = Author::new(&service.ground, &call.who.0);
    let tx = store::writing(&service.ground.store).await?;
    let mut row: catalog::ActiveModel = store::activated(&tx).await?.into();
    row.name = Set(call.input.name);
    row.description = Set(Some(call.input.description));
    row.ext_name = Set(call.input.ext_name);
    row.updated_by = Set(author.login_id);
    row.updated_at = Set(author.now);
    let row = row.update(&tx).await?;
    tx.commit().await?;
    Ok(Json(row.into()))
}
