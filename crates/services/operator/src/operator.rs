//! An operator as a row says it, and as it is shown.

use platform::ApiError;
use serde_json::{Map, Value, json};
use vocabulary::{CodeVersion, OperatorType};

use crate::{Operators, store::operator};

/// The type of a row; workflow staff (1) is no longer supported.
pub(crate) fn kind(row: &operator::Model) -> Result<OperatorType, ApiError> {
    OperatorType::try_from(i64::from(row.kind))
        .map_err(|_| ApiError::bad_request("サポートされていないオペレータータイプです"))
}

/// JSON in a text column: what cannot be read counts as `{}`, null stays null.
pub(crate) fn json_column(text: Option<&str>) -> Option<Value> {
    text.map(|text| serde_json::from_str(text).ok().filter(Value::is_object).unwrap_or_else(|| json!({})))
}

fn text(value: Option<&String>) -> Option<&String> {
    value.filter(|text| !text.is_empty())
}

/// The key that keeps login ids apart (spec: operator 3.1).
pub(crate) fn unique_key(
    login_id: &str,
    kind: OperatorType,
    prohibited: bool,
    app: Option<i64>,
    region: Option<i64>,
) -> String {
    let code = |code: Option<i64>| code.map(|code| code.to_string()).unwrap_or_default();
    let kind = kind.number();
    if prohibited {
        format!("{login_id}{kind}{}{}true", code(app), code(region))
    } else {
        format!("{login_id}{kind}")
    }
}

impl Operators {
    fn time(&self, column: Option<chrono::NaiveDateTime>) -> Option<String> {
        column.map(|column| vocabulary::TimeZone::TOKYO.text(self.ground.store.instant(column)))
    }

    /// As `GET /operator…` shows it (spec: operator 4.5).
    pub(crate) fn shown(&self, row: &operator::Model, roles: &[CodeVersion]) -> Result<Value, ApiError> {
        let kind = kind(row)?;
        let individual = kind == OperatorType::Individual;
        let mut shown = Map::new();
        let mut put = |key: &str, value: Value| drop(shown.insert(key.to_owned(), value));
        put("operatorId", json!(row.id));
        put("type", json!(kind.number()));
        put("loginId", json!(row.login_id));
        if individual {
            put("pxrId", json!(row.pxr_id));
            if let Some(phone) = text(row.mobile_phone.as_ref()) {
                put("mobilePhone", json!(phone));
            }
        } else if let Some(name) = text(row.name.as_ref()) {
            put("name", json!(name));
        }
        if let Some(auth) = json_column(row.auth.as_deref()).filter(|_| kind == OperatorType::Member) {
            put("auth", auth);
        }
        if let Some(time) = self.time(row.last_login_at) {
            put("lastLoginAt", json!(time));
        }
        put("passwordChangedFlg", json!(row.password_changed_flg));
        if let Some(attributes) = json_column(row.attributes.as_deref()) {
            put("attributes", attributes);
        }
        if !individual && !roles.is_empty() {
            put("roles", json!(roles));
        }
        put("loginProhibitedFlg", json!(row.login_prohibited_flg));
        Ok(Value::Object(shown))
    }

    /// The identity of a session (spec: operator 2.8).
    pub(crate) fn identity(
        &self,
        session_id: &str,
        row: &operator::Model,
        roles: &[CodeVersion],
    ) -> Result<Value, ApiError> {
        let kind = kind(row)?;
        let mut identity = Map::new();
        let mut put = |key: &str, value: Value| drop(identity.insert(key.to_owned(), value));
        put("sessionId", json!(session_id));
        put("operatorId", json!(row.id));
        put("type", json!(kind.number()));
        put("loginId", json!(row.login_id));
        if kind == OperatorType::Individual {
            put("pxrId", json!(row.pxr_id));
        }
        if let Some(name) = text(row.name.as_ref()) {
            put("name", json!(name));
        }
        if let Some(phone) = text(row.mobile_phone.as_ref()) {
            put("mobilePhone", json!(phone));
        }
        if let Some(auth) = json_column(row.auth.as_deref()).filter(|_| kind == OperatorType::Member) {
            put("auth", auth);
        }
        if let Some(time) = self.time(row.last_login_at) {
            put("lastLoginAt", json!(time));
        }
        put("passwordChangedFlg", json!(row.password_changed_flg));
        if let Some(attributes) = json_column(row.attributes.as_deref()) {
            put("attributes", attributes);
        }
        if kind == OperatorType::Application && !roles.is_empty() {
            put("roles", json!(roles));
        }
        put("block", json!(self.ground.block.code));
        put("actor", self.actor());
        Ok(Value::Object(identity))
    }

    /// The block's actor; both parts are null before its certification.
    pub(crate) fn actor(&self) -> Value {
        self.ground.block.actor.map_or_else(|| json!({"_value": null, "_ver": null}), |actor| json!(actor))
    }

    /// The answer to a login (spec: operator 4.14). The last login shown is the one before.
    pub(crate) fn logged_in(
        &self,
        session_id: &str,
        row: &operator::Model,
        roles: &[CodeVersion],
    ) -> Result<Value, ApiError> {
        let kind = kind(row)?;
        let mut answer = Map::new();
        let mut put = |key: &str, value: Value| drop(answer.insert(key.to_owned(), value));
        put("sessionId", json!(session_id));
        put("operatorId", json!(row.id));
        put("type", json!(kind.number()));
        put("loginId", json!(row.login_id));
        if kind == OperatorType::Individual {
            put("pxrId", json!(row.pxr_id));
            put("userInformation", json!(json_column(row.user_information.as_deref())));
        }
        if let Some(name) = &row.name {
            put("name", json!(name));
        }
        if let Some(phone) = &row.mobile_phone {
            put("mobilePhone", json!(phone));
        }
        if let Some(auth) = json_column(row.auth.as_deref()).filter(|_| kind == OperatorType::Member) {
            put("auth", auth);
        }
        put("lastLoginAt", json!(self.time(row.last_login_at)));
        put("passwordChangedFlg", json!(row.password_changed_flg));
        put("loginProhibitedFlg", json!(row.login_prohibited_flg));
        if let Some(attributes) = json_column(row.attributes.as_deref()) {
            put("attributes", attributes);
        }
        if !roles.is_empty() {
            put("roles", json!(roles));
        }
        put("block", json!(self.ground.block.code));
        put("actor", self.actor());
        Ok(Value::Object(answer))
    }
}
