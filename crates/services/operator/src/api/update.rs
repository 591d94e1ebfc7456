//! Changing operators (spec: operator 4.8).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Author, Call, Incoming, Input, Transaction,
    fields::{array, boolean, code_version, object, sha256, short_text},
    new_row, update_rows,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    SqlErr,
};
use serde_json::{Map, Value, json};
use vocabulary::{CodeVersion, OperatorType, RightsArea, Session};

use super::{create::write_roles, read::Id};
use crate::{
    Operators,
    authority::is_full,
    operator::{json_column, kind, unique_key},
    refusal::Refusal,
    store::{self, operator, password_history, role_setting},
};

#[derive(Debug)]
pub(super) struct Change {
    hpassword: Option<String>,
    new_hpassword: Option<String>,
    login_id: Option<String>,
    mobile_phone: Option<String>,
    name: Option<String>,
    prohibited: Option<bool>,
    attributes: Option<Map<String, Value>>,
    auth: Option<Map<String, Value>>,
    roles: Option<Vec<CodeVersion>>,
}

impl Input for Change {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.body().is_array() {
            return Err(Refusal::Array.into());
        }
        let fields = incoming.fields();
        let change = Self {
            hpassword: fields.optional("hpassword", sha256),
            new_hpassword: fields.optional("newHpassword", sha256),
            login_id: fields.optional("loginId", short_text),
            mobile_phone: fields.optional("mobilePhone", short_text),
            name: fields.optional("name", short_text),
            prohibited: fields.optional("loginProhibitedFlg", boolean),
            attributes: fields.optional("attributes", object),
            auth: fields.optional("auth", object),
            roles: fields.optional("roles", array(code_version)),
        };
        let change = fields.build(|| Some(change))?;
        change.check()?;
        Ok(change)
    }
}

impl Change {
    fn check(&self) -> Result<(), Refusal> {
        let (old, new) = (self.hpassword.is_some(), self.new_hpassword.is_some());
        match self.prohibited {
            Some(true) if old || new => {
                Err(Refusal::Input("ログイン禁止にするときパスワードは指定できません"))
            }
            Some(false) if old => {
                Err(Refusal::Input("ログインを許可するとき現在のパスワードは指定できません"))
            }
            None if old != new => Err(Refusal::Input("現在のパスワードと新しいパスワードの両方が必要です")),
            _ => Ok(()),
        }
    }
}

/// Changes an operator. **The operator itself; members who may update members.**
pub(super) async fn update(
    State(service): State<Operators>,
    call: Call<AnyOperator, (Id, Change)>,
) -> Result<Json<Value>, ApiError> {
    let (Id(id), change) = call.input;
    let session = &call.who.0;
    let target = store::by_id(service.ground.store.read(), id).await?.ok_or(Refusal::NoSuchOperator)?;
    let target_kind = kind(&target)?;
    check_updater(&service, session, id)?;
    check_change(&service, session, &target, target_kind, &change).await?;
    let new_password = new_password(&service, session, &target, &change).await?;

    let author = Author::new(&service.ground, session);
    let tx = service.ground.store.write().await?;
    refuse_taken(&tx, &target, target_kind, &change).await?;
    if takes_rights(&change) {
        refuse_last(&tx, id, &change).await?;
    }
    let row = write(&tx, &target, target_kind, &change, &author).await?;
    if let Some((stored, replaced)) = new_password {
        write_password(&tx, id, stored, replaced, &author).await?;
    }
    if let Some(roles) = &change.roles {
        update_rows!(
            &tx, author, role_setting, { IsDisabled: true },
            role_setting::Column::OperatorId.eq(id), role_setting::Column::IsDisabled.eq(false),
        )?;
        write_roles(&tx, id, roles, &author).await?;
    }
    tx.commit().await?;
    Ok(Json(changed(&row, target_kind, &change)))
}

/// Operator ids count within one block: somebody from another block is always somebody else.
fn check_updater(service: &Operators, session: &Session, id: i64) -> Result<(), Refusal> {
    let is_local = session.block.is_none_or(|block| block.value == service.ground.block.code.value);
    let is_self = is_local && session.operator_id == id;
    let may = session.operator_type == OperatorType::Member && session.may(RightsArea::Member, "update");
    if is_self || may { Ok(()) } else { Err(Refusal::NotPermitted) }
}

