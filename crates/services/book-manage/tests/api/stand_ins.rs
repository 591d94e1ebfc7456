//! The neighbours of the books as tests need them.

use http::Method;
use serde_json::{Value, json};
use testkit::Neighbours;
use vocabulary::ServiceName;

/// The usual catalog of a root block.
pub(crate) fn catalog() -> Neighbours {
    Neighbours::new()
        .answers(ServiceName::Catalog, Method::GET, "/catalog/name", json!({"ext_name": "test-org"}))
        .answers_item(1000374, item(1000374, "catalog/ext/test-org/setting/global", json!({})))
}

pub(crate) fn item(code: i64, ns: &str, template: Value) -> Value {
    json!({"catalogItem": {"ns": ns, "name": "n", "_code": {"_value": code, "_ver": 1}, "inherit": null},
           "template": template})
}

pub(crate) trait Catalog {
    /// The item's newest version and version 1.
    fn answers_item(self, code: i64, item: Value) -> Self;
    fn answers_ns(self, ns: &str, items: Value) -> Self;
}

impl Catalog for Neighbours {
    fn answers_item(self, code: i64, item: Value) -> Self {
        self.answers(ServiceName::Catalog, Method::GET, &format!("/catalog/{code}"), item.clone()).answers(
            ServiceName::Catalog,
            Method::GET,
            &format!("/catalog/{code}/1"),
            item,
        )
    }

    fn answers_ns(self, ns: &str, items: Value) -> Self {
        let path = format!("/catalog/?ns={}", ns.replace('/', "%2F"));
        self.answers(ServiceName::Catalog, Method::GET, &path, items)
    }
}
