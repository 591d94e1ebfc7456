//! What residents agree to, and what follows from it.

mod access_log;
mod agree;
mod audit;
mod ctoken;
mod notificate;
mod output;
mod permission_share;
mod permission_store;
mod reminders;
mod settings;
mod share_temp;
mod store_event;

use http::Method;
use serde_json::{Value, json};
use testkit::{Bench, Database, Neighbours, Reply, application, of_actor, resident};
use vocabulary::{ServiceName, Session};

use super::{books_with, given_application_link, given_book, post};
use crate::stand_ins::{Catalog, item};

/// An actor whose application stores, and one whose application receives.
const STORING: i64 = 401;
const STORING_APP: i64 = 501;
const STORE: i64 = 701;
const RECEIVING: i64 = 402;
const RECEIVING_APP: i64 = 502;
const SHARE: i64 = 702;

const DOCUMENT: i64 = 10;
const EVENT: i64 = 20;
const THING: i64 = 30;
const OTHER_THING: i64 = 31;
const LONE_THING: i64 = 32;

fn code(value: i64) -> Value {
    json!({"_value": value, "_ver": 1})
}

fn wanted(value: i64, sources: Value) -> Value {
    json!({"code": code(value), "requireConsent": true, "sourceActor": sources})
}

/// One element with a document, an event of two things, and a thing alone.
fn element(id: &str, sources: &Value) -> Value {
    let mut event = wanted(EVENT, sources.clone());
    event["thing"] = json!([wanted(THING, Value::Null), wanted(OTHER_THING, Value::Null)]);
    let (document, thing) = (wanted(DOCUMENT, sources.clone()), wanted(LONE_THING, sources.clone()));
    json!({"id": id, "role": null, "document": [document], "event": [event], "thing": [thing]})
}

const ELEMENT: &str = "5ef1b0a4-3f4e-4e0f-8d5c-0a0b0c0d0e0f";

fn version(code: i64, ver: i64, template: Value) -> Value {
    let actor = if code == STORE { STORING } else { RECEIVING };
    let ns = format!("catalog/ext/test-org/actor/app/actor_{actor}/definition");
    let mut version = item(code, &ns, template);
    version["catalogItem"]["_code"]["_ver"] = json!(ver);
    version
}

fn restrictions_ns(actor: i64) -> String {
    format!("/catalog/?ns=catalog%2Fext%2Ftest-org%2Factor%2Fapp%2Factor_{actor}%2Fsharing-restriction")
}

/// A catalog with both actors; data of any actor may be shared.
fn catalog() -> Neighbours {
    catalog_with(Value::Null)
}

/// The same, the share definition limited to certain sources.
fn catalog_with(sources: Value) -> Neighbours {
    let actor = "catalog/ext/test-org/actor/app";
    let application = |actor: i64| format!("catalog/ext/test-org/actor/app/actor_{actor}/application");
    let storing = json!({"application": [code(STORING_APP)], "main-block": code(9001)});
    let receiving = json!({"application": [code(RECEIVING_APP)], "main-block": code(9002)});
    let store = json!({"store": [element(ELEMENT, &Value::Null)]});
    let share = json!({"share": [element(ELEMENT, &sources)]});
    let nothing = |neighbours: Neighbours, path: &str| {
        neighbours.refuses(ServiceName::Catalog, Method::GET, path, 404, Value::Null)
    };
    let neighbours = crate::stand_ins::catalog()
        .answers_item(STORING, item(STORING, actor, storing))
        .answers_item(RECEIVING, item(RECEIVING, actor, receiving))
        .answers_item(STORING_APP, item(STORING_APP, &application(STORING), json!({"store": [code(STORE)]})))
        .answers_item(
            RECEIVING_APP,
            item(
                RECEIVING_APP,
                &application(RECEIVING),
                json!({"share": [code(SHARE)], "region-alliance": [code(601)]}),
            ),
        )
        .answers_item(STORE, version(STORE, 1, store.clone()))
        .answers_item(SHARE, version(SHARE, 1, share.clone()))
        .history(STORE, json!([version(STORE, 1, store)]))
        .history(SHARE, json!([version(SHARE, 1, share)]))
        .answers(ServiceName::BlockProxy, Method::GET, "/nothing", json!({}))
        .answers(ServiceName::CtokenLedger, Method::GET, "/nothing", json!({}));
    nothing(nothing(neighbours, &restrictions_ns(STORING)), &restrictions_ns(RECEIVING))
}

trait History {
    fn history(self, code: i64, versions: Value) -> Self;
}

impl History for Neighbours {
    fn history(self, code: i64, versions: Value) -> Self {
        self.answers(ServiceName::Catalog, Method::GET, &format!("/catalog/history/{code}"), versions)
    }
}

/// The service with two residents, both linked to both applications: `pxr-1` as `s1` and `r1`, `pxr-2` as `s2`, `r2`.
async fn residents(database: Database) -> Bench {
    residents_with(database, catalog()).await
}

async fn residents_with(database: Database, neighbours: Neighbours) -> Bench {
    let bench = books_with(database, neighbours).await;
    for number in 1..=2 {
        let book = given_book(&bench, &format!("pxr-{number}")).await;
        given_application_link(&bench, book, STORING, STORING_APP, &format!("s{number}"), 1).await;
        given_application_link(&bench, book, RECEIVING, RECEIVING_APP, &format!("r{number}"), 1).await;
    }
    bench
}

/// An application of one of the actors.
fn application_of(actor: i64) -> Session {
    of_actor(&application(), actor)
}

fn store_wish() -> Value {
    json!({"actor": code(STORING), "app": code(STORING_APP), "store": code(STORE), "storeCatalogId": ELEMENT})
}

fn share_wish() -> Value {
    json!({"actor": code(RECEIVING), "app": code(RECEIVING_APP), "share": code(SHARE), "shareCatalogId": ELEMENT})
}

async fn agree_to_store(bench: &Bench, who: &str, wish: Value) -> Reply {
    post(bench, &resident(who), "/book-manage/settings/store", wish).await
}

async fn agree_to_share(bench: &Bench, who: &str, wish: Value) -> Reply {
    post(bench, &resident(who), "/book-manage/setting/share", wish).await
}

/// The id of the resident's agreement of that kind.
async fn agreement(bench: &Bench, who: &str, kind: &str) -> i64 {
    let from = format!(
        "data_operation o join my_condition_book b on b.id = o.book_id where b.pxr_id = '{who}' and o.type = '{kind}'"
    );
    bench.text("o.id", &from).await.parse().unwrap()
}