async fn check_change(
    service: &Operators,
    session: &Session,
    target: &operator::Model,
    target_kind: OperatorType,
    change: &Change,
) -> Result<(), ApiError> {
    let individual = target_kind == OperatorType::Individual;
    if let Some(prohibited) = change.prohibited {
        if !individual {
            return Err(Refusal::Input("ログイン禁止フラグは個人にのみ指定できます").into());
        }
        if !prohibited && change.new_hpassword.is_none() && target.hpassword.is_none() {
            return Err(Refusal::Input("ログインを許可するにはパスワードが必要です").into());
        }
    } else if target.login_prohibited_flg && change.new_hpassword.is_some() {
        return Err(Refusal::Input("ログイン禁止の個人のパスワードは変更できません").into());
    }
    if individual && change.name.is_some() {
        return Err(Refusal::Input("個人に名前は指定できません").into());
    }
    if let Some(auth) = &change.auth {
        if target_kind != OperatorType::Member {
            return Err(Refusal::Input("権限は運営メンバーにのみ指定できます").into());
        }
        if session.operator_type == OperatorType::Member && !session.may(RightsArea::Member, "update") {
            return Err(Refusal::NotPermitted.into());
        }
        service.check_rights(session, auth).await?;
    }
    if let Some(roles) = change.roles.as_ref().filter(|_| target_kind == OperatorType::Application) {
        service.check_roles(session, roles).await?;
    }
    Ok(())
}

/// What to store, and what it replaces; none when the password stays.
async fn new_password(
    service: &Operators,
    session: &Session,
    target: &operator::Model,
    change: &Change,
) -> Result<Option<(String, Option<String>)>, ApiError> {
    let Some(new) = &change.new_hpassword else { return Ok(None) };
    if let Some(current) = &change.hpassword
        && !service.passwords.verify(target.hpassword.as_deref(), current).await?
    {
        return Err(Refusal::CurrentPassword.into());
    }
    if service.passwords.verify(target.hpassword.as_deref(), new).await? {
        return Ok(None);
    }
    let generations =
        service.global.read(&service.catalog, session).await?.number("password-generations-number");
    let earlier = u64::try_from(generations.unwrap_or(0) - 1).unwrap_or(0);
    let history = password_history::Entity::find()
        .filter(password_history::Column::OperatorId.eq(target.id))
        .filter(password_history::Column::IsDisabled.eq(false))
        .order_by_desc(password_history::Column::UpdatedAt)
        .order_by_desc(password_history::Column::Id)
        .limit(earlier)
        .all(service.ground.store.read())
        .await?;
    for row in history {
        if service.passwords.verify(Some(&row.hpassword), new).await? {
            return Err(Refusal::PasswordUsedBefore.into());
        }
    }
    Ok(Some((service.passwords.stored(new).await?, target.hpassword.clone())))
}

async fn refuse_taken(
    tx: &Transaction,
    target: &operator::Model,
    target_kind: OperatorType,
    change: &Change,
) -> Result<(), ApiError> {
    let Some(login_id) = change.login_id.as_ref().filter(|login_id| **login_id != target.login_id) else {
        return Ok(());
    };
    let taken = store::live()
        .filter(operator::Column::Kind.eq(target_kind.number()))
        .filter(operator::Column::LoginId.eq(login_id))
        .one(tx)
        .await?;
    if taken.is_some() { Err(Refusal::LoginIdTaken.into()) } else { Ok(()) }
}

fn takes_rights(change: &Change) -> bool {
    change.auth.as_ref().is_some_and(|auth| !is_full(Some(&Value::Object(auth.clone()))))
}

