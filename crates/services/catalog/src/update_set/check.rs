//! Whether a proposal makes sense, by itself and against what is there.

use std::collections::HashSet;

use platform::ApiError;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::Value;

use super::document::{Change, ChangeKind, Changes};
use crate::{
    codes::Kind,
    refusal::Refusal,
    register::{check_document, number},
    store::{self, ns},
};

/// Rules within the proposal, in the order of the spec.
pub(crate) fn check_shape(changes: &Changes) -> Result<(), Refusal> {
    let refuse = |message| Err(Refusal::UpdateSet(message));
    if changes.namespaces.is_empty() && changes.items.is_empty() && changes.attributes.is_empty() {
        return refuse("変更内容がありません");
    }
    let lacks_template = |change: &Change| change.kind != ChangeKind::Delete && change.template.is_none();
    let lacks_target = |change: &Change| change.kind != ChangeKind::Add && change.target.is_none();
    if changes.namespaces.iter().any(|change| lacks_template(change) || lacks_target(change)) {
        return refuse("ネームスペースの変更内容が不足しています");
    }
    let mut names = HashSet::new();
    for name in changes.namespaces.iter().filter_map(|change| change.template.as_ref()?["ns"].as_str()) {
        if !names.insert(name) {
            return refuse("同じネームスペースが複数回指定されています");
        }
    }
    if changes.items.iter().any(|change| lacks_template(change) || lacks_target(change)) {
        return refuse("カタログの変更内容が不足しています");
    }
    let own_code = |change: &Change| number(&change.template.as_ref()?["catalogItem"]["_code"]["_value"]);
    let mut codes = HashSet::new();
    for code in changes.items.iter().filter_map(own_code) {
        if !codes.insert(code) {
            return refuse("同じコードが複数回指定されています");
        }
    }
    let parents = changes.items.iter().filter_map(|change| {
        number(&change.template.as_ref()?["catalogItem"]["inherit"]["_value"]).filter(|code| *code < 0)
    });
    if parents.into_iter().any(|parent| !codes.contains(&parent)) {
        return refuse("継承元の仮コードが変更セットにありません");
    }
    if changes.attributes.iter().any(lacks_template) {
        return refuse("属性の変更内容が不足しています");
    }
    Ok(())
}

/// Rules against what is there: at registration, at request and at approval.
pub(crate) async fn check_entries(
    connection: &impl ConnectionTrait,
    changes: &Changes,
) -> Result<(), ApiError> {
    for change in &changes.namespaces {
        check_namespace(connection, change).await?;
    }
    for change in &changes.items {
        check_item(connection, change).await?;
    }
    for change in &changes.attributes {
        check_attribute(connection, change).await?;
    }
    Ok(())
}

pub(super) async fn check_namespace(
    connection: &impl ConnectionTrait,
    change: &Change,
) -> Result<(), ApiError> {
    if change.kind != ChangeKind::Add {
        let id = change.target.unwrap_or_default();
        let row = ns::Entity::find_by_id(id).one(connection).await?.filter(|row| !row.is_disabled);
        row.ok_or(Refusal::NoSuchNamespace)?;
    }
    if change.kind == ChangeKind::Delete {
        return Ok(());
    }
    let name = change.template.as_ref().and_then(|template| template["ns"].as_str());
    let name = name.ok_or(Refusal::UpdateSet("ネームスペースの変更内容が不足しています"))?;
    let named = store::namespaces_named(connection, name).await?;
    let keeps_its_name =
        change.kind == ChangeKind::Update && change.target.is_some_and(|id| named.contains(&id));
    if !keeps_its_name && !named.is_empty() {
        return Err(Refusal::NamespaceTaken.into());
    }
    // Older programs let a namespace begin with anything: those keep their names.
    if keeps_its_name || Kind::of_path(name).is_some() { Ok(()) } else { Err(Refusal::OtherKind.into()) }
}

pub(super) async fn check_item(connection: &impl ConnectionTrait, change: &Change) -> Result<(), ApiError> {
    let template = change.template.as_ref().unwrap_or(&Value::Null);
    let head = &template["catalogItem"];
    match change.kind {
        ChangeKind::Add => {
            check_document(template)?;
            let Some(code) = number(&head["_code"]["_value"]).filter(|code| *code > 0) else { return Ok(()) };
            let version = number(&head["_code"]["_ver"]);
            let rows = store::all_versions(connection, code, true).await?;
            let taken = rows.iter().any(|row| version.is_none_or(|version| row.version == version));
            if taken { Err(Refusal::CodeExists.into()) } else { Ok(()) }
        }
        ChangeKind::Update => {
            must_exist(connection, change.target).await?;
            check_document(template)?;
            let Some(version) = number(&head["_code"]["_ver"]) else { return Ok(()) };
            let newest = store::latest_version(connection, change.target.unwrap_or_default()).await?;
            if version == newest.unwrap_or(0) + 1 { Ok(()) } else { Err(Refusal::VersionMismatch.into()) }
        }
        ChangeKind::Delete => must_exist(connection, change.target).await,
    }
}

pub(super) async fn check_attribute(
    connection: &impl ConnectionTrait,
    change: &Change,
) -> Result<(), ApiError> {
    must_exist(connection, change.target).await
}

async fn must_exist(connection: &impl ConnectionTrait, code: Option<i64>) -> Result<(), ApiError> {
    let rows = store::all_versions(connection, code.unwrap_or_default(), false).await?;
    if rows.is_empty() { Err(Refusal::NoSuchItem.into()) } else { Ok(()) }
}
