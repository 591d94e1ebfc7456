//! What a proposal refers to, and who may approve it.

use std::collections::HashSet;

use platform::ApiError;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::Value;

use super::document::{ChangeKind, Draft};
use crate::{
    refusal::Refusal,
    register::number,
    rendering::is_data_type,
    store::{self, catalog_item},
};

/// Every code in the items of a proposal must be registered, or be about to be in one of these codes.
pub(crate) async fn check_references(
    connection: &impl ConnectionTrait,
    draft: &Draft,
    about_to_be: &HashSet<i64>,
) -> Result<(), ApiError> {
    let mut codes = HashSet::new();
    for change in draft.items.iter().filter(|change| change.kind != ChangeKind::Delete) {
        let Some(template) = change.template.as_ref().map(|template| &template["template"]) else { continue };
        for property in template["prop"].as_array().into_iter().flatten() {
            let described = &property["type"];
            codes.extend(number(&described["_code"]["_value"]));
            codes.extend(number(&described["candidate"]["base"]["_value"]));
            for code in described["candidate"]["_code"].as_array().into_iter().flatten() {
                codes.extend(number(&code["_value"]));
            }
        }
        collect(&template["value"], &mut codes);
    }
    codes.retain(|code| !about_to_be.contains(code));
    let rows = catalog_item::Entity::find()
        .filter(catalog_item::Column::Code.is_in(codes.iter().copied()))
        .filter(catalog_item::Column::IsDisabled.eq(false))
        .all(connection)
        .await?;
    let known: HashSet<i64> = rows.into_iter().map(|row| row.code).collect();
    match codes.into_iter().filter(|code| !known.contains(code)).min() {
        Some(unknown) => Err(Refusal::LinkedCode(unknown).into()),
        None => Ok(()),
    }
}

/// `{"key": "_value", "value": n}` anywhere in values.
fn collect(value: &Value, codes: &mut HashSet<i64>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, codes)),
        Value::Object(object) => {
            if object.get("key").and_then(Value::as_str) == Some("_value") {
                codes.extend(object.get("value").and_then(number));
            }
            object.values().for_each(|value| collect(value, codes));
        }
        _ => {}
    }
}

/// Documents, events and things concern residents: another actor has to approve them.
pub(crate) fn needs_approval(draft: &Draft) -> bool {
    let namespaces =
        draft.items.iter().filter_map(|change| change.template.as_ref()?["catalogItem"]["ns"].as_str());
    namespaces.into_iter().any(is_data_type)
}

/// The root's actor may approve, and the actor of a region that an application of the caller is allied with.
pub(crate) async fn check_approver(
    connection: &impl ConnectionTrait,
    approver: i64,
    caller: Option<i64>,
) -> Result<(), ApiError> {
    let item = item(connection, approver).await?.ok_or(Refusal::Approver)?;
    let ns = item["catalogItem"]["ns"].as_str().unwrap_or_default();
    if ns.starts_with("catalog/ext/") && ns.ends_with("/actor/pxr-root") {
        return Ok(());
    }
    let regions = codes(&item["template"]["region"]);
    let caller = match caller {
        Some(caller) => self::item(connection, caller).await?.unwrap_or_default(),
        None => Value::Null,
    };
    for application in codes(&caller["template"]["application"]) {
        let application = self::item(connection, application).await?.unwrap_or_default();
        let allied = codes(&application["template"]["region-alliance"]);
        if allied.iter().any(|region| regions.contains(region)) {
            return Ok(());
        }
    }
    Err(Refusal::Approver.into())
}

async fn item(connection: &impl ConnectionTrait, code: i64) -> Result<Option<Value>, ApiError> {
    let rows = store::versions(connection, &[(code, None)]).await?;
    Ok(store::responses(connection, &rows).await?.pop())
}

fn codes(value: &Value) -> Vec<i64> {
    value.as_array().into_iter().flatten().filter_map(|code| number(&code["_value"])).collect()
}
