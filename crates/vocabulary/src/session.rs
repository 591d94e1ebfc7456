//! The identity that travels through the platform: the JSON of the `session` header.
//!
//! Reading is tolerant, as the many writers in the field need (spec: operator 2.8); trust is decided
//! elsewhere, by the listener a request came in through.

use std::{ops::Deref, sync::Arc};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::{CodeVersion, OperatorType, Rights, code::integer};

/// What JavaScript's `encodeURIComponent` leaves as it is.
const URI_COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Why a `session` header says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    #[error("the session is not percent-encoded UTF-8")]
    Encoding,
    #[error("the session is not a JSON object")]
    NotAnObject,
    #[error("the session has no valid {0}")]
    Member(&'static str),
}

/// An operator as the operator service of its block described it (spec: operator 2.8). It goes from hand to hand, so
/// that a copy of it costs nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Session(Arc<Described>);

/// What a [`Session`] says.
#[derive(Debug, PartialEq)]
pub struct Described {
    pub session_id: String,
    pub operator_id: i64,
    pub operator_type: OperatorType,
    pub login_id: String,
    pub pxr_id: Option<String>,
    pub name: Option<String>,
    pub auth: Option<Rights>,
    pub roles: Vec<CodeVersion>,
    /// The block the operator belongs to.
    pub block: Option<CodeVersion>,
    /// The actor that runs that block; none before its certification.
    pub actor: Option<CodeVersion>,
    object: Map<String, Value>,
    header: String,
}

impl Session {
    /// Reads a `session` header; its text is what [`Session::header`] gives back, byte for byte.
    pub fn from_header(header: &str) -> Result<Self, SessionError> {
        let text = percent_decode_str(header).decode_utf8().map_err(|_| SessionError::Encoding)?;
        let mut value = Value::String(text.into_owned());
        while let Value::String(text) = &value {
            value = serde_json::from_str(text).map_err(|_| SessionError::NotAnObject)?;
        }
        Self::read(value, header.to_owned())
    }

    /// Takes the operator service's answer to `POST /operator/session`.
    pub fn from_json(value: Value) -> Result<Self, SessionError> {
        let header = utf8_percent_encode(&value.to_string(), URI_COMPONENT).to_string();
        Self::read(value, header)
    }

    fn read(value: Value, header: String) -> Result<Self, SessionError> {
        let Value::Object(object) = value else { return Err(SessionError::NotAnObject) };
        let text = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
        let operator_type = object
            .get("type")
            .and_then(integer)
            .and_then(|number| OperatorType::try_from(number).ok())
            .ok_or(SessionError::Member("type"))?;
        let auth = match object.get("auth") {
            Some(Value::Object(auth)) => Some(Rights(auth.clone())),
            // The first member of a block is announced with its rights as a JSON text.
            Some(Value::String(auth)) => serde_json::from_str(auth).ok(),
            _ => None,
        };
        let roles = object.get("roles").and_then(Value::as_array);
        let described = Described {
            session_id: text("sessionId").unwrap_or_default(),
            operator_id: object.get("operatorId").and_then(integer).unwrap_or_default(),
            operator_type,
            login_id: text("loginId").unwrap_or_default(),
            pxr_id: text("pxrId"),
            name: text("name"),
            auth,
            roles: roles
                .map(|roles| roles.iter().filter_map(CodeVersion::read).collect())
                .unwrap_or_default(),
            block: nested_or_flat(&object, "block", "blockCode", "blockVersion"),
            actor: nested_or_flat(&object, "actor", "actorCode", "actorVersion"),
            object,
            header,
        };
        Ok(Self(Arc::new(described)))
    }
}

impl Deref for Session {
    type Target = Described;

    fn deref(&self) -> &Described {
        &self.0
    }
}

impl Described {
    /// The text for the `session` header of calls made for this operator.
    #[must_use]
    pub fn header(&self) -> &str {
        &self.header
    }

    /// The whole object, with the members this platform does not name.
    #[must_use]
    pub const fn object(&self) -> &Map<String, Value> {
        &self.object
    }

    #[must_use]
    pub fn may(&self, area: crate::RightsArea, action: &str) -> bool {
        self.auth.as_ref().is_some_and(|rights| rights.allow(area, action))
    }
}

/// `block`/`actor` come nested, or flattened by some writers.
fn nested_or_flat(
    object: &Map<String, Value>,
    nested: &str,
    code: &str,
    version: &str,
) -> Option<CodeVersion> {
    if let Some(found) = object.get(nested).and_then(CodeVersion::read) {
        return Some(found);
    }
    let part = |key| object.get(key).and_then(integer);
    Some(CodeVersion::new(part(code)?, part(version).unwrap_or(1)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn member() -> Value {
        json!({"sessionId":"s","operatorId":1,"type":3,"loginId":"root","auth":{"member":{"add":true}},
               "block":{"_value":1000401,"_ver":1},"actor":{"_value":null,"_ver":null}})
    }

    #[test]
    fn a_header_is_forwarded_byte_for_byte() {
        let header = "%7B%22type%22:%223%22,%22operatorId%22:%227%22,%22loginId%22:%22a%20b%22%7D";
        let session = Session::from_header(header).unwrap();
        assert_eq!(session.header(), header);
        assert_eq!((session.operator_id, session.operator_type), (7, OperatorType::Member));
    }

    #[test]
    fn a_doubly_encoded_header_is_read() {
        let twice = serde_json::to_string(&member().to_string()).unwrap();
        let session = Session::from_header(&twice).unwrap();
        assert_eq!(session.block, Some(CodeVersion::new(1_000_401, 1)));
        assert_eq!(session.actor, None);
    }

    #[test]
    fn the_flattened_form_is_read() {
        let value = json!({"type":2,"loginId":"a","operatorId":1,"blockCode":5,"blockVersion":1,"actorCode":"6",
                           "roles":[{"_value":"31","_ver":1},{"_value":null,"_ver":1}]});
        let session = Session::from_json(value).unwrap();
        assert_eq!(session.actor, Some(CodeVersion::new(6, 1)));
        assert_eq!(session.roles, [CodeVersion::new(31, 1)]);
    }

    #[test]
    fn a_header_made_here_is_encoded_like_encode_uri_component() {
        let session = Session::from_json(json!({"type":0,"loginId":"a'(b)*! é/"})).unwrap();
        assert_eq!(session.header(), "%7B%22type%22%3A0%2C%22loginId%22%3A%22a'(b)*!%20%C3%A9%2F%22%7D");
        assert_eq!(Session::from_header(session.header()).unwrap().login_id, "a'(b)*! é/");
    }

    #[test]
    fn nonsense_is_refused_with_its_reason() {
        assert_eq!(Session::from_header("%FF").unwrap_err(), SessionError::Encoding);
        assert_eq!(Session::from_header("[1]").unwrap_err(), SessionError::NotAnObject);
        assert_eq!(Session::from_header("{}").unwrap_err(), SessionError::Member("type"));
        assert_eq!(Session::from_header(r#"{"type":1}"#).unwrap_err(), SessionError::Member("type"));
    }
}
