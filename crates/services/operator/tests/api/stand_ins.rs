//! The catalog as the operator service needs it.

use http::Method;
use serde_json::{Value, json};
use testkit::Neighbours;
use vocabulary::ServiceName;

/// The block and its actor in all tests.
pub(crate) const BLOCK: i64 = 1000401;
pub(crate) const ACTOR: i64 = 1000431;

/// An application that a role may name, and an item that is none.
pub(crate) const APPLICATION: i64 = 1000501;
pub(crate) const NO_APPLICATION: i64 = 1;

/// Kinds of profile items: with a pattern, and the phone number.
pub(crate) const YEAR: i64 = 1000372;
pub(crate) const PHONE: i64 = 30036;
pub(crate) const PROFILE: i64 = 1000373;

/// The usual catalog of a root block.
pub(crate) fn catalog() -> Neighbours {
    catalog_with(json!({}))
}

/// The usual catalog, some members of the global setting replaced.
pub(crate) fn catalog_with(changes: Value) -> Neighbours {
    let mut setting = json!({
        "account-lock-count": 6,
        "account-lock-release-time": {"type": "minute", "value": 30},
        "password-expiration": {"type": "day", "value": 90},
        "password-generations-number": 4,
        "personal_two-step_verification": true,
        "use_id_connect": false,
    });
    for (key, value) in changes.as_object().into_iter().flatten() {
        setting[key] = value.clone();
    }
    let rights = ["add", "update", "delete"].into_iter().zip(139..);
    let rights =
        rights.map(|(name, code)| item(code, "catalog/model/auth/member", json!({"auth-name": name})));
    let block = item(BLOCK, "catalog/ext/test-org/block/pxr-root", json!({"actor-type": "pxr-root"}));
    let allowed = json!([139, 140, 141].map(|code| json!({"_value": code, "_ver": 1})));
    let own = item(1, "ns", json!({"auth-group": [{"auth": allowed}]}));
    let neighbours = Neighbours::new()
        .answers_ns("catalog/ext/test-org/setting/global", json!([item(1000374, "ns", setting)]))
        .answers_ns("catalog/model/auth/member", json!(rights.collect::<Vec<_>>()))
        .answers_ns(&format!("catalog/ext/test-org/setting/actor/pxr-root/actor_{ACTOR}"), json!([own]))
        .answers_item(BLOCK, block);
    let application = "catalog/ext/test-org/actor/app/actor_1000020/application";
    neighbours
        .nothing_in("catalog/model/auth/unknown")
        .nothing_in(&own_setting())
        .answers_item(ACTOR, item(ACTOR, "catalog/ext/test-org/actor/pxr-root", json!({})))
        .answers_item(APPLICATION, item(APPLICATION, application, json!({})))
        .answers_item(NO_APPLICATION, item(NO_APPLICATION, "catalog/model/format", json!({})))
        .answers_item(PROFILE, item(PROFILE, "catalog/ext/test-org/person/user-information", json!({})))
        .answers_item(YEAR, item(YEAR, "ns", json!({"input-pattern": "^[12][0-9]{3}$"})))
        .answers_item(PHONE, item(PHONE, "ns", json!({})))
        .refuses(ServiceName::Catalog, Method::GET, "/catalog/9/1", 400, Value::Null)
}

/// Where the actor of the block says whether its members need a second factor.
pub(crate) fn own_setting() -> String {
    format!("catalog/ext/test-org/setting/actor-own/pxr-root/actor_{ACTOR}")
}

pub(crate) fn item(code: i64, ns: &str, template: Value) -> Value {
    json!({"catalogItem": {"ns": ns, "name": "n", "_code": {"_value": code, "_ver": 1}, "inherit": null},
           "template": template})
}

pub(crate) trait Catalog {
    fn answers_item(self, code: i64, item: Value) -> Self;
    fn answers_ns(self, ns: &str, items: Value) -> Self;
    fn nothing_in(self, ns: &str) -> Self;
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
        self.answers(ServiceName::Catalog, Method::GET, &by_ns(ns), items)
    }

    fn nothing_in(self, ns: &str) -> Self {
        self.refuses(ServiceName::Catalog, Method::GET, &by_ns(ns), 404, Value::Null)
    }
}

fn by_ns(ns: &str) -> String {
    format!("/catalog/?ns={}", ns.replace('/', "%2F"))
}
