//! Adding operators (spec: operator 4.7).

use axum::{Json, extract::State};
use contract::operator::Presence;
use platform::{ApiError, Author, Call, Transaction, new_row};
use sea_orm::{ActiveModelTrait, ColumnTrait, PaginatorTrait, QueryFilter};
use serde::Serialize;
use serde_json::{Map, Value};
use vocabulary::{CodeVersion, OperatorType, Session, random};

use crate::{
    Operators,
    authority::is_full,
    identity::shown_if,
    new_operator::NewOperator,
    refusal::Refusal,
    store::{self, names, operator},
    who::Registrar,
};

/// Who the first member of a block was added by.
const NOBODY: &str = "pxr_user";

/// Adds an operator. **Members who may add members; the very first member by command only.**
pub(super) async fn create(
    State(service): State<Operators>,
    call: Call<Registrar, NewOperator>,
) -> Result<Json<Created>, ApiError> {
    let new = call.input;
    let registrar = call.who.0;
    let author = registrar.as_ref().map_or(NOBODY, |session| session.login_id.as_str());
    let author = Author::named(&service.ground, author);
    let session = match &registrar {
        Some(session) => session.clone(),
        None => service.first_session(&new).await?,
    };
    // Asked twice: here for a quick answer, and where nobody else registers for a right one.
    new.names().refuse_taken(service.ground.store.read()).await?;
    let client_id = check_catalog(&service, &session, &new).await?;
    let hpassword = match &new.hpassword {
        Some(received) => Some(service.passwords.stored(received).await?),
        None => None,
    };
    let tx = store::registering(&service.ground.store).await?;
    if registrar.is_none() && members(&tx).await? > 0 {
        return Err(Refusal::NotLoggedIn.into());
    }
    new.names().refuse_taken(&tx).await?;
    let row = insert(&tx, &new, hpassword, client_id.clone(), &author).await?;
    store::add_roles(&tx, row.id, &new.roles, &author).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", what = "operator added", by = author.login_id, operator = row.id, kind = row.kind);
    Ok(Json(created(row.id, new, client_id)))
}

/// What of a new operator the catalog must know, before anything is written. Gives the id under which an
/// application is known to the ID service, where one is used.
async fn check_catalog(
    service: &Operators,
    session: &Session,
    new: &NewOperator,
) -> Result<Option<String>, ApiError> {
    match new.kind {
        OperatorType::Individual => Ok(None),
        OperatorType::Member => {
            if let Some(auth) = &new.auth {
                service.check_rights(session, auth).await?;
            }
            Ok(None)
        }
        OperatorType::Application => {
            service.check_roles(session, &new.roles).await?;
            let setting = service.global.read(&service.catalog, session).await?;
            Ok(setting.says("use_id_connect").then(|| new.login_id.clone()))
        }
    }
}

impl Operators {
    /// The identity of a block that has no member yet (spec: operator 4.7 rule 8).
    async fn first_session(&self, new: &NewOperator) -> Result<Session, ApiError> {
        if members(self.ground.store.read()).await? > 0 {
            return Err(Refusal::NotLoggedIn.into());
        }
        let auth = new.auth_json().unwrap_or_default();
        if new.kind != OperatorType::Member || !is_full(&auth) {
            return Err(Refusal::NotPermitted.into());
        }
        self.first_member_session(&new.login_id, new.name.as_deref(), &auth)
    }
}

async fn members(connection: &impl sea_orm::ConnectionTrait) -> Result<u64, ApiError> {
    let members = store::live().filter(operator::Column::Kind.eq(OperatorType::Member.number()));
    Ok(members.count(connection).await?)
}

async fn insert(
    tx: &Transaction,
    new: &NewOperator,
    hpassword: Option<String>,
    client_id: Option<String>,
    author: &Author,
) -> Result<operator::Model, ApiError> {
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
            auth: new.auth_json().map(|auth| auth.to_string()),
            password_changed_flg: false,
            login_prohibited_flg: new.prohibited,
            attributes: Some(Value::Object(new.attributes.clone()).to_string()),
            lock_flg: false,
            password_updated_at: Some(author.now),
            user_id: new.user_id.clone(),
            region_catalog_code: new.region,
            app_catalog_code: new.app,
            client_id: client_id,
            unique_check_login_id: new.names().key(),
        }
    );
    row.insert(tx).await.map_err(names::or_taken)
}

/// The answer, its members in the order of the spec.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Created {
    id: i64,
    #[serde(rename = "type")]
    kind: OperatorType,
    login_id: String,
    #[serde(skip_serializing_if = "Presence::is_hidden")]
    pxr_id: Presence<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region_catalog_code: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_catalog_code: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile_phone: Option<String>,
    #[serde(skip_serializing_if = "Presence::is_hidden")]
    auth: Presence<Value>,
    password_changed_flg: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    login_prohibited_flg: Option<bool>,
    attributes: Map<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<CodeVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    /// Not stored anywhere; whoever runs the application keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
}

fn created(id: i64, new: NewOperator, client_id: Option<String>) -> Created {
    let individual = new.kind == OperatorType::Individual;
    Created {
        id,
        kind: new.kind,
        pxr_id: shown_if(individual && !new.prohibited, || new.pxr_id.clone()),
        name: new.name.clone().filter(|_| !individual),
        user_id: new.user_id.clone(),
        region_catalog_code: new.region.filter(|_| new.prohibited),
        app_catalog_code: new.app.filter(|_| new.prohibited && new.region.is_none()),
        mobile_phone: new.mobile_phone.clone().filter(|_| individual),
        auth: shown_if(new.kind == OperatorType::Member, || new.auth_json()),
        password_changed_flg: false,
        login_prohibited_flg: individual.then_some(new.prohibited),
        roles: if individual { Vec::new() } else { new.roles },
        attributes: new.attributes,
        login_id: new.login_id,
        client_secret: client_id.is_some().then(random::token),
        client_id,
    }
}
