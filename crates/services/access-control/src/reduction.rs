//! What of a request's body the judging office needs to see (spec: access-control 4.1 rule 1).

use std::borrow::Cow;

use contract::access_control_manage::Office;
use http::Method;
use serde_json::{Map, Value, json};
use vocabulary::CodeVersion;

use crate::refusal::Refusal;

/// A request as its office gets it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reduced {
    pub(crate) body: Option<Value>,
    /// The user whose data is stored.
    pub(crate) user_id: Option<String>,
    /// The application that the stored data names.
    pub(crate) application: Option<CodeVersion>,
}

impl Reduced {
    /// The body as the column `attribute` holds it: texts as they are, arrays as PostgreSQL writes arrays of texts,
    /// everything else as compact JSON (spec: access-control 3.5).
    pub(crate) fn attribute(&self) -> Option<String> {
        match self.body.as_ref()? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            Value::Array(elements) => {
                let quoted: Vec<_> = elements.iter().map(quoted).collect();
                Some(format!("{{{}}}", quoted.join(",")))
            }
            other => Some(other.to_string()),
        }
    }
}

/// One element of an array of texts.
fn quoted(element: &Value) -> String {
    let text = element.as_str().map_or_else(|| element.to_string(), str::to_owned);
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Reduces a body for its office.
pub(crate) fn reduce(
    office: Office,
    method: &Method,
    url: &str,
    body: Option<&Value>,
) -> Result<Reduced, Refusal> {
    let path = url.split('?').next().unwrap_or_default();
    let writes = method == Method::POST || method == Method::PUT;
    let only = |body: Option<Value>| Ok(Reduced { body, ..Reduced::default() });
    match office {
        Office::Store => store(method, path, body),
        Office::Operator if writes => {
            only(body.and_then(|body| body.get("auth")).filter(|a| !a.is_null()).map(skeleton))
        }
        Office::Catalog => only(catalog(method, path, body)),
        Office::ShareContinuous | Office::ShareTemp => only(body.cloned().map(|mut body| {
            if let Value::Object(object) = &mut body {
                object.shift_remove("logIdentifier");
            }
            body
        })),
        _ => only(None),
    }
}

/// `/book-operate/<kind>[/bulk]/<user id>/…`
fn store(method: &Method, path: &str, body: Option<&Value>) -> Result<Reduced, Refusal> {
    let mut segments = path.trim_start_matches('/').split('/').skip(1);
    let kind = segments.next().unwrap_or_default();
    let mut user_id = segments.next();
    let is_bulk = kind == "thing" && user_id == Some("bulk");
    if is_bulk {
        user_id = segments.next();
    }
    let user_id = user_id.map(as_served).transpose()?;
    if method == Method::DELETE {
        return Ok(Reduced { body: body.cloned(), user_id, application: None });
    }
    let body = body.ok_or(Refusal::NoCode)?;
    let elements: Vec<&Value> = match body.as_array().filter(|_| is_bulk) {
        Some(elements) => elements.iter().collect(),
        None => vec![body],
    };
    let mut reduced = Vec::with_capacity(elements.len());
    for element in &elements {
        let code = element["code"].get("value").filter(|code| !code.is_null()).ok_or(Refusal::NoCode)?;
        let mut one = json!({"code": code, "app": element.get("app").unwrap_or(&Value::Null), "wf": null});
        if kind != "thing" {
            one["userId"] = element.get("userId").cloned().unwrap_or_default();
        }
        reduced.push(one);
    }
    let application = elements.first().and_then(|element| CodeVersion::read(&element["app"]["app"]["value"]));
    Ok(Reduced { body: Some(Value::Array(reduced)), user_id, application })
}

/// A part of a planned path as the service will read it in the end: the callee's proxy decodes the path once more, and
/// the service its parts.
fn as_served(part: &str) -> Result<String, Refusal> {
    percent_decoded(&percent_decoded(part)?)
}

/// A text of a URL, decoded once.
pub(crate) fn percent_decoded(text: &str) -> Result<String, Refusal> {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
    decoded.map(Cow::into_owned).map_err(|_| Refusal::Url)
}

/// Keys sorted, leaves null: only which rights are given matters.
fn skeleton(value: &Value) -> Value {
    let Value::Object(object) = value else { return Value::Null };
    let mut keys: Vec<_> = object.iter().collect();
    keys.sort_by_key(|(key, _)| key.as_str());
    Value::Object(keys.into_iter().map(|(key, value)| (key.clone(), skeleton(value))).collect::<Map<_, _>>())
}

/// The namespaces that are written; for a deletion the code.
fn catalog(method: &Method, path: &str, body: Option<&Value>) -> Option<Value> {
    if path.contains("updateSet") {
        let body = body?;
        let of = |list: &str, pointer: &str| -> Vec<Value> {
            let entries = body.get(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            entries
                .iter()
                .filter_map(|entry| entry.pointer(pointer))
                .filter(|ns| ns.is_string())
                .cloned()
                .collect()
        };
        let mut namespaces = of("ns", "/template/ns");
        namespaces.extend(of("catalog", "/template/catalogItem/ns"));
        return Some(Value::Array(namespaces));
    }
    if method == Method::DELETE {
        return path.trim_end_matches('/').rsplit('/').next().map(Value::from);
    }
    body?.pointer("/catalogItem/ns").cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_data_is_reduced_to_what_it_is_and_who_stores_it() {
        let body = json!({"code": {"value": {"_value": 5, "_ver": 1}}, "app": {"app": {"value": {"_value": 7, "_ver": 1}}}, "secret": 1});
        let reduced = reduce(
            Office::Store,
            &Method::POST,
            "/book-operate/event/u1/?allowPartialStore=true",
            Some(&body),
        )
        .unwrap();
        assert_eq!(reduced.user_id.as_deref(), Some("u1"));
        assert_eq!(reduced.application, Some(CodeVersion::new(7, 1)));
        assert_eq!(reduced.body.unwrap()[0]["code"], json!({"_value": 5, "_ver": 1}));
        let bulk =
            reduce(Office::Store, &Method::POST, "/book-operate/thing/bulk/u2/e", Some(&json!([body, body])))
                .unwrap();
        assert_eq!((bulk.user_id.as_deref(), bulk.body.unwrap().as_array().unwrap().len()), (Some("u2"), 2));
        assert_eq!(
            reduce(Office::Store, &Method::POST, "/book-operate/event/u", Some(&json!({}))),
            Err(Refusal::NoCode)
        );
    }

    #[test]
    fn the_user_is_whom_the_service_will_find_in_the_path() {
        for (path, user_id) in [
            ("/book-operate/event/u1", Ok("u1")),
            ("/book-operate/event/u1/e1?userId=u2", Ok("u1")),
            ("/book-operate/event/利用者", Ok("利用者")),
            ("/book-operate/event/u%31", Ok("u1")),
            ("/book-operate/event/u%2531", Ok("u1")),
            ("/book-operate/event/%25E5%2588%25A9", Ok("利")),
            ("/book-operate/event/a%252Fb", Ok("a/b")),
            ("/book-operate/thing/bulk/u2/e1", Ok("u2")),
            ("/book-operate/event/%FF", Err(Refusal::Url)),
        ] {
            let reduced = reduce(Office::Store, &Method::DELETE, path, None);
            assert_eq!(reduced.map(|reduced| reduced.user_id.unwrap()), user_id.map(str::to_owned), "{path}");
        }
    }

    #[test]
    fn what_a_token_was_issued_for_is_kept_as_existing_databases_hold_it() {
        let attribute = |body| Reduced { body: Some(body), ..Reduced::default() }.attribute();
        assert_eq!(attribute(json!("a/b")).as_deref(), Some("a/b"));
        assert_eq!(attribute(json!(["n1", "n\"2"])).as_deref(), Some(r#"{"n1","n\"2"}"#));
        assert_eq!(
            attribute(json!([{"code": "x\\y", "wf": null}])).as_deref(),
            Some(r#"{"{\"code\":\"x\\\\y\",\"wf\":null}"}"#)
        );
        assert_eq!(attribute(json!({})).as_deref(), Some("{}"));
        assert_eq!(Reduced::default().attribute(), None);
    }

    #[test]
    fn given_rights_are_reduced_to_their_names() {
        let body = json!({"auth": {"b": {"y": true, "x": false}, "a": {}}, "hpassword": "…"});
        let reduced = reduce(Office::Operator, &Method::POST, "/operator", Some(&body)).unwrap();
        assert_eq!(reduced.body.unwrap().to_string(), r#"{"a":{},"b":{"x":null,"y":null}}"#);
    }

    #[test]
    fn catalog_writes_are_reduced_to_their_namespaces() {
        let set = json!({"ns": [{"template": {"ns": "n1"}}], "catalog": [{"template": {"catalogItem": {"ns": "n2"}}}]});
        let reduced =
            reduce(Office::Catalog, &Method::POST, "/catalog/updateSet/register", Some(&set)).unwrap();
        assert_eq!(reduced.body.unwrap(), json!(["n1", "n2"]));
        let deletion = reduce(Office::Catalog, &Method::DELETE, "/catalog/ext/12", None).unwrap();
        assert_eq!(deletion.body.unwrap(), json!("12"));
    }
}
