//! An application block with a user, and neighbours that do what is expected of them.

use http::Method;
use platform::Ground;
use serde_json::{Value, json};
use testkit::{Bench, Database, Neighbours, Reply, application};
use vocabulary::{BlockKind, ServiceName, Session};

/// The application of `testkit::application`, and the actor of all tests.
pub(crate) const APP: i64 = 1000500;
pub(crate) const ACTOR: i64 = 1000431;
pub(crate) const BLOCK: i64 = 1000401;
/// Kinds of data.
pub(crate) const EVENT: i64 = 1000008;
pub(crate) const THING: i64 = 1000011;
pub(crate) const DOCUMENT: i64 = 1000007;

/// Where an application block asks the root.
const PROXY: &str = "/pxr-block-proxy";

pub(crate) fn neighbours() -> Neighbours {
    Neighbours::new()
        .answers(ServiceName::LocalCtoken, Method::POST, "/local-ctoken", json!({"result": "success"}))
        .at_root(Method::GET, &format!("/catalog/{ACTOR}"), 200, actor("app"))
}

/// The catalog's item of the tests' actor.
pub(crate) fn actor(kind: &str) -> Value {
    json!({"catalogItem": {"ns": format!("catalog/ext/test-org/actor/{kind}"), "name": "n",
                           "_code": {"_value": ACTOR, "_ver": 1}, "inherit": null},
           "template": {"main-block": {"_value": BLOCK, "_ver": 1}}})
}

pub(crate) trait Root {
    /// From now on the root answers so to what comes through the own proxy.
    fn at_root(self, method: Method, path: &str, status: u16, body: Value) -> Self;
}

impl Root for Neighbours {
    fn at_root(self, method: Method, path: &str, status: u16, body: Value) -> Self {
        let encoded = path.replace('/', "%2F").replace('?', "%3F").replace('=', "%3D").replace('&', "%26");
        let path = format!("{PROXY}/?from_path=%2Fbook-operate&block=$pxr-root-block&path={encoded}");
        self.refuses(ServiceName::BlockProxy, method, &path, status, body)
    }
}

/// A block with the user `u1` of the application.
pub(crate) async fn block(database: Database) -> Bench {
    block_with(database, neighbours()).await
}

pub(crate) async fn block_with(database: Database, neighbours: Neighbours) -> Bench {
    let bench = empty_block(database, neighbours, book_operate::Settings::default()).await;
    add_user(&bench, "u1", APP).await;
    bench
}

pub(crate) async fn empty_block(
    database: Database,
    neighbours: Neighbours,
    settings: book_operate::Settings,
) -> Bench {
    let router = move |ground: Ground| book_operate::router(ground, settings);
    let (kind, service) = (BlockKind::App, ServiceName::BookOperate);
    Bench::start_on::<book_operate::Migrator>(kind, service, database, neighbours, router).await
}

pub(crate) async fn add_user(bench: &Bench, user_id: &str, app: i64) {
    bench
        .execute(&format!(
            "insert into my_condition_book (user_id, actor_catalog_code, actor_catalog_version, app_catalog_code,
             app_catalog_version, open_start_at, created_by, updated_by)
             values ('{user_id}', {ACTOR}, 1, {app}, 1, '2026-01-01 00:00:00', 'test', 'test')"
        ))
        .await;
}

/// An application that has nothing to do with the tests' user.
pub(crate) fn other_application() -> Session {
    let mut operator = Value::Object(application().object().clone());
    operator["loginId"] = json!("app02");
    operator["roles"] = json!([{"_value": APP + 1, "_ver": 1}]);
    Session::from_json(operator).unwrap()
}

fn code(value: i64) -> Value {
    json!({"_value": value, "_ver": 1})
}

fn app_of(app: i64) -> Value {
    json!({"code": {"index": "3_5_1", "value": code(ACTOR)}, "app": {"index": "3_5_5", "value": code(app)}})
}

pub(crate) fn new_event() -> Value {
    json!({
        "id": {"index": "3_1_1", "value": null}, "code": {"index": "3_1_2", "value": code(EVENT)},
        "start": {"index": "3_2_1", "value": "2026-01-01T09:00:00.000+0900"},
        "end": {"index": "3_2_2", "value": null}, "location": {"index": "3_3_1", "value": "park"},
        "sourceId": "s1", "env": {"weather": "fine"}, "app": app_of(APP), "wf": null,
        "userId": {"index": "3_6_1", "value": "u1"}, "thing": null,
    })
}

pub(crate) fn new_thing() -> Value {
    json!({
        "_code": code(THING), "id": {"index": "4_1_1", "value": null},
        "code": {"index": "4_1_2", "value": code(THING)}, "sourceId": "t1", "env": null, "app": app_of(APP),
        "wf": null, "steps": {"index": "4_2_2_1", "value": 12.0}, "envelope": {"sample": true},
    })
}

pub(crate) fn new_document(chapters: Value) -> Value {
    json!({
        "id": {"index": "2_1_1", "value": null}, "code": {"index": "2_1_2", "value": code(DOCUMENT)},
        "createdAt": {"index": "2_2_1", "value": "2026-01-01T10:00:00.000+0900"}, "sourceId": "d1",
        "app": {"code": {"index": "2_3_1", "value": code(ACTOR)}, "app": {"index": "2_3_5", "value": code(APP)}},
        "wf": null, "userId": {"index": "2_4_1", "value": "u1"}, "chapter": chapters,
    })
}

pub(crate) async fn post(bench: &Bench, path: &str, body: Value) -> Reply {
    bench.post(path).session(&application()).json(body).send().await
}

pub(crate) async fn put(bench: &Bench, path: &str, body: Value) -> Reply {
    bench.put(path).session(&application()).json(body).send().await
}

pub(crate) async fn delete(bench: &Bench, path: &str) -> Reply {
    bench.delete(path).session(&application()).send().await
}

/// Stores something and gives its identifier.
pub(crate) async fn stored(bench: &Bench, path: &str, body: Value) -> String {
    let reply = post(bench, path, body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body["id"]["value"].as_str().unwrap().to_owned()
}

/// An event with a thing; gives their identifiers.
pub(crate) async fn event_with_thing(bench: &Bench) -> (String, String) {
    let event = stored(bench, "/book-operate/event/u1", new_event()).await;
    let thing = stored(bench, &format!("/book-operate/thing/u1/{event}"), new_thing()).await;
    (event, thing)
}

/// An item with its identifier, and some members replaced.
pub(crate) fn with(mut item: Value, id: &str, changes: Value) -> Value {
    item["id"]["value"] = json!(id);
    for (key, value) in changes.as_object().into_iter().flatten() {
        item[key] = value.clone();
    }
    item
}

/// What local-ctoken was told, one after the other.
pub(crate) fn told(bench: &Bench) -> Vec<Value> {
    let asked = bench.neighbours.asked();
    let told = asked.into_iter().filter(|asked| asked.service == Some(ServiceName::LocalCtoken));
    told.map(|asked| asked.body).collect()
}

/// Another database of the same kind.
pub(crate) async fn another(like: &Database) -> Option<Database> {
    match like.url {
        platform::StoreUrl::Sqlite(_) => Some(Database::sqlite()),
        platform::StoreUrl::Postgres(_) => Database::postgres().await,
    }
}
