//! What is to be changed of an operator, and when it may not be (spec: operator 4.8).

use platform::{
    ApiError, Incoming, Input,
    fields::{array, boolean, code_version, object, sha256, short_text},
};
use serde_json::{Map, Value};
use vocabulary::{CodeVersion, OperatorType};

use crate::{body, refusal::Refusal, store::operator};

/// What is to be changed; everything else stays.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) hpassword: Option<String>,
    pub(crate) new_hpassword: Option<String>,
    pub(crate) login_id: Option<String>,
    pub(crate) mobile_phone: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) prohibited: Option<bool>,
    pub(crate) attributes: Option<Map<String, Value>>,
    pub(crate) auth: Option<Map<String, Value>>,
    pub(crate) roles: Option<Vec<CodeVersion>>,
}

/// What becomes of a second factor.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SecondFactor {
    Untouched,
    TurnedOff,
    /// The codes go to another phone.
    Elsewhere(String),
}

impl Input for Change {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
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

    /// Whether the flag of a changed password is set after this change.
    pub(crate) fn password_changed(&self, target: &operator::Model) -> bool {
        match self.prohibited {
            Some(_) => false,
            None => self.new_hpassword.is_some() || target.password_changed_flg,
        }
    }

    /// What the target's kind and state forbid.
    pub(crate) fn check_target(&self, target: &operator::Model, kind: OperatorType) -> Result<(), Refusal> {
        let individual = kind == OperatorType::Individual;
        match self.prohibited {
            Some(_) if !individual => {
                return Err(Refusal::Input("ログイン禁止フラグは個人にのみ指定できます"));
            }
            Some(false) if self.new_hpassword.is_none() && target.hpassword.is_none() => {
                return Err(Refusal::Input("ログインを許可するにはパスワードが必要です"));
            }
            None if target.login_prohibited_flg && self.new_hpassword.is_some() => {
                return Err(Refusal::LoginProhibited);
            }
            _ => {}
        }
        if individual && self.name.is_some() {
            return Err(Refusal::Input("個人に名前は指定できません"));
        }
        if self.auth.is_some() && kind != OperatorType::Member {
            return Err(Refusal::Input("権限は運営メンバーにのみ指定できます"));
        }
        Ok(())
    }

    /// The new login id, when it is another one.
    pub(crate) fn other_login_id(&self, target: &operator::Model) -> Option<&String> {
        self.login_id.as_ref().filter(|login_id| **login_id != target.login_id)
    }

    /// What the change does to the codes that come by phone at every login, of a resident who wants them
    /// (spec: operator D12).
    pub(crate) fn second_factor(&self, target: &operator::Model) -> SecondFactor {
        let wants = |attributes: &Value| attributes["smsAuth"] == Value::Bool(true);
        let phone = target.mobile_phone.as_ref().filter(|_| target.attributes().as_ref().is_some_and(wants));
        let Some(phone) = phone.filter(|_| target.is_individual()) else { return SecondFactor::Untouched };
        if self.attributes.as_ref().is_some_and(|new| new.get("smsAuth") != Some(&Value::Bool(true))) {
            return SecondFactor::TurnedOff;
        }
        match &self.mobile_phone {
            Some(new) if new != phone => SecondFactor::Elsewhere(new.clone()),
            _ => SecondFactor::Untouched,
        }
    }

    /// Replaced as a whole. Whoever chose a password needs no term for an initial one.
    pub(crate) fn attributes_of(&self, target: &operator::Model) -> Option<Value> {
        let mut attributes = self.attributes.clone().map(Value::Object).or_else(|| target.attributes());
        if self.password_changed(target)
            && let Some(Value::Object(attributes)) = &mut attributes
        {
            attributes.shift_remove("initialPasswordExpire");
        }
        attributes
    }
}
