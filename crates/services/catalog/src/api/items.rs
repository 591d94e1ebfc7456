//! Reading items (spec: catalog 4.4).

use axum::{Json, body::Bytes, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Fields, Incoming, Input, JsonBytes, Reason,
    fields::{boolean, text},
};
use serde_json::Value;

use super::{ANY, Code, POSITIVE, parameter, parameters, storable, whole};
use crate::{
    Catalog,
    refusal::Refusal,
    register::number,
    rendering::arranged,
    store::{self, catalog_item},
};

/// The exact name of a namespace.
#[derive(Debug)]
pub(crate) struct Namespace(String);

impl Input for Namespace {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        parameter(incoming, "ns", text).map(Self)
    }
}

/// What is asked about items.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Question {
    InNamespace(String),
    Newest(i64),
    AtVersion(AtVersion),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AtVersion {
    code: i64,
    /// None: the newest.
    version: Option<i64>,
    deleted_too: bool,
}

impl Input for AtVersion {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = parameters(incoming)?;
        let fields = Fields::of(&parameters);
        let code = fields.required("code", whole("code", ANY));
        let version = fields.required("version", whole("version", ANY));
        let deleted_too = fields.optional("includeDeleted", boolean).unwrap_or(false);
        let newest = |version: i64| (version != 0).then_some(version);
        fields.build(|| Some(Self { code: code?, version: version.map(newest)?, deleted_too }))
    }
}

/// Codes with or without versions.
#[derive(Debug)]
pub(crate) struct Codes(Vec<(i64, Option<i64>)>);

impl Input for Codes {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let refused = |value: &Value| {
            ApiError::Fields(vec![Reason::new("_code", value.clone(), "_code の配列を指定してください")])
        };
        storable(incoming.body())?;
        let elements = incoming.body().as_array().ok_or_else(|| refused(&Value::Null))?;
        let mut codes = Vec::with_capacity(elements.len());
        for element in elements {
            let code = Fields::of(element).raw("_code").filter(|code| code.is_object());
            let code = Fields::of(code.ok_or_else(|| refused(element))?);
            let [value, version] = ["_value", "_ver"].map(|part| code.raw(part).and_then(number));
            if let Some(value) = value {
                codes.push((value, version));
            }
        }
        Ok(Self(codes))
    }
}

#[derive(Debug)]
pub(crate) struct History {
    code: i64,
    min: i64,
    max: Option<i64>,
}

impl Input for History {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = parameters(incoming)?;
        let fields = Fields::of(&parameters);
        let code = fields.required("code", whole("code", POSITIVE));
        let min = fields.required("min", whole("min", POSITIVE));
        let max = fields.optional("max", whole("max", POSITIVE));
        if let (Some(min), Some(max)) = (min, max)
            && max < min
        {
            fields.refuse("max", "min以上を指定してください");
        }
        fields.build(|| Some(Self { code: code?, min: min?, max }))
    }
}

/// The newest versions of the items directly in a namespace. **Any operator.**
pub(crate) async fn in_namespace(
    State(service): State<Catalog>,
    call: Call<AnyOperator, Namespace>,
) -> Result<JsonBytes, ApiError> {
    answer(&service, Question::InNamespace(call.input.0)).await
}

/// The newest version of an item. **Any operator.**
pub(crate) async fn newest(
    State(service): State<Catalog>,
    call: Call<AnyOperator, Code>,
) -> Result<JsonBytes, ApiError> {
    answer(&service, Question::Newest(call.input.0)).await
}

/// An item at a version. **Any operator.**
pub(crate) async fn at_version(
    State(service): State<Catalog>,
    call: Call<AnyOperator, AtVersion>,
) -> Result<JsonBytes, ApiError> {
    answer(&service, Question::AtVersion(call.input)).await
}

/// The answer to a question, from memory while nothing in the catalog changed.
async fn answer(service: &Catalog, question: Question) -> Result<JsonBytes, ApiError> {
    let read = async || {
        let connection = service.reading().await?;
        let text = match &question {
            Question::InNamespace(name) => {
                let namespaces = store::namespaces_named(connection, name).await?;
                let rows = store::in_namespaces(connection, &namespaces).await?;
                serde_json::to_vec(&answers(service, &rows).await?)
            }
            Question::Newest(code) => {
                serde_json::to_vec(&one(service, store::newest(connection, *code).await?).await?)
            }
            Question::AtVersion(AtVersion { code, version, deleted_too }) => {
                let row = store::at_version(connection, *code, *version, *deleted_too).await?;
                serde_json::to_vec(&one(service, row).await?)
            }
        };
        text.map(Bytes::from).map_err(ApiError::unexpected)
    };
    service.answers.or_read(&question, read).await.map(JsonBytes)
}

async fn one(service: &Catalog, row: Option<catalog_item::Model>) -> Result<Value, ApiError> {
    let item = answers(service, row.as_slice()).await?.pop();
    item.ok_or(Refusal::ItemNotFound.into())
}

/// Several items at once; unknown ones are left out. **Any operator.**
pub(crate) async fn by_codes(
    State(service): State<Catalog>,
    call: Call<AnyOperator, Codes>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let connection = service.reading().await?;
    answers(&service, &store::versions(connection, &call.input.0).await?).await.map(Json)
}

/// All versions of an item within bounds. **Any operator.**
pub(crate) async fn history(
    State(service): State<Catalog>,
    call: Call<AnyOperator, History>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let History { code, min, max } = call.input;
    let inside = |row: &catalog_item::Model| row.version >= min && max.is_none_or(|max| row.version <= max);
    let rows = store::all_versions(service.ground.store.read(), code, false).await?;
    let rows: Vec<_> = rows.into_iter().filter(|row| !row.is_reserved).filter(inside).collect();
    answers(&service, &rows).await.map(Json)
}

async fn answers(service: &Catalog, rows: &[catalog_item::Model]) -> Result<Vec<Value>, ApiError> {
    let items = store::responses(&service.ground.store, rows).await?;
    if items.is_empty() {
        return Err(Refusal::ItemNotFound.into());
    }
    Ok(items.into_iter().map(arranged).collect())
}