/// After the change at least one member with all rights over members must remain.
async fn refuse_last(tx: &Transaction, id: i64, change: &Change) -> Result<(), ApiError> {
    let members = store::live()
        .filter(operator::Column::Kind.eq(OperatorType::Member.number()))
        .lock_exclusive()
        .all(tx)
        .await?;
    let auth = |row: &operator::Model| match change.auth.as_ref().filter(|_| row.id == id) {
        Some(auth) => Some(Value::Object(auth.clone())),
        None => json_column(row.auth.as_deref()),
    };
    let (was, is) = (
        members.iter().any(|row| is_full(json_column(row.auth.as_deref()).as_ref())),
        members.iter().any(|row| is_full(auth(row).as_ref())),
    );
    if was && !is { Err(Refusal::LastFullMember.into()) } else { Ok(()) }
}

async fn write(
    tx: &Transaction,
    target: &operator::Model,
    target_kind: OperatorType,
    change: &Change,
    author: &Author,
) -> Result<operator::Model, ApiError> {
    let mut row: operator::ActiveModel = target.clone().into();
    if let Some(prohibited) = change.prohibited {
        row.login_prohibited_flg = Set(prohibited);
        row.password_changed_flg = Set(false);
    } else if change.new_hpassword.is_some() {
        row.password_changed_flg = Set(true);
    }
    if let Some(login_id) = change.login_id.as_ref().filter(|login_id| **login_id != target.login_id) {
        row.login_id = Set(login_id.clone());
        let (app, region) = (target.app_catalog_code, target.region_catalog_code);
        row.unique_check_login_id =
            Set(unique_key(login_id, target_kind, target.login_prohibited_flg, app, region));
    }
    if let Some(name) = &change.name {
        row.name = Set(Some(name.clone()));
    }
    if let Some(phone) = &change.mobile_phone {
        row.mobile_phone = Set(Some(phone.clone()));
    }
    if let Some(auth) = &change.auth {
        row.auth = Set(Some(Value::Object(auth.clone()).to_string()));
    }
    let attributes = change.attributes.clone().map(Value::Object);
    let mut attributes = attributes.or_else(|| json_column(target.attributes.as_deref()));
    let changed = matches!(&row.password_changed_flg, Set(true))
        || change.prohibited.is_none() && target.password_changed_flg;
    if let Some(Value::Object(attributes)) = attributes.as_mut().filter(|_| changed) {
        attributes.shift_remove("initialPasswordExpire");
    }
    row.attributes = Set(attributes.map(|attributes| attributes.to_string()));
    row.updated_by = Set(author.login_id.clone());
    row.updated_at = Set(author.now);
    row.update(tx).await.map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Refusal::LoginIdTaken.into(),
        _ => ApiError::from(error),
    })
}

async fn write_password(
    tx: &Transaction,
    id: i64,
    stored: String,
    replaced: Option<String>,
    author: &Author,
) -> Result<(), ApiError> {
    if let Some(replaced) = replaced {
        new_row!(author, password_history { operator_id: id, hpassword: replaced }).insert(tx).await?;
    }
    update_rows!(
        tx, author, operator,
        { Hpassword: stored, PasswordChangedFlg: true, PasswordUpdatedAt: author.now },
        operator::Column::Id.eq(id),
    )?;
    Ok(())
}

fn changed(row: &operator::Model, kind: OperatorType, change: &Change) -> Value {
    let individual = kind == OperatorType::Individual;
    let mut answer = json!({"id": row.id, "type": kind.number(), "loginId": row.login_id});
    if individual {
        answer["pxrId"] = json!(row.pxr_id);
    }
    if let Some(name) = row.name.as_ref().filter(|_| !individual) {
        answer["name"] = json!(name);
    }
    if let Some(phone) = row.mobile_phone.as_ref().filter(|_| individual) {
        answer["mobilePhone"] = json!(phone);
    }
    if let Some(auth) = json_column(row.auth.as_deref()).filter(|_| kind == OperatorType::Member) {
        answer["auth"] = auth;
    }
    answer["passwordChangedFlg"] = json!(row.password_changed_flg);
    if let Some(attributes) = json_column(row.attributes.as_deref()) {
        answer["attributes"] = attributes;
    }
    if let Some(roles) = change.roles.as_ref().filter(|roles| !individual && !roles.is_empty()) {
        answer["roles"] = json!(roles);
    }
    answer
}
