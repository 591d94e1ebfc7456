//! What the operator service offers its neighbours in the same block.

use http::StatusCode;
use platform::{Ground, Outgoing};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vocabulary::{Code, CodeVersion, OperatorType, ServiceName, Session};

use crate::{CallFailure, proxy::encoded};

const SERVICE: &str = "operator";

/// An operator as `GET /operator…` shows it (spec: operator 4.5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OperatorView {
    pub operator_id: i64,
    #[serde(rename = "type")]
    pub operator_type: i64,
    pub login_id: String,
    #[serde(skip_serializing_if = "Presence::is_hidden", default)]
    pub pxr_id: Presence<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile_phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_login_at: Option<String>,
    #[serde(default)]
    pub password_changed_flg: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<CodeVersion>>,
    #[serde(default)]
    pub login_prohibited_flg: bool,
}

/// Operators, by what they are known by.
#[derive(Clone, Debug, Serialize)]
pub enum Named {
    #[serde(rename = "operatorId")]
    ByIds(Vec<i64>),
    #[serde(rename = "pxrId")]
    ByPxrIds(Vec<String>),
}

impl Named {
    /// How many are named.
    #[must_use]
    pub const fn count(&self) -> usize {
        match self {
            Self::ByIds(ids) => ids.len(),
            Self::ByPxrIds(ids) => ids.len(),
        }
    }
}

/// A member of an answer that is there for some kinds of operators only, and may be null where it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<T>", untagged)]
pub enum Presence<T> {
    /// Not a member at all.
    #[default]
    Hidden,
    /// A member, possibly null.
    Shown(Option<T>),
}

impl<T> Presence<T> {
    #[must_use]
    pub const fn is_hidden(&self) -> bool {
        matches!(self, Self::Hidden)
    }

    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Shown(value) => value.as_ref(),
            Self::Hidden => None,
        }
    }
}

impl<T> From<Option<T>> for Presence<T> {
    fn from(value: Option<T>) -> Self {
        Self::Shown(value)
    }
}

/// A resident who gets to log in.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewResident<'a> {
    #[serde(rename = "type")]
    operator_type: OperatorType,
    login_id: &'a str,
    /// The first password, as clients hash it.
    hpassword: &'a str,
    pxr_id: &'a str,
    attributes: Value,
}

impl<'a> NewResident<'a> {
    /// `expire_at`: until when the first password can be used. `sms_auth`: whether a code is sent at each login.
    #[must_use]
    pub fn new(pxr_id: &'a str, hpassword: &'a str, expire_at: &str, sms_auth: bool) -> Self {
        let attributes = json!({"initialPasswordExpire": expire_at, "smsAuth": sms_auth});
        Self { operator_type: OperatorType::Individual, login_id: pxr_id, hpassword, pxr_id, attributes }
    }
}

/// What is known of a resident as a person.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    #[serde(default)]
    pub pxr_id: Option<String>,
    #[serde(default)]
    pub user_info: Option<Value>,
}

/// A client of the block's own operator service.
#[derive(Clone, Debug)]
pub struct OperatorClient {
    ground: Ground,
}

impl OperatorClient {
    #[must_use]
    pub const fn new(ground: Ground) -> Self {
        Self { ground }
    }

    /// An operator by its id; the service answers 204 for an unknown one.
    pub async fn by_id(&self, session: &Session, id: i64) -> Result<OperatorView, CallFailure> {
        self.get(session, format!("/operator/{id}")).await
    }

    /// A resident by PXR-ID; the service answers 204 for an unknown one.
    pub async fn by_pxr_id(&self, session: &Session, pxr_id: &str) -> Result<OperatorView, CallFailure> {
        self.get(session, format!("/operator?pxrId={}", encoded(pxr_id))).await
    }

    /// Several operators in one call, in the order they are named; those who are unknown are left out.
    pub async fn list(&self, session: &Session, named: &Named) -> Result<Vec<OperatorView>, CallFailure> {
        let request = Outgoing::post("/operator/list").session(session).json(named);
        CallFailure::read(SERVICE, &self.ground.channel.send(ServiceName::Operator, request).await?)
    }

