//! Where the catalog asks for it, an application must show a token of the ID service (spec: access-control-manage 4.7).

use contract::{CallFailure, permission::KnownUser, proxy::encoded};
use http::StatusCode;
use platform::{ApiError, Outgoing};
use serde::Deserialize;
use serde_json::Value;
use vocabulary::{Code, Session};

use crate::{
    Offices,
    refusal::{Refusal, failure},
};

/// What the application is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Store,
    Share,
}

/// Whether an application must show a token before it does this.
pub(crate) async fn is_required(
    service: &Offices,
    session: &Session,
    purpose: Purpose,
    actor: Code,
    app: Code,
) -> Result<bool, ApiError> {
    let base = format!("catalog/ext/{}", service.ground.block.ext_name);
    let global = templates(service, session, &format!("{base}/setting/global")).await?;
    if !global.first().is_some_and(|setting| is_truthy(&setting["use_id_connect"])) {
        return Ok(false);
    }
    let ns = format!("{base}/actor/app/actor_{actor}/verify-access-token");
    let rules = templates(service, session, &ns).await?;
    Ok(rules.first().is_some_and(|rules| demands(rules, purpose, app)))
}

/// Checks the token of a request. No ID service can be asked yet: a token that has to be verified is refused, whatever
/// it is.
pub(crate) fn verify(token: Option<&str>, user: &KnownUser) -> Result<(), Refusal> {
    token.ok_or(Refusal::NoAccessToken)?;
    if user.book_status == 0 { Err(Refusal::NoVerifier) } else { Err(Refusal::BookStatus) }
}

fn demands(rules: &Value, purpose: Purpose, app: Code) -> bool {
    let key = match purpose {
        Purpose::Store => "verificationRequiredOnStore",
        Purpose::Share => "verificationRequiredOnShare",
    };
    let rules = rules["verifyAccessToken"].as_array().map(Vec::as_slice).unwrap_or_default();
    let rule = rules.iter().find(|rule| rule["service"]["_value"] == app.0);
    rule.is_some_and(|rule| rule[key] == true)
}

fn is_truthy(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && *value != 0 && *value != ""
}

/// The rendered templates of what stands directly in a namespace; none when the catalog knows none.
pub(crate) async fn templates(
    service: &Offices,
    session: &Session,
    ns: &str,
) -> Result<Vec<Value>, ApiError> {
    #[derive(Deserialize)]
    struct Rendered {
        #[serde(default)]
        template: Value,
    }
    let request = Outgoing::get(format!("/catalog/?ns={}", encoded(ns))).session(session);
    let answer = service.catalog.send(request).await.map_err(CallFailure::from);
    let found = answer.and_then(|answer| match answer.status {
        StatusCode::NOT_FOUND | StatusCode::NO_CONTENT => Ok(Vec::new()),
        _ => CallFailure::read::<Vec<Rendered>>("catalog", &answer),
    });
    let found = found.map_err(|error| failure(&error, Refusal::NoSetting))?;
    Ok(found.into_iter().map(|item| item.template).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_rule_of_the_application_and_the_purpose_decides() {
        let rules = json!({"verifyAccessToken": [
            {"service": {"_value": 7}, "verificationRequiredOnStore": true, "verificationRequiredOnShare": false},
            {"service": {"_value": 8}, "verificationRequiredOnStore": false, "verificationRequiredOnShare": true},
        ]});
        for (purpose, app, demanded) in [
            (Purpose::Store, 7, true),
            (Purpose::Share, 7, false),
            (Purpose::Store, 8, false),
            (Purpose::Share, 8, true),
            (Purpose::Share, 9, false),
        ] {
            assert_eq!(demands(&rules, purpose, Code(app)), demanded, "{purpose:?} {app}");
        }
        assert!(!demands(&Value::Null, Purpose::Store, Code(7)));
    }

    #[test]
    fn a_token_that_nobody_can_verify_is_refused() {
        let user = |book_status| KnownUser { pxr_id: "p".to_owned(), book_status };
        assert_eq!(verify(None, &user(0)), Err(Refusal::NoAccessToken));
        assert_eq!(verify(Some("t"), &user(0)), Err(Refusal::NoVerifier));
        assert_eq!(verify(Some("t"), &user(1)), Err(Refusal::BookStatus));
    }
}
