//! Deciding about a proposal, and doing what an approved one says.

use platform::{ApiError, Author, Transaction, update_rows};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait};
use serde_json::{Value, json};

use super::{
    check::{check_attribute, check_item, check_namespace},
    document::{Change, ChangeKind, Changes, Status},
    temporary::{Given, temporary_code},
};
use crate::{
    codes::Kind,
    namespace,
    ownership::{Touched, Writer},
    refusal::Refusal,
    register::{self, number},
    store::{
        self, Entries, attribute_update_set, catalog_item, catalog_update_set, ns_update_set, update_set,
    },
};

/// Approves or denies a proposal that is requested, and does what it says if it is approved.
pub(crate) async fn decide(
    tx: &Transaction,
    set: i64,
    status: Status,
    comment: Option<String>,
    author: &Author,
) -> Result<update_set::Model, ApiError> {
    // Of two decisions at once only one finds the set still requested.
    let claimed = update_rows!(tx, author, update_set, {
        Status: status as i16,
        Approver: author.login_id.clone(),
        ApprovalAt: author.now,
        Comment: comment,
    }, update_set::Column::Id.eq(set), update_set::Column::Status.eq(Status::Requested as i16))?;
    if claimed != 1 {
        return Err(Refusal::NoSuchUpdateSet.into());
    }
    let row = store::find_update_set(tx, set).await?.ok_or(Refusal::NoSuchUpdateSet)?;
    if status == Status::Approved {
        let entries = Entries::of(tx, set).await?;
        // Since it was asked for, what it changes may have become another's.
        let changes = Changes::of(&entries)?;
        Writer::of_set(tx, &row).await?.check(tx, Kind::Ext, &Touched::by(&changes)).await?;
        apply(tx, entries, author).await?;
    }
    Ok(row)
}

/// Applies namespaces, then items, then attributes, in the order in which they were proposed; each is checked
/// again, against what is there by then.
async fn apply(tx: &Transaction, entries: Entries, author: &Author) -> Result<(), ApiError> {
    for entry in entries.namespaces {
        apply_namespace(tx, entry, author).await?;
    }
    let mut given = Given::default();
    for entry in entries.items {
        apply_item(tx, entry, &mut given, author).await?;
    }
    for entry in entries.attributes {
        apply_attribute(tx, entry, author).await?;
    }
    Ok(())
}

async fn apply_namespace(
    tx: &Transaction,
    entry: ns_update_set::Model,
    author: &Author,
) -> Result<(), ApiError> {
    let change = Change::try_from(&entry)?;
    check_namespace(tx, &change).await?;
    let template = change.template.unwrap_or_default();
    let name = template["ns"].as_str().unwrap_or_default();
    let (kind, text) = (Kind::of_namespace(name), &template["description"]);
    let id = entry.ns_id.unwrap_or_default();
    match change.kind {
        ChangeKind::Add => {
            let row = namespace::insert(tx, kind, name, text, author).await?;
            let is_it = ns_update_set::Column::Id.eq(entry.id);
            update_rows!(tx, author, ns_update_set, { NsId: row.id }, is_it)?;
            Ok(())
        }
        ChangeKind::Update => namespace::change(tx, kind, id, name, text, author).await,
        ChangeKind::Delete => namespace::disable(tx, id, author).await,
    }
}

/// `given`: temporary negative codes of the proposal and the real ones they became.
async fn apply_item(
    tx: &Transaction,
    entry: catalog_update_set::Model,
    given: &mut Given,
    author: &Author,
) -> Result<(), ApiError> {
    let change = Change::try_from(&entry)?;
    check_item(tx, &change).await?;
    let code = entry.catalog_item_code.unwrap_or_default();
    if change.kind == ChangeKind::Delete {
        return register::delete(tx, code, author).await;
    }
    let mut document = change.template.unwrap_or_default();
    let head = &mut document["catalogItem"];
    if let Some(parent) = number(&head["inherit"]["_value"]).filter(|code| *code < 0) {
        let parent = given.get(parent).ok_or(Refusal::LinkedCode(parent))?;
        head["inherit"]["_value"] = json!(parent);
    }
    let kind = Kind::of_namespace(head["ns"].as_str().unwrap_or_default());
    let temporary = temporary_code(&document);
    if temporary.is_some() {
        document["catalogItem"]["_code"]["_value"] = Value::Null;
    }
    given.put_into(&mut document);
    let row = if change.kind == ChangeKind::Add {
        let row = register::create(tx, kind, &document, author).await?;
        if let Some(temporary) = temporary {
            given.insert(temporary, row.code);
        }
        document["catalogItem"]["_code"] = json!({"_value": row.code, "_ver": row.version});
        row
    } else {
        register::update(tx, kind, code, &document, false, author).await?
    };
    note(tx, entry, &row, &document, author).await
}

/// What became of a change, in its entry.
async fn note(
    tx: &Transaction,
    entry: catalog_update_set::Model,
    row: &catalog_item::Model,
    document: &Value,
    author: &Author,
) -> Result<(), ApiError> {
    let mut entry: catalog_update_set::ActiveModel = entry.into();
    entry.catalog_item_id = Set(Some(row.id));
    entry.catalog_item_code = Set(Some(row.code));
    entry.template = Set(document.to_string());
    entry.updated_by = Set(author.login_id.clone());
    entry.updated_at = Set(author.now);
    entry.update(tx).await?;
    Ok(())
}

async fn apply_attribute(
    tx: &Transaction,
    entry: attribute_update_set::Model,
    author: &Author,
) -> Result<(), ApiError> {
    let change = Change::try_from(&entry)?;
    check_attribute(tx, &change).await?;
    let code = entry.catalog_code.unwrap_or_default();
    let row = store::newest(tx, code).await?.ok_or(Refusal::NoSuchItem)?;
    let attribute = change.template.filter(|_| change.kind != ChangeKind::Delete).unwrap_or_default();
    register::replace_attributes(tx, row, &attribute, author).await?;
    Ok(())
}
