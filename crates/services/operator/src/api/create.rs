//! Adding operators (spec: operator 4.7).

use axum::{Json, extract::State};
use platform::{
    ApiError, Author, Call, Incoming, Input, Origin, Who,
    fields::{array, boolean, code_version, number, object, sha256, short_text, strict_number},
    new_row,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, PaginatorTrait, QueryFilter, SqlErr};
use serde_json::{Map, Value, json};
use vocabulary::{CodeVersion, OperatorType, RightsArea, Session};

use crate::{
    Operators,
    authority::is_full,
    operator::unique_key,
    refusal::Refusal,
    store::{self, operator, role_setting},
};

/// A member who may add members; or nobody, for the very first member, from inside the block only.
#[derive(Debug)]
pub(super) struct Registrar(Option<Session>);

impl Who for Registrar {
    fn admit(session: Option<Session>, origin: &Origin) -> Result<Self, ApiError> {
        match session {
            Some(session)
                if session.operator_type == OperatorType::Member
                    && session.may(RightsArea::Member, "add") =>
            {
                Ok(Self(Some(session)))
            }
            Some(_) => Err(Refusal::NotPermitted.into()),
            None if origin.is_inside() => Ok(Self(None)),
            None => Err(Refusal::NotLoggedIn.into()),
        }
    }
}

/// An operator to be added.
#[derive(Debug)]
pub(super) struct NewOperator {
    kind: OperatorType,
    login_id: String,
    pxr_id: Option<String>,
    user_id: Option<String>,
    mobile_phone: Option<String>,
    name: Option<String>,
    hpassword: Option<String>,
    auth: Map<String, Value>,
    attributes: Map<String, Value>,
    /// A resident who is known here but logs in elsewhere.
    prohibited: bool,
    roles: Vec<CodeVersion>,
    region: Option<i64>,
    app: Option<i64>,
}

impl Input for NewOperator {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.body().is_array() {
            return Err(Refusal::Array.into());
        }
        let fields = incoming.fields();
        let kind = fields.required("type", number);
        let login_id = fields.required("loginId", short_text);
        let pxr_id = fields.optional("pxrId", short_text);
        let hpassword = fields.optional("hpassword", sha256);
        let user_id = fields.optional("userId", short_text);
        let mobile_phone = fields.optional("mobilePhone", short_text);
        let name = fields.optional("name", short_text);
        let auth = fields.optional("auth", object).unwrap_or_default();
        let attributes = fields.optional("attributes", object).unwrap_or_default();
        let flag = fields.optional("loginProhibitedFlg", boolean);
        let roles = fields.optional("roles", array(code_version)).unwrap_or_default();
        let region = fields.optional("regionCatalogCode", strict_number);
        let app = fields.optional("appCatalogCode", strict_number);
        let wf = fields.optional("wfCatalogCode", strict_number);
        if let Some(number) = kind
            && OperatorType::try_from(number).is_err()
        {
            fields.refuse("type", "0, 2, 3のいずれかを指定してください");
        }
        let new = fields.build(|| {
            let kind = OperatorType::try_from(kind?).ok()?;
            let login_id = login_id?;
            let prohibited = flag == Some(true);
            Some(Self {
                kind,
                login_id,
                pxr_id,
                user_id,
                mobile_phone,
                name,
                hpassword,
                auth,
                attributes,
                prohibited,
                roles,
                region,
                app,
            })
        })?;
        new.check(flag, wf.is_some())?;
        Ok(new)
    }
}

impl NewOperator {
    /// Rules between fields, in the order of the spec.
    fn check(&self, flag: Option<bool>, has_wf: bool) -> Result<(), Refusal> {
        let refuse = |message| Err(Refusal::Input(message));
        let individual = self.kind == OperatorType::Individual;
        if individual && self.name.is_some() {
            return refuse("個人に名前は指定できません");
        }
        let expire = self.attributes.get("initialPasswordExpire").and_then(Value::as_str).unwrap_or_default();
        if individual && !self.prohibited && expire.is_empty() {
            return refuse("個人には初期パスワードの有効期限が必要です");
        }
        match flag {
            Some(_) if !individual => return refuse("ログイン禁止フラグは個人にのみ指定できます"),
            Some(true) if self.hpassword.is_some() => {
                return refuse("ログイン禁止の個人にパスワードは指定できません");
            }
            Some(false) | None if self.hpassword.is_none() => return refuse("パスワードが必要です"),
            _ => {}
        }
        if individual && !self.prohibited && self.pxr_id.is_none() {
            return refuse("PXR-IDが必要です");
        }
        if !individual && self.pxr_id.is_some() {
            return refuse("PXR-IDは個人にのみ指定できます");
        }
        if self.prohibited {
            if self.user_id.is_none() {
                return refuse("利用者IDが必要です");
            }
            if self.region.is_none() && self.app.is_none() {
                return refuse("Regionまたはアプリケーションのコードが必要です");
            }
        } else if self.user_id.is_some() {
            return refuse("利用者IDはログイン禁止の個人にのみ指定できます");
        } else if self.app.is_some() || has_wf {
            return refuse("アプリケーションのコードはログイン禁止の個人にのみ指定できます");
        }
        Ok(())
    }
}

