//! Where a proxied call goes: the parameters of all faces (spec: block-proxy 4.0.1).

use percent_encoding::percent_decode_str;
use platform::{ApiError, Fields, Incoming, Input, Reason, describe::Body};
use serde_json::Value;
use url::form_urlencoded;
use vocabulary::ServiceName;

use crate::refusal::Refusal;

/// The literal that stands for the root block.
const ROOT: &str = "$pxr-root-block";

/// A callee block as it is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockParameter {
    Root,
    Code(i64),
}

/// The parameters of a proxied call.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    /// Target path with its query, decoded twice.
    pub(crate) path: String,
    pub(crate) block: Option<BlockParameter>,
    pub(crate) from_path: Option<String>,
    pub(crate) from_block: Option<i64>,
}

impl Input for Route {
    const ACCEPTS_BYTES: bool = true;
    const BODY: Body = Body::Foreign;

    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let path = fields.required("path", text);
        let block = fields.optional("block", |value| {
            let block = text(value)?;
            let number = || leading_number(&block).map(BlockParameter::Code);
            let found = if block == ROOT { Some(BlockParameter::Root) } else { number() };
            found.ok_or("数値ではありません".into())
        });
        let from_path = fields.optional("from_path", text);
        let from_block = fields
            .optional("from_block", |value| leading_number(&text(value)?).ok_or("数値ではありません".into()));
        let (path, from_path) = fields.build(|| Some((path?, from_path)))?;
        let route = Self {
            path: decoded("path", &path)?,
            // 0 counts as absent.
            block: block.filter(|block| *block != BlockParameter::Code(0)),
            from_path: from_path.map(|path| decoded("from_path", &path)).transpose()?,
            from_block: from_block.filter(|block| *block != 0),
        };
        route.service()?;
        Ok(route)
    }
}

fn text(value: &Value) -> Result<String, platform::fields::Complaint> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned).ok_or("文字列ではありません".into())
}

fn leading_number(text: &str) -> Option<i64> {
    let end = text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

/// Query values are decoded once more as percent-encoded text.
fn decoded(property: &str, text: &str) -> Result<String, ApiError> {
    let stray = {
        let bytes = text.as_bytes();
        let hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
        bytes.iter().enumerate().any(|(at, sign)| *sign == b'%' && !(hex(at + 1) && hex(at + 2)))
    };
    let decoded = percent_decode_str(text).decode_utf8().ok().filter(|_| !stray);
    decoded.map(std::borrow::Cow::into_owned).ok_or_else(|| {
        ApiError::Fields(vec![Reason::new(property, text.into(), "URLエンコードが正しくありません")])
    })
}

impl Route {
    /// A call within the block, as the reverse face would read it from a query: decoded once more.
    pub(crate) fn inside(
        path: &str,
        (from_path, from_block): (&str, i64),
        block: i64,
    ) -> Result<Self, ApiError> {
        let route = Self {
            path: decoded("path", path)?,
            block: Some(BlockParameter::Code(block)),
            from_path: Some(decoded("from_path", from_path)?),
            from_block: Some(from_block),
        };
        route.service()?;
        Ok(route)
    }

    /// The service that the path names, exactly.
    pub(crate) fn service(&self) -> Result<ServiceName, Refusal> {
        let path = self.path.trim_start_matches('/');
        if self.path.contains(['\n', '\r']) || !path.starts_with(|sign: char| sign.is_ascii_alphanumeric()) {
            return Err(Refusal::NotAPath);
        }
        let first = path.split(['/', '?', '#']).next().unwrap_or_default();
        // The chain of certificates has a prefix of its own.
        if first == "certificate-authority" {
            return Ok(ServiceName::CertificationAuthority);
        }
        ServiceName::ALL.into_iter().find(|service| service.prefix() == first).ok_or(Refusal::UnknownService)
    }

    /// The path with its leading slash.
    pub(crate) fn slashed(&self) -> String {
        slashed(&self.path)
    }

    /// The path for the service itself: its query encoded again.
    pub(crate) fn for_service(&self) -> String {
        let path = self.slashed();
        let Some((path, query)) = path.split_once('?') else { return encoded_path(&path) };
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            pairs.append_pair(key, value);
        }
        // Services read + as a space, as browsers write it; the reference writes %20.
        format!("{}?{}", encoded_path(path), pairs.finish().replace('+', "%20"))
    }
}

/// What no request line can carry, encoded; what is encoded already stays.
fn encoded_path(path: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const NOT_IN_A_PATH: &AsciiSet =
        &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'#').add(b'?').add(b'{').add(b'}');
    utf8_percent_encode(path, NOT_IN_A_PATH).to_string()
}

pub(crate) fn slashed(path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(path: &str) -> Route {
        Route { path: path.to_owned(), block: None, from_path: None, from_block: None }
    }

    #[test]
    fn only_services_of_the_platform_are_targets() {
        assert_eq!(route("/catalog/1").service(), Ok(ServiceName::Catalog));
        assert_eq!(route("catalog?ns=a").service(), Ok(ServiceName::Catalog));
        assert_eq!(route("/operator.x").service(), Err(Refusal::UnknownService));
        assert_eq!(route("http://evil/").service(), Err(Refusal::UnknownService));
        assert_eq!(route("/../x").service(), Err(Refusal::NotAPath));
        assert_eq!(route("").service(), Err(Refusal::NotAPath));
    }

    #[test]
    fn the_query_reaches_the_service_encoded() {
        assert_eq!(
            route("catalog?ns=catalog/ext/o&a=1+2 3").for_service(),
            "/catalog?ns=catalog%2Fext%2Fo&a=1%2B2%203"
        );
        assert_eq!(route("/x?a=1&b=").for_service(), "/x?a=1&b=");
        assert_eq!(route("/x/利用者").for_service(), "/x/%E5%88%A9%E7%94%A8%E8%80%85");
    }

    #[test]
    fn a_stray_percent_sign_is_refused() {
        assert!(decoded("path", "/x?a=100%").is_err());
        assert_eq!(decoded("path", "%2Fx").unwrap(), "/x");
    }
}
