//! What a proposal refers to, and who may approve it.

use std::collections::HashSet;

use platform::{ApiError, Transaction};
use sea_orm::ConnectionTrait;
use serde_json::Value;

use super::{
    document::{ChangeKind, Changes, Status},
    temporary::temporary_code,
};
use crate::{refusal::Refusal, register::number, rendering::is_data_type, store};

/// Every code in the items of a proposal must be registered, or be about to be by an open proposal of the caller; a
/// temporary one by an earlier item of this proposal.
pub(crate) async fn check_references(
    connection: &impl ConnectionTrait,
    changes: &Changes,
    caller: Option<i64>,
) -> Result<(), ApiError> {
    let (mut codes, mut temporary) = (HashSet::new(), HashSet::new());
    for change in changes.items.iter().filter(|change| change.kind != ChangeKind::Delete) {
        let Some(document) = &change.template else { continue };
        let found = referred_to(&document["template"]);
        codes.extend(found.into_iter().filter(|code| !temporary.contains(code)));
        temporary.extend(temporary_code(document).filter(|_| change.kind == ChangeKind::Add));
    }
    let mut known = store::known_codes(connection, &codes).await?;
    if let Some(caller) = caller {
        let open = [Status::Registered as i16, Status::Requested as i16];
        let sets = store::of_actor(connection, caller, open).await?;
        known.extend(store::codes_to_come(connection, &sets).await?.into_iter().filter(|code| *code > 0));
    }
    match codes.into_iter().filter(|code| !known.contains(code)).min() {
        Some(unknown) => Err(Refusal::LinkedCode(unknown).into()),
        None => Ok(()),
    }
}

/// The codes in a template: of types, candidates and values.
fn referred_to(template: &Value) -> HashSet<i64> {
    let mut codes = HashSet::new();
    for property in template["prop"].as_array().into_iter().flatten() {
        let described = &property["type"];
        codes.extend(number(&described["_code"]["_value"]));
        codes.extend(number(&described["candidate"]["base"]["_value"]));
        for code in described["candidate"]["_code"].as_array().into_iter().flatten() {
            codes.extend(number(&code["_value"]));
        }
    }
    collect(&template["value"], &mut codes);
    codes
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
pub(crate) fn needs_approval(changes: &Changes) -> bool {
    let namespaces =
        changes.items.iter().filter_map(|change| change.template.as_ref()?["catalogItem"]["ns"].as_str());
    namespaces.into_iter().any(is_data_type)
}

/// The root's actor may approve, and the actor of a region that an application of the caller is allied with.
pub(crate) async fn check_approver(
    tx: &Transaction,
    approver: i64,
    caller: Option<i64>,
) -> Result<(), ApiError> {
    let approver = items(tx, [approver]).await?.pop().ok_or(Refusal::Approver)?;
    let ns = approver["catalogItem"]["ns"].as_str().unwrap_or_default();
    if ns.starts_with("catalog/ext/") && ns.ends_with("/actor/pxr-root") {
        return Ok(());
    }
    let regions = codes(&approver["template"]["region"]);
    let caller = items(tx, caller).await?.pop().unwrap_or_default();
    let applications = items(tx, codes(&caller["template"]["application"])).await?;
    let mut allied = applications.iter().flat_map(|item| codes(&item["template"]["region-alliance"]));
    if allied.any(|region| regions.contains(&region)) { Ok(()) } else { Err(Refusal::Approver.into()) }
}

async fn items(tx: &Transaction, codes: impl IntoIterator<Item = i64>) -> Result<Vec<Value>, ApiError> {
    let wanted: Vec<_> = codes.into_iter().map(|code| (code, None)).collect();
    store::responses_inside(tx, &store::versions(tx, &wanted).await?).await
}

fn codes(value: &Value) -> Vec<i64> {
    value.as_array().into_iter().flatten().filter_map(|code| number(&code["_value"])).collect()
}
