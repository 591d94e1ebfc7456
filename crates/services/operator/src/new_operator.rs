//! What must be said of an operator to be added (spec: operator 4.7).

use platform::{
    ApiError, Incoming, Input,
    fields::{array, boolean, code_version, number, object, sha256, short_text, strict_number},
};
use serde_json::{Map, Value};
use vocabulary::{CodeVersion, OperatorType};

use crate::{body, refusal::Refusal, store::names::Names};

/// An operator to be added.
#[derive(Debug)]
pub(crate) struct NewOperator {
    pub(crate) kind: OperatorType,
    pub(crate) login_id: String,
    pub(crate) pxr_id: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) mobile_phone: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) hpassword: Option<String>,
    /// None: null was sent.
    pub(crate) auth: Option<Map<String, Value>>,
    pub(crate) attributes: Map<String, Value>,
    /// A resident who is known here but logs in elsewhere.
    pub(crate) prohibited: bool,
    pub(crate) roles: Vec<CodeVersion>,
    pub(crate) region: Option<i64>,
    pub(crate) app: Option<i64>,
}

impl Input for NewOperator {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let kind = fields.required("type", |value| {
            OperatorType::try_from(number(value)?).map_err(|_| "0, 2, 3のいずれかを指定してください".into())
        });
        let login_id = fields.required("loginId", short_text);
        let null_auth = incoming.body().get("auth").is_some_and(Value::is_null);
        let auth = fields.optional("auth", object).unwrap_or_default();
        let flag = fields.optional("loginProhibitedFlg", boolean);
        let wf = fields.optional("wfCatalogCode", strict_number);
        let pxr_id = fields.optional("pxrId", short_text);
        let user_id = fields.optional("userId", short_text);
        let mobile_phone = fields.optional("mobilePhone", short_text);
        let name = fields.optional("name", short_text);
        let hpassword = fields.optional("hpassword", sha256);
        let attributes = fields.optional("attributes", object).unwrap_or_default();
        let roles = fields.optional("roles", array(code_version)).unwrap_or_default();
        let region = fields.optional("regionCatalogCode", strict_number);
        let app = fields.optional("appCatalogCode", strict_number);
        let new = fields.build(|| {
            Some(Self {
                kind: kind?,
                login_id: login_id?,
                pxr_id,
                user_id,
                mobile_phone,
                name,
                hpassword,
                auth: (!null_auth).then_some(auth),
                attributes,
                prohibited: flag == Some(true),
                roles,
                // Clients of the reference may send it for anybody; it means something for these only.
                region: region.filter(|_| flag == Some(true)),
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
        let expire = self.attributes.get("initialPasswordExpire").and_then(Value::as_str).unwrap_or_default();
        if individual && self.name.is_some() {
            return refuse("個人に名前は指定できません");
        }
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
        self.check_place(has_wf)
    }

    /// Only residents who log in elsewhere belong to an application or a region.
    fn check_place(&self, has_wf: bool) -> Result<(), Refusal> {
        let refuse = |message| Err(Refusal::Input(message));
        if !self.prohibited {
            return match (&self.user_id, self.app.is_some() || has_wf) {
                (Some(_), _) => refuse("利用者IDはログイン禁止の個人にのみ指定できます"),
                (None, true) => refuse("アプリケーションのコードはログイン禁止の個人にのみ指定できます"),
                (None, false) => Ok(()),
            };
        }
        if self.user_id.is_none() {
            return refuse("利用者IDが必要です");
        }
        if self.region.is_none() && self.app.is_none() {
            return refuse("Regionまたはアプリケーションのコードが必要です");
        }
        Ok(())
    }

    /// What it will be known by.
    pub(crate) fn names(&self) -> Names<'_> {
        Names {
            kind: self.kind,
            prohibited: self.prohibited,
            login_id: &self.login_id,
            user_id: self.user_id.as_deref(),
            pxr_id: self.pxr_id.as_deref(),
            app: self.app,
            region: self.region,
        }
    }

    /// The rights as JSON.
    pub(crate) fn auth_json(&self) -> Option<Value> {
        self.auth.clone().map(Value::Object)
    }
}