/// Adds an operator. **Members who may add members; the very first member by command only.**
pub(super) async fn create(
    State(service): State<Operators>,
    call: Call<Registrar, NewOperator>,
) -> Result<Json<Value>, ApiError> {
    let new = call.input;
    let session = match call.who.0 {
        Some(session) => session,
        None => service.first_session(&new).await?,
    };
    refuse_taken(&service, &new).await?;
    if new.kind == OperatorType::Application {
        service.check_roles(&session, &new.roles).await?;
    }
    if new.kind == OperatorType::Member {
        service.check_rights(&session, &new.auth).await?;
    }
    let hpassword = match &new.hpassword {
        Some(received) => Some(service.passwords.stored(received).await?),
        None => None,
    };
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    let row = new_row!(
        author,
        operator {
            kind: new.kind as i16,
            login_id: new.login_id.clone(),
            hpassword: hpassword,
            pxr_id: new.pxr_id.clone(),
            user_information: Some("{}".to_owned()),
            name: new.name.clone(),
            mobile_phone: new.mobile_phone.clone(),
            auth: Some(Value::Object(new.auth.clone()).to_string()),
            password_changed_flg: false,
            login_prohibited_flg: new.prohibited,
            attributes: Some(Value::Object(new.attributes.clone()).to_string()),
            lock_flg: false,
            password_updated_at: Some(author.now),
            user_id: new.user_id.clone(),
            region_catalog_code: new.region,
            app_catalog_code: new.app,
            unique_check_login_id: unique_key(&new.login_id, new.kind, new.prohibited, new.app, new.region),
        }
    );
    let row = row.insert(&tx).await.map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Refusal::LoginIdTaken.into(),
        _ => ApiError::from(error),
    })?;
    write_roles(&tx, row.id, &new.roles, &author).await?;
    tx.commit().await?;
    Ok(Json(created(&row, &new)))
}

/// The roles of an operator.
pub(super) async fn write_roles(
    tx: &platform::Transaction,
    operator: i64,
    roles: &[CodeVersion],
    author: &Author,
) -> Result<(), ApiError> {
    for role in roles {
        let row = new_row!(
            author,
            role_setting {
                operator_id: operator,
                role_catalog_code: role.value.0,
                role_catalog_version: role.ver.0,
            }
        );
        row.insert(tx).await?;
    }
    Ok(())
}

impl Operators {
    /// The identity of a block that has no member yet (spec: operator 4.7 rule 8, 2.8).
    async fn first_session(&self, new: &NewOperator) -> Result<Session, ApiError> {
        let members = store::live()
            .filter(operator::Column::Kind.eq(OperatorType::Member.number()))
            .count(self.ground.store.read())
            .await?;
        if members > 0 {
            return Err(Refusal::NotLoggedIn.into());
        }
        let auth = Value::Object(new.auth.clone());
        if new.kind != OperatorType::Member || !is_full(Some(&auth)) {
            return Err(Refusal::NotPermitted.into());
        }
        Session::from_json(json!({
            "sessionId": "operatorServiceSession",
            "operatorId": 0,
            "type": 3,
            "loginId": "pxr_user",
            "name": new.name,
            "auth": auth.to_string(),
            "block": self.ground.block.code,
            "actor": self.actor(),
        }))
        .map_err(ApiError::unexpected)
    }
}

/// Checked here for a clear answer, and by the unique key against two at once.
async fn refuse_taken(service: &Operators, new: &NewOperator) -> Result<(), ApiError> {
    let connection = service.ground.store.read();
    let kind = new.kind.number();
    if new.prohibited {
        let (column, code) = match new.app {
            Some(app) => (operator::Column::AppCatalogCode, Some(app)),
            None => (operator::Column::RegionCatalogCode, new.region),
        };
        let users = store::live()
            .filter(operator::Column::Kind.eq(kind))
            .filter(operator::Column::LoginProhibitedFlg.eq(true))
            .filter(column.eq(code));
        let same_user =
            users.clone().filter(operator::Column::UserId.eq(new.user_id.clone())).count(connection).await?;
        if same_user > 0 {
            return Err(Refusal::UserIdTaken.into());
        }
        let same_login = users.filter(operator::Column::LoginId.eq(&new.login_id)).count(connection).await?;
        return if same_login > 0 { Err(Refusal::LoginIdTaken.into()) } else { Ok(()) };
    }
    let same_login = store::live()
        .filter(operator::Column::Kind.eq(kind))
        .filter(operator::Column::LoginId.eq(&new.login_id))
        .count(connection)
        .await?;
    if same_login > 0 {
        return Err(Refusal::LoginIdTaken.into());
    }
    if let Some(pxr_id) = &new.pxr_id {
        let same = store::live().filter(operator::Column::PxrId.eq(pxr_id)).count(connection).await?;
        if same > 0 {
            return Err(Refusal::PxrIdTaken.into());
        }
    }
    Ok(())
}

fn created(row: &operator::Model, new: &NewOperator) -> Value {
    let individual = new.kind == OperatorType::Individual;
    let mut answer = json!({"id": row.id, "type": new.kind.number(), "loginId": new.login_id});
    if individual && !new.prohibited {
        answer["pxrId"] = json!(new.pxr_id);
    }
    if let Some(name) = new.name.as_ref().filter(|_| !individual) {
        answer["name"] = json!(name);
    }
    if new.prohibited {
        answer["userId"] = json!(new.user_id);
        match (new.region, new.app) {
            (Some(region), _) => answer["regionCatalogCode"] = json!(region),
            (None, Some(app)) => answer["appCatalogCode"] = json!(app),
            (None, None) => {}
        }
    }
    if let Some(phone) = new.mobile_phone.as_ref().filter(|_| individual) {
        answer["mobilePhone"] = json!(phone);
    }
    if new.kind == OperatorType::Member {
        answer["auth"] = Value::Object(new.auth.clone());
    }
    answer["passwordChangedFlg"] = json!(false);
    if individual {
        answer["loginProhibitedFlg"] = json!(new.prohibited);
    }
    answer["attributes"] = Value::Object(new.attributes.clone());
    if !individual && !new.roles.is_empty() {
        answer["roles"] = json!(new.roles);
    }
    answer
}
