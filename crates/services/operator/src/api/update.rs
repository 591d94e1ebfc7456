//! Changing operators (spec: operator 4.8).

use axum::{Json, extract::State};
use contract::operator::Presence;
use platform::{AnyOperator, ApiError, Author, Call, Transaction};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, QueryFilter};
use serde::Serialize;
use serde_json::Value;
use vocabulary::{CodeVersion, OperatorType, Session};

use super::read::Id;
use crate::{
    Operators,
    authority::is_full,
    change::{Change, SecondFactor},
    identity::shown_if,
    operator::unique_key,
    password_change::NewPassword,
    phone_proof,
    refusal::Refusal,
    sessions,
    store::{self, names, operator},
    who::{has_own_cookie, may},
};

/// Changes an operator. **The operator itself; members who may update members.**
pub(super) async fn update(
    State(service): State<Operators>,
    call: Call<AnyOperator, (Id, Change)>,
) -> Result<Json<Changed>, ApiError> {
    let (Id(id), change) = call.input;
    let session = &call.who.0;
    if !has_own_cookie(session, &call.incoming) {
        return Err(Refusal::NotLoggedIn.into());
    }
    let target = store::by_id(service.ground.store.read(), id).await?.ok_or(Refusal::NoSuchOperator)?;
    let kind = target.operator_type()?;
    let is_self = service.is_self(session, id);
    // Permitting a login takes no old password: with it, a stolen session could set a new one (spec: operator D12).
    if (!is_self || change.prohibited == Some(false)) && !may(session, "update") {
        return Err(Refusal::NotPermitted.into());
    }
    change.check_target(&target, kind)?;
    check_catalog(&service, session, kind, &change).await?;
    let password = new_password(&service, session, &target, &change).await?;

    let author = Author::new(&service.ground, session);
    let tx = service.ground.store.write().await?;
    let target = lock(&tx, id, kind, &change).await?;
    if is_self && change.hpassword.is_none() {
        keep_second_factor(&service, &tx, &target, &change, &author).await?;
    }
    let row = write(&tx, &target, kind, &change, &author).await?;
    if change.prohibited == Some(true) || password.is_some() && !is_self {
        sessions::end_all(&tx, id, &author).await?;
    }
    if let Some(password) = password {
        password.write(&tx, &row, true, &author).await?;
    }
    if let Some(roles) = &change.roles {
        store::remove_roles(&tx, id, &author).await?;
        store::add_roles(&tx, id, roles, &author).await?;
    }
    tx.commit().await?;
    let rights = change.auth.is_some();
    tracing::info!(target: "audit", what = "operator changed", by = author.login_id, operator = id, rights);
    Ok(Json(changed(row, kind, change.roles.unwrap_or_default())))
}

/// Rights and roles, which the catalog must know.
async fn check_catalog(
    service: &Operators,
    session: &Session,
    kind: OperatorType,
    change: &Change,
) -> Result<(), ApiError> {
    if let Some(auth) = &change.auth {
        if !may(session, "update") {
            return Err(Refusal::NotPermitted.into());
        }
        service.check_rights(session, auth).await?;
    }
    if let Some(roles) = change.roles.as_ref().filter(|_| kind == OperatorType::Application) {
        service.check_roles(session, roles).await?;
    }
    Ok(())
}

/// The password to be stored; none when it stays, also because it is the current one.
async fn new_password(
    service: &Operators,
    session: &Session,
    target: &operator::Model,
    change: &Change,
) -> Result<Option<NewPassword>, ApiError> {
    let Some(new) = &change.new_hpassword else { return Ok(None) };
    let stored = target.hpassword.as_deref();
    if let Some(current) = &change.hpassword
        && !service.passwords.verify(stored, current).await?
    {
        return Err(Refusal::CurrentPassword.into());
    }
    if service.passwords.verify(stored, new).await? {
        return Ok(None);
    }
    service.new_password(session, target, new).await.map(Some)
}

