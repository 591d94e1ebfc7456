//! An operator as the API shows it, and as the catalog is asked for it. The order of members and null against
//! absent are the spec's.

use contract::operator::{OperatorView, Presence};
use platform::ApiError;
use serde::Serialize;
use serde_json::{Value, json};
use vocabulary::{CodeVersion, OperatorType, Session, TimeZone};

use crate::{Operators, store::operator};

/// Who a session belongs to (spec: operator 2.8): the content of the `session` header.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Identity {
    session_id: String,
    operator_id: i64,
    #[serde(rename = "type")]
    operator_type: OperatorType,
    login_id: String,
    #[serde(skip_serializing_if = "Presence::is_hidden")]
    pxr_id: Presence<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile_phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_login_at: Option<String>,
    password_changed_flg: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<CodeVersion>,
    block: CodeVersion,
    actor: Value,
}

/// The answer to a login (spec: operator 4.14).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoggedIn {
    session_id: String,
    operator_id: i64,
    #[serde(rename = "type")]
    operator_type: OperatorType,
    login_id: String,
    #[serde(skip_serializing_if = "Presence::is_hidden")]
    pxr_id: Presence<String>,
    #[serde(skip_serializing_if = "Presence::is_hidden")]
    user_information: Presence<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile_phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth: Option<Value>,
    /// The login before this one.
    last_login_at: Option<String>,
    password_changed_flg: bool,
    login_prohibited_flg: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<CodeVersion>,
    block: CodeVersion,
    actor: Value,
}

/// A member of an answer that only some types have.
pub(crate) fn shown_if<T>(condition: bool, value: impl FnOnce() -> Option<T>) -> Presence<T> {
    if condition { Presence::Shown(value()) } else { Presence::Hidden }
}

fn filled(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty()).cloned()
}

impl Operators {
    /// As `GET /operator…` shows it (spec: operator 4.5).
    pub(crate) fn shown(
        &self,
        row: &operator::Model,
        roles: Vec<CodeVersion>,
    ) -> Result<OperatorView, ApiError> {
        let kind = row.operator_type()?;
        let individual = kind == OperatorType::Individual;
        Ok(OperatorView {
            operator_id: row.id,
            operator_type: kind.number(),
            login_id: row.login_id.clone(),
            pxr_id: shown_if(individual, || row.pxr_id.clone()),
            name: filled(row.name.as_ref()).filter(|_| !individual),
            mobile_phone: filled(row.mobile_phone.as_ref()).filter(|_| individual),
            auth: row.rights().filter(|_| kind == OperatorType::Member),
            last_login_at: self.last_login(row),
            password_changed_flg: row.password_changed_flg,
            attributes: row.attributes(),
            roles: Some(roles).filter(|roles| !individual && !roles.is_empty()),
            login_prohibited_flg: row.login_prohibited_flg,
        })
    }

    pub(crate) fn identity(
        &self,
        session_id: &str,
        row: &operator::Model,
        roles: Vec<CodeVersion>,
    ) -> Result<Identity, ApiError> {
        let kind = row.operator_type()?;
        Ok(Identity {
            session_id: session_id.to_owned(),
            operator_id: row.id,
            operator_type: kind,
            login_id: row.login_id.clone(),
            pxr_id: shown_if(kind == OperatorType::Individual, || row.pxr_id.clone()),
            name: filled(row.name.as_ref()),
            mobile_phone: filled(row.mobile_phone.as_ref()),
            auth: row.rights().filter(|_| kind == OperatorType::Member),
            last_login_at: self.last_login(row),
            password_changed_flg: row.password_changed_flg,
            attributes: row.attributes(),
            roles,
            block: self.ground.block.code,
            actor: self.actor(),
        })
    }

    pub(crate) fn logged_in(
        &self,
        session_id: String,
        row: &operator::Model,
        roles: Vec<CodeVersion>,
    ) -> Result<LoggedIn, ApiError> {
        let kind = row.operator_type()?;
        let individual = kind == OperatorType::Individual;
        Ok(LoggedIn {
            session_id,
            operator_id: row.id,
            operator_type: kind,
            login_id: row.login_id.clone(),
            pxr_id: shown_if(individual, || row.pxr_id.clone()),
            user_information: shown_if(individual, || row.profile()),
            name: row.name.clone(),
            mobile_phone: row.mobile_phone.clone(),
            auth: row.rights().filter(|_| kind == OperatorType::Member),
            last_login_at: self.last_login(row),
            password_changed_flg: row.password_changed_flg,
            login_prohibited_flg: row.login_prohibited_flg,
            attributes: row.attributes(),
            roles,
            block: self.ground.block.code,
            actor: self.actor(),
        })
    }

    /// Always Japanese time, whatever zone the block is in.
    fn last_login(&self, row: &operator::Model) -> Option<String> {
        row.last_login_at.map(|column| TimeZone::TOKYO.text(self.ground.store.instant(column)))
    }

    /// The block's actor; both parts are null before its certification.
    fn actor(&self) -> Value {
        self.ground.block.actor.map_or_else(|| json!({"_value": null, "_ver": null}), |actor| json!(actor))
    }
}

/// Identities for calls of the catalog (spec: operator 2.8, second table).
impl Operators {
    /// While somebody logs in.
    pub(crate) fn login_session(
        &self,
        row: &operator::Model,
        roles: &[CodeVersion],
    ) -> Result<Session, ApiError> {
        Session::from_json(json!({
            "sessionId": "loginsession",
            "operatorId": row.id,
            "type": row.operator_type()?,
            "loginId": row.login_id,
            "name": row.name,
            "auth": row.rights(),
            "lastLoginAt": self.last_login(row),
            "passwordChangedFlg": row.password_changed_flg,
            "attributes": row.attributes(),
            "roles": roles,
            "block": self.ground.block.code,
            "actor": self.actor(),
        }))
        .map_err(ApiError::unexpected)
    }

    /// A caller who was known by a cookie.
    pub(crate) fn cookie_session(
        &self,
        session_id: &str,
        row: &operator::Model,
    ) -> Result<Session, ApiError> {
        Session::from_json(json!({
            "sessionId": session_id,
            "operatorId": row.id,
            "type": row.operator_type()?,
            "loginId": row.login_id,
            "pxrId": row.pxr_id,
            "name": row.name,
            "auth": row.rights(),
            "lastLoginAt": self.last_login(row),
            "passwordChangedFlg": row.password_changed_flg,
            "attributes": row.attributes(),
            "block": self.ground.block.code,
            "actor": self.actor(),
        }))
        .map_err(ApiError::unexpected)
    }

    /// The very first member of a block, who does not exist yet.
    pub(crate) fn first_member_session(
        &self,
        login_id: &str,
        name: Option<&str>,
        auth: &Value,
    ) -> Result<Session, ApiError> {
        let mut session = json!({
            "sessionId": "operatorServiceSession",
            "operatorId": 0,
            "type": OperatorType::Member,
            "loginId": login_id,
        });
        if let Some(name) = name {
            session["name"] = json!(name);
        }
        session["auth"] = json!(auth.to_string());
        session["block"] = json!(self.ground.block.code);
        if let Some(actor) = self.ground.block.actor {
            session["actor"] = json!(actor);
        }
        Session::from_json(session).map_err(ApiError::unexpected)
    }
}
