//! What a token's parameter lets through (spec: block-proxy 4.2 rules 3 and 6).

use bytes::Bytes;
use http::Method;
use serde_json::Value;
use vocabulary::CodeVersion;

use crate::refusal::Refusal;

/// Things of a bulk store that are not permitted are taken out of the request.
pub(crate) fn request(
    method: &Method,
    path: &str,
    parameter: Option<&str>,
    body: Bytes,
) -> Result<Bytes, Refusal> {
    if method != Method::POST || !path.starts_with("/book-operate/thing/bulk") {
        return Ok(body);
    }
    let parameter = parameter.ok_or(Refusal::NothingPermitted)?;
    let Ok(Value::Array(permitted)) = serde_json::from_str(parameter) else { return Ok(body) };
    let Ok(Value::Array(mut things)) = serde_json::from_slice(&body) else { return Ok(body) };
    let permitted = codes(&permitted);
    things.retain(|thing| is_listed(thing, &permitted));
    Ok(Value::Array(things).to_string().into())
}

/// Shared data that is not permitted is taken out of the answer.
pub(crate) fn answer(method: &Method, path: &str, parameter: Option<&str>, body: Bytes) -> Bytes {
    let parameter = parameter.filter(|_| method == Method::POST && path == "/book-operate/share/search");
    let Some(Ok(permitted)) = parameter.map(serde_json::from_str::<Value>) else { return body };
    let Ok(Value::Object(mut shared)) = serde_json::from_slice(&body) else { return body };
    let of = |kind: &str| permitted[kind].as_array().map(|listed| codes(listed)).unwrap_or_default();
    let things = of("thing");
    for kind in ["document", "event", "thing"] {
        let Some(Value::Array(elements)) = shared.get_mut(kind) else { continue };
        let listed = of(kind);
        elements.retain(|element| is_listed(element, &listed));
        if kind == "event" {
            for event in elements {
                filter_things(event, &things);
            }
        }
    }
    Value::Object(shared).to_string().into()
}

fn filter_things(event: &mut Value, permitted: &[CodeVersion]) {
    let Some(Value::Array(things)) = event.get_mut("thing") else { return };
    things.retain(|thing| is_listed(thing, permitted));
    if things.is_empty() {
        event["thing"] = Value::Null;
    }
}

fn codes(listed: &[Value]) -> Vec<CodeVersion> {
    listed.iter().filter_map(CodeVersion::read).collect()
}

fn is_listed(element: &Value, permitted: &[CodeVersion]) -> bool {
    CodeVersion::read(&element["code"]["value"]).is_some_and(|code| permitted.contains(&code))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(code: i64) -> Value {
        json!({"code": {"value": {"_value": code, "_ver": 1}}})
    }

    #[test]
    fn a_share_brings_exactly_what_is_permitted() {
        let mut event = of(1);
        event["thing"] = json!([of(5), of(6)]);
        let body = json!({"event": [event, of(2)], "thing": [of(7)], "document": []}).to_string();
        let parameter =
            json!({"event": [{"_value": 1, "_ver": 1}], "thing": [{"_value": 5, "_ver": 1}]}).to_string();
        let filtered = answer(&Method::POST, "/book-operate/share/search", Some(&parameter), body.into());
        let filtered: Value = serde_json::from_slice(&filtered).unwrap();
        assert_eq!(filtered["event"].as_array().unwrap().len(), 1);
        assert_eq!(filtered["event"][0]["thing"], json!([of(5)]));
        assert_eq!(filtered["thing"], json!([]));
    }

    #[test]
    fn a_bulk_store_keeps_what_is_permitted_and_needs_a_permission() {
        let body: Bytes = json!([of(1), of(2)]).to_string().into();
        let path = "/book-operate/thing/bulk/u/e";
        let kept = request(&Method::POST, path, Some(r#"[{"_value":2,"_ver":1}]"#), body.clone()).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&kept).unwrap(), json!([of(2)]));
        assert_eq!(request(&Method::POST, path, None, body), Err(Refusal::NothingPermitted));
    }
}