/// What is changed, as it is now, and nobody else changes it meanwhile.
async fn lock(
    tx: &Transaction,
    id: i64,
    kind: OperatorType,
    change: &Change,
) -> Result<operator::Model, ApiError> {
    if change.auth.as_ref().is_some_and(|auth| !is_full(&Value::Object(auth.clone()))) {
        store::keep_a_full_member(tx, id).await?;
    }
    let target = store::locked(tx, id).await?.ok_or(Refusal::NoSuchOperator)?;
    refuse_taken(tx, &target, kind, change).await?;
    Ok(target)
}

/// A stolen session must not be enough to get around the codes by phone: whoever did not say the password proves
/// the new number, and whoever turns the codes off says the password (spec: operator D12).
async fn keep_second_factor(
    service: &Operators,
    tx: &Transaction,
    target: &operator::Model,
    change: &Change,
    author: &Author,
) -> Result<(), ApiError> {
    match change.second_factor(target) {
        SecondFactor::Untouched => Ok(()),
        SecondFactor::TurnedOff => Err(Refusal::PasswordNeeded.into()),
        SecondFactor::Elsewhere(phone) => {
            if phone_proof::consume(service, tx, target.id, &phone, author).await? {
                Ok(())
            } else {
                Err(Refusal::PhoneNotVerified.into())
            }
        }
    }
}

async fn refuse_taken(
    tx: &Transaction,
    target: &operator::Model,
    kind: OperatorType,
    change: &Change,
) -> Result<(), ApiError> {
    let Some(login_id) = change.other_login_id(target) else { return Ok(()) };
    let taken = store::live()
        .filter(operator::Column::Kind.eq(kind.number()))
        .filter(operator::Column::LoginId.eq(login_id))
        .one(tx)
        .await?;
    if taken.is_some() { Err(Refusal::LoginIdTaken.into()) } else { Ok(()) }
}

async fn write(
    tx: &Transaction,
    target: &operator::Model,
    kind: OperatorType,
    change: &Change,
    author: &Author,
) -> Result<operator::Model, ApiError> {
    let mut row = operator::ActiveModel {
        id: Set(target.id),
        password_changed_flg: Set(change.password_changed(target)),
        updated_by: Set(author.login_id.clone()),
        updated_at: Set(author.now),
        ..Default::default()
    };
    if let Some(prohibited) = change.prohibited {
        row.login_prohibited_flg = Set(prohibited);
    }
    let prohibited = change.prohibited.unwrap_or(target.login_prohibited_flg);
    let other = change.other_login_id(target);
    if other.is_some() || prohibited != target.login_prohibited_flg {
        let login_id = other.unwrap_or(&target.login_id);
        let (app, region) = (target.app_catalog_code, target.region_catalog_code);
        row.unique_check_login_id = Set(unique_key(login_id, kind, prohibited, app, region));
        row.login_id = Set(login_id.clone());
    }
    if change.name.is_some() {
        row.name = Set(change.name.clone());
    }
    if change.mobile_phone.is_some() {
        row.mobile_phone = Set(change.mobile_phone.clone());
    }
    if let Some(auth) = &change.auth {
        row.auth = Set(Some(Value::Object(auth.clone()).to_string()));
    }
    row.attributes = Set(change.attributes_of(target).map(|attributes| attributes.to_string()));
    row.update(tx).await.map_err(names::or_taken)
}

/// The answer, its members in the order of the spec.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Changed {
    id: i64,
    #[serde(rename = "type")]
    kind: OperatorType,
    login_id: String,
    #[serde(skip_serializing_if = "Presence::is_hidden")]
    pxr_id: Presence<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile_phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth: Option<Value>,
    password_changed_flg: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<Value>,
    /// Those of the request only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<CodeVersion>,
}

fn changed(row: operator::Model, kind: OperatorType, roles: Vec<CodeVersion>) -> Changed {
    let individual = kind == OperatorType::Individual;
    Changed {
        id: row.id,
        kind,
        pxr_id: shown_if(individual, || row.pxr_id.clone()),
        auth: row.rights().filter(|_| kind == OperatorType::Member),
        password_changed_flg: row.password_changed_flg,
        attributes: row.attributes(),
        roles: if individual { Vec::new() } else { roles },
        name: row.name.filter(|_| !individual),
        mobile_phone: row.mobile_phone.filter(|_| individual),
        login_id: row.login_id,
    }
}
