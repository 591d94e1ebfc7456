//! Catalog, books, operators and notices as the identity verification needs them.

use http::Method;
use serde_json::{Value, json};
use testkit::Neighbours;
use vocabulary::ServiceName;

pub(crate) const APP_ACTOR: i64 = 1000788;
pub(crate) const APP: i64 = 1000500;
pub(crate) const REGION_ACTOR: i64 = 1000781;
pub(crate) const REGION: i64 = 1000791;
/// A region that was closed.
pub(crate) const CLOSED: i64 = 1000792;
/// The block that a notice about a region goes to.
pub(crate) const REGION_BLOCK: i64 = 1000402;
/// An actor without a block.
pub(crate) const NEW_ACTOR: i64 = 1000799;
/// In the catalog under no item.
pub(crate) const UNKNOWN: i64 = 9;

/// Everybody answers, and says yes.
pub(crate) fn neighbours() -> Neighbours {
    let done = json!({"result": "success"});
    let says_yes = |neighbours: Neighbours, path: &str| {
        neighbours.answers(ServiceName::BookManage, Method::POST, path, done.clone())
    };
    let paths = [
        "/book-manage/cooperate/request",
        "/book-manage/cooperate/request/release",
        "/book-manage/cooperate/user",
    ];
    paths.into_iter().fold(without_books().books(json!([])), says_yes)
}

pub(crate) fn without_books() -> Neighbours {
    let app = "catalog/ext/test-org/actor/app";
    let region = "catalog/ext/test-org/actor/region-root";
    let block = |code: i64| json!({"main-block": {"_value": code, "_ver": 1}});
    Neighbours::new()
        .item(APP_ACTOR, app, block(1000403))
        .item(APP, &format!("{app}/actor_{APP_ACTOR}/application"), json!({}))
        .item(REGION_ACTOR, region, block(REGION_BLOCK))
        .item(REGION, &format!("{region}/actor_{REGION_ACTOR}/region"), json!({"status": "open"}))
        .item(CLOSED, &format!("{region}/actor_{REGION_ACTOR}/region"), json!({"status": "close"}))
        .item(NEW_ACTOR, app, json!({"main-block": null}))
        .refuses(ServiceName::Catalog, Method::GET, &format!("/catalog/{UNKNOWN}"), 204, Value::Null)
        .answers(ServiceName::Operator, Method::POST, "/operator/identifyCode", json!({"result": "success"}))
        .answers(ServiceName::Notification, Method::POST, "/notification", json!({"id": "1"}))
}

/// A book with one link.
pub(crate) fn linked(actor: i64, region: Option<i64>, app: Option<i64>, status: i64) -> Value {
    let code = |code: i64| json!({"_value": code, "_ver": 1});
    json!([{"pxrId": "pxr-1", "status": 0, "attributes": null, "userInformation": null, "cooperation": [{
        "actor": code(actor), "region": region.map(code), "app": app.map(code), "wf": null,
        "userId": "known-user", "startAt": null, "status": status,
    }]}])
}

pub(crate) trait World {
    fn item(self, code: i64, ns: &str, template: Value) -> Self;
    fn books(self, books: Value) -> Self;
}

impl World for Neighbours {
    fn item(self, code: i64, ns: &str, template: Value) -> Self {
        let item = json!({"catalogItem": {"ns": ns, "name": "n", "_code": {"_value": code, "_ver": 1}, "inherit": null},
                          "template": template});
        self.answers(ServiceName::Catalog, Method::GET, &format!("/catalog/{code}"), item)
    }

    fn books(self, books: Value) -> Self {
        self.answers(ServiceName::BookManage, Method::POST, "/book-manage/search", books)
    }
}