    /// Leaves a copy of an identification code of the caller, a resident.
    pub async fn keep_identify_code(
        &self,
        session: &Session,
        identify_code: &str,
        expiration_at: &str,
    ) -> Result<(), CallFailure> {
        let body = json!({"identifyCode": identify_code, "expirationAt": expiration_at});
        let request = Outgoing::post("/operator/identifyCode").session(session).json(&body);
        CallFailure::accepted(SERVICE, &self.ground.channel.send(ServiceName::Operator, request).await?)
    }

    /// A resident by PXR-ID, and nobody but residents; the service answers 204 for an unknown one.
    pub async fn resident(&self, session: &Session, pxr_id: &str) -> Result<OperatorView, CallFailure> {
        self.get(session, format!("/operator/?type=0&pxrId={}", encoded(pxr_id))).await
    }

    /// A resident by login id; the service answers 204 for an unknown one.
    pub async fn by_login_id(&self, session: &Session, login_id: &str) -> Result<OperatorView, CallFailure> {
        self.get(session, format!("/operator/?type=0&loginId={}", encoded(login_id))).await
    }

    /// Lets a resident log in. An operator of that PXR-ID that is there already is a 400.
    pub async fn add_resident(
        &self,
        session: &Session,
        resident: &NewResident<'_>,
    ) -> Result<(), CallFailure> {
        self.accepted(Outgoing::post("/operator").session(session).json(resident)).await
    }

    /// Gives an operator a new first password, as clients hash it.
    pub async fn reset_password(
        &self,
        session: &Session,
        id: i64,
        hpassword: &str,
    ) -> Result<(), CallFailure> {
        let body = json!({"newHpassword": hpassword});
        self.accepted(Outgoing::put(format!("/operator/password/{id}")).session(session).json(&body)).await
    }

    /// Forbids an operator to log in, or allows it again.
    pub async fn prohibit_login(
        &self,
        session: &Session,
        id: i64,
        prohibited: bool,
    ) -> Result<(), CallFailure> {
        let body = json!({"loginProhibitedFlg": prohibited});
        self.accepted(Outgoing::put(format!("/operator/{id}")).session(session).json(&body)).await
    }

    pub async fn delete(&self, session: &Session, id: i64) -> Result<(), CallFailure> {
        self.accepted(Outgoing::delete(format!("/operator/{id}")).session(session)).await
    }

    /// Takes back the deletion of an operator.
    pub async fn restore(&self, session: &Session, id: i64) -> Result<(), CallFailure> {
        let register = encoded(&session.login_id);
        let path = format!("/operator/cancelDelete/{id}?register={register}");
        self.accepted(Outgoing::put(path).session(session)).await
    }

    /// The profile of a resident; without a PXR-ID that of the caller. 204 for nobody.
    pub async fn profile(&self, session: &Session, pxr_id: Option<&str>) -> Result<Profile, CallFailure> {
        let query = pxr_id.map(|pxr_id| format!("?pxrId={}", encoded(pxr_id))).unwrap_or_default();
        let request = Outgoing::get(format!("/operator/user/info{query}")).session(session);
        CallFailure::read(SERVICE, &self.ground.channel.send(ServiceName::Operator, request).await?)
    }

    /// Replaces the profile of a resident.
    pub async fn write_profile(
        &self,
        session: &Session,
        pxr_id: &str,
        profile: &Value,
    ) -> Result<(), CallFailure> {
        let body = json!({"pxrId": pxr_id, "userInfo": profile});
        self.accepted(Outgoing::post("/operator/user/info").session(session).json(&body)).await
    }

    /// The profiles of residents; those without an operator are left out.
    pub async fn profiles(&self, session: &Session, pxr_ids: &[String]) -> Result<Vec<Profile>, CallFailure> {
        let request =
            Outgoing::post("/operator/user/info/list").session(session).json(&json!({"pxrId": pxr_ids}));
        CallFailure::read(SERVICE, &self.ground.channel.send(ServiceName::Operator, request).await?)
    }

