//! Inner classes of items (spec: catalog 4.5).

use axum::{Json, extract::State};
use platform::{AnyOperator, ApiError, Call, Fields, Incoming, Input, fields::text};
use serde_json::Value;
use vocabulary::CodeVersion;

use super::{ANY, parameters, whole};
use crate::{Catalog, refusal::Refusal, rendering::render_class, store};

#[derive(Debug)]
pub(crate) struct Class {
    code: i64,
    version: Option<i64>,
    name: String,
}

impl Input for Class {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = parameters(incoming)?;
        let fields = Fields::of(&parameters);
        let code = fields.required("code", whole("code", ANY));
        let version = fields.optional("version", whole("version", ANY));
        let name = fields.required("name", text);
        fields.build(|| {
            Some(Self { code: code?, version: version.filter(|version| *version != 0), name: name? })
        })
    }
}

/// A class of the newest version. **Any operator.**
pub(crate) async fn newest(
    state: State<Catalog>,
    call: Call<AnyOperator, Class>,
) -> Result<Json<Value>, ApiError> {
    at_version(state, call).await
}

/// A class of an item at a version. **Any operator.**
pub(crate) async fn at_version(
    State(service): State<Catalog>,
    call: Call<AnyOperator, Class>,
) -> Result<Json<Value>, ApiError> {
    let connection = service.reading().await?;
    let Class { code, version, name } = call.input;
    let row = store::at_version(connection, code, version, false).await?.ok_or(Refusal::ItemNotFound)?;
    let library = store::library(connection, std::slice::from_ref(&row)).await?;
    let shape = library.get(CodeVersion::new(row.code, row.version)).ok_or(Refusal::ItemNotFound)?;
    Ok(Json(render_class(shape, &name, &library).ok_or(Refusal::ItemNotFound)?))
}
