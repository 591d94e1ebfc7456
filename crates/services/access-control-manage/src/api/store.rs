//! The office for stored data: the resident's consent decides (spec: access-control-manage 4.4).

use contract::{access_control_manage::Office, permission::StoreQuestion};
use http::Method;
use platform::{
    ApiError, Incoming, Input,
    fields::{Complaint, array, code_version, nested, number, text},
};
use serde_json::{Value, json};
use vocabulary::{Code, CodeVersion, OperatorType, Session};

use super::consented::Planned;
use crate::{
    Offices,
    access_token::{self, Purpose},
    application,
    element::{Element, Targeted},
    issue,
    refusal::{Refusal, failure},
};

/// Data to be stored about a user.
#[derive(Debug)]
pub(super) struct Store {
    element: Element,
    target: i64,
    user_id: String,
    /// Nothing for a deletion.
    data: Vec<Datum>,
}

/// What is stored, and who says it stores it.
#[derive(Clone, Debug)]
struct Datum {
    code: CodeVersion,
    actor: Option<i64>,
    app: Option<i64>,
    user_id: Option<Value>,
}

impl Planned for Store {
    fn read(incoming: &Incoming) -> Result<Vec<Self>, ApiError> {
        let Targeted(elements) = Targeted::read(incoming)?;
        let planned = |(element, target): (Element, i64)| {
            let user_id = text(&element.raw["caller"]["userId"])
                .map_err(|_| Refusal::Input("利用者IDが指定されていません"))?;
            let data = if element.target_method == Method::DELETE { Vec::new() } else { data(&element)? };
            Ok(Self { element, target, user_id, data })
        };
        elements.into_iter().map(planned).collect()
    }

    fn element(&self) -> &Element {
        &self.element
    }

    async fn judge(
        &self,
        service: &Offices,
        session: &Session,
        access_token: Option<&str>,
    ) -> Result<Vec<Value>, ApiError> {
        let Self { element, target, user_id, data } = self;
        let app = storing_application(session)?;
        let actor = session.actor.ok_or(Refusal::NotPermitted)?.value;
        application::in_a_region(service, session, app).await?;
        if access_token::is_required(service, session, Purpose::Store, actor, app).await? {
            access_token.ok_or(Refusal::NoAccessToken)?;
            let user = service.permissions.user(session, actor, app, user_id).await;
            let user = user.map_err(|error| failure(&error, Refusal::NoSuchUser))?;
            access_token::verify(access_token, &user)?;
        }
        check_data(data, actor, app, user_id)?;
        let callee = issue::callee(service, session, Office::Store, element, *target).await?;
        let parameter =
            if data.is_empty() { None } else { Some(consent(service, session, self, actor).await?) };
        issue::issue(service, session, element, &callee, parameter).await
    }
}

fn data(element: &Element) -> Result<Vec<Datum>, ApiError> {
    let body = element.body().filter(|body| body.as_array().is_some_and(|all| !all.is_empty()));
    let body = body.ok_or(Refusal::NoDataTypes)?;
    array(datum)(body).map_err(|complaint| match complaint {
        Complaint::Inside(reasons) => ApiError::Fields(reasons),
        Complaint::Value(message) => ApiError::bad_request(message),
    })
}

fn datum(value: &Value) -> Result<Datum, Complaint> {
    nested(value, |fields| {
        let code = fields.required("code", code_version);
        let app = fields.optional("app", |value| {
            nested(value, |fields| {
                let actor = fields.required("code", value_of);
                let app = fields.required("app", value_of);
                fields.inside(|| Some((actor?, app?)))
            })
        });
        let user_id = fields.optional("userId", |value| {
            nested(value, |fields| {
                let user_id = fields.required("value", text);
                fields.inside(|| user_id.map(Value::String))
            })
        });
        fields.inside(|| {
            let (actor, app) = app.unzip();
            Some(Datum { code: code?, actor, app, user_id })
        })
    })
}

/// `{"value": {"_value": n}}`
fn value_of(value: &Value) -> Result<i64, Complaint> {
    nested(value, |fields| {
        let code = fields.required("value", |value| {
            nested(value, |fields| {
                let code = fields.required("_value", number);
                fields.inside(|| code)
            })
        });
        fields.inside(|| code)
    })
}

/// The application that stores is the one that is logged in.
fn storing_application(session: &Session) -> Result<Code, Refusal> {
    match session.operator_type {
        OperatorType::Application => Ok(session.roles.first().ok_or(Refusal::NotAnApplication)?.value),
        _ => Err(Refusal::NoRegion),
    }
}

/// Nobody stores in the name of another application or about another user.
fn check_data(data: &[Datum], actor: Code, app: Code, user_id: &str) -> Result<(), Refusal> {
    let is_own = |datum: &Datum| {
        datum.actor == Some(actor.0)
            && datum.app == Some(app.0)
            && datum.user_id.as_ref().is_none_or(|named| named == user_id)
    };
    if data.iter().all(is_own) { Ok(()) } else { Err(Refusal::OtherData) }
}

/// The data that may be stored, as the callee's proxy reads them.
async fn consent(
    service: &Offices,
    session: &Session,
    planned: &Store,
    actor: Code,
) -> Result<String, ApiError> {
    let element = &planned.element;
    let question = StoreQuestion {
        user_id: planned.user_id.clone(),
        wf_code: None,
        app_code: element.application.map(|app| app.value),
        actor_code: actor,
        datatype: planned.data.iter().map(|datum| datum.code).collect(),
    };
    let partially = matches!(&element.raw["target"]["allowPartialStore"], Value::Bool(true))
        || element.raw["target"]["allowPartialStore"] == "true";
    let permitted = service.permissions.may_store(session, &question, partially).await;
    let permitted = permitted.map_err(|error| failure(&error, Refusal::NoSuchUser))?;
    Ok(json!(permitted.ok_or(Refusal::NoConsent)?).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_are_stored_in_the_own_name_only() {
        let datum = |actor, app, user_id: Option<&str>| Datum {
            code: CodeVersion::new(1, 1),
            actor: Some(actor),
            app: Some(app),
            user_id: user_id.map(Value::from),
        };
        let check = |data: &[Datum]| check_data(data, Code(5), Code(7), "u1");
        assert_eq!(check(&[datum(5, 7, None), datum(5, 7, Some("u1"))]), Ok(()));
        assert_eq!(check(&[]), Ok(()));
        for other in [datum(6, 7, None), datum(5, 8, None), datum(5, 7, Some("u2"))] {
            assert_eq!(check(&[datum(5, 7, None), other]), Err(Refusal::OtherData));
        }
        let of_nobody = Datum { actor: None, app: None, ..datum(5, 7, None) };
        assert_eq!(check(&[of_nobody]), Err(Refusal::OtherData));
    }
}