    /// The residents whose profiles fulfil each of several conditions.
    pub async fn search_profiles(&self, session: &Session, conditions: &Value) -> Result<Value, CallFailure> {
        let request = Outgoing::post("/operator/user/info/search").session(session).json(conditions);
        CallFailure::read(SERVICE, &self.ground.channel.send(ServiceName::Operator, request).await?)
    }

    async fn accepted(&self, request: Outgoing) -> Result<(), CallFailure> {
        CallFailure::accepted(SERVICE, &self.ground.channel.send(ServiceName::Operator, request).await?)
    }

    async fn get(&self, session: &Session, path: String) -> Result<OperatorView, CallFailure> {
        let answer =
            self.ground.channel.send(ServiceName::Operator, Outgoing::get(path).session(session)).await?;
        CallFailure::read(SERVICE, &answer)
    }
}

/// Users of this block's region or applications: residents who do not log in here (spec: operator 4.4, 4.6).
impl OperatorClient {
    /// Creates the operator that stands for a user; one that exists already is refused with 400.
    pub async fn create_user(&self, session: &Session, user: &NewUser<'_>) -> Result<(), CallFailure> {
        let request = Outgoing::post("/operator").session(session).json(user);
        CallFailure::accepted(SERVICE, &self.ground.channel.send(ServiceName::Operator, request).await?)
    }

    /// Whether a user of a region or an application has its operator.
    pub async fn has_user(
        &self,
        session: &Session,
        user_id: &str,
        region: Option<Code>,
        app: Option<Code>,
    ) -> Result<bool, CallFailure> {
        let within = match (region, app) {
            (Some(region), _) => format!("&regionCode={region}"),
            (None, Some(app)) => format!("&appCode={app}"),
            (None, None) => String::new(),
        };
        let path = format!("/operator/?type=0&loginId={}{within}", encoded(user_id));
        let request = Outgoing::get(path).session(session);
        let answer = self.ground.channel.send(ServiceName::Operator, request).await?;
        if answer.status == StatusCode::NO_CONTENT {
            return Ok(false);
        }
        CallFailure::accepted(SERVICE, &answer).map(|()| true)
    }

    /// Keeps what a provider knows of its user.
    pub async fn keep_user_info(
        &self,
        session: &Session,
        user_id: &str,
        app: Option<Code>,
        region: Option<Code>,
        info: &Value,
    ) -> Result<(), CallFailure> {
        let body = json!({
            "userId": user_id, "wfCode": null, "appCode": app, "regionCode": region, "userInfo": info
        });
        let request = Outgoing::post("/operator/user/info").session(session).json(&body);
        CallFailure::accepted(SERVICE, &self.ground.channel.send(ServiceName::Operator, request).await?)
    }

    /// What a provider knows of its user; the service answers 204 when that is nothing. `of`: the application or
    /// region, e.g. `("appCode", 1000501)`.
    pub async fn user_info(
        &self,
        session: &Session,
        user_id: &str,
        of: (&str, i64),
    ) -> Result<Value, CallFailure> {
        let path = format!("/operator/user/info?userId={}&{}={}", encoded(user_id), of.0, of.1);
        let request = Outgoing::get(path).session(session);
        CallFailure::read(SERVICE, &self.ground.channel.send(ServiceName::Operator, request).await?)
    }
}

/// A user of a region or an application, who cannot log in.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewUser<'a> {
    #[serde(rename = "type")]
    operator_type: OperatorType,
    login_id: &'a str,
    user_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    region_catalog_code: Option<Code>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_catalog_code: Option<Code>,
    login_prohibited_flg: bool,
}

impl<'a> NewUser<'a> {
    /// A region wins over an application.
    #[must_use]
    pub fn new(user_id: &'a str, region: Option<Code>, app: Option<Code>) -> Self {
        Self {
            operator_type: OperatorType::Individual,
            login_id: user_id,
            user_id,
            region_catalog_code: region,
            app_catalog_code: app.filter(|_| region.is_none()),
            login_prohibited_flg: true,
        }
    }
}
