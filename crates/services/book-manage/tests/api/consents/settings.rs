//! Reading what is permitted.

use http::Method;
use serde_json::{Value, json};
use testkit::{Bench, Database, Reply, member, of_actor, on_both_databases, resident};
use vocabulary::ServiceName;

use super::*;
use crate::{get, stand_ins::item};

async fn both(database: Database) -> Bench {
    let bench = residents(database).await;
    let mut wish = store_wish();
    wish["excludeEvent"] = json!([{"code": code(EVENT), "excludeThing": [{"code": code(OTHER_THING)}]}]);
    assert_eq!(agree_to_store(&bench, "pxr-1", wish).await.status, 200);
    assert_eq!(agree_to_share(&bench, "pxr-1", share_wish()).await.status, 200);
    bench
}

async fn stored(bench: &Bench, session: &Session, query: &str) -> Reply {
    get(bench, session, &format!("/book-manage/settings/store/{query}")).await
}

async fn shared(bench: &Bench, session: &Session, query: &str) -> Reply {
    get(bench, session, &format!("/book-manage/setting/share{query}")).await
}

on_both_databases! {
    async fn a_resident_sees_what_may_be_stored(database: Database) {
        let bench = both(database).await;
        let reply = stored(&bench, &resident("pxr-1"), "anything").await;
        let id = agreement(&bench, "pxr-1", "store").await;
        // Things alone are not stored, and excluded ones are not shown.
        let expected = json!([{"id": id, "actor": code(STORING), "app": code(STORING_APP), "wf": null, "store": code(STORE),
            "storeCatalogId": ELEMENT, "document": [{"_code": code(DOCUMENT)}],
            "event": [{"_code": code(EVENT), "thing": [{"_code": code(THING)}]}], "thing": null}]);
        assert_eq!((reply.status, reply.body), (200, expected));
        let keys = ["id", "actor", "app", "wf", "store", "storeCatalogId", "document", "event", "thing"];
        let reply = stored(&bench, &resident("pxr-1"), "x?app=501").await;
        assert_eq!(reply.body[0].as_object().unwrap().keys().collect::<Vec<_>>(), keys);
    }

    async fn a_resident_sees_what_may_be_shared(database: Database) {
        let bench = both(database).await;
        let reply = shared(&bench, &resident("pxr-1"), "?app=502").await;
        let id = agreement(&bench, "pxr-1", "share").await;
        let things = json!([{"_code": code(THING)}, {"_code": code(OTHER_THING)}]);
        let expected = json!([{"id": id, "actor": code(RECEIVING), "app": code(RECEIVING_APP), "wf": null, "share": code(SHARE),
            "shareCatalogId": ELEMENT, "document": [{"_code": code(DOCUMENT)}],
            "event": [{"_code": code(EVENT), "thing": things}], "thing": [{"_code": code(LONE_THING)}]}]);
        assert_eq!((reply.status, &reply.body), (200, &expected));
        let old = get(&bench, &resident("pxr-1"), "/book-manage/ind/setting/share").await;
        assert_eq!(old.body, expected);
    }

    async fn a_resident_sees_nothing_of_another(database: Database) {
        let bench = both(database).await;
        let reply = stored(&bench, &resident("pxr-2"), "s1?app=501").await;
        assert_eq!((reply.status, reply.body), (200, json!([])));
        assert_eq!(shared(&bench, &resident("pxr-2"), "?id=r1&app=502").await.status, 204);
        assert_eq!(stored(&bench, &resident("pxr-9"), "s1").await.status, 401);
        assert_eq!(shared(&bench, &resident("pxr-9"), "").await.status, 401);
        // Linked to nothing.
        bench.execute("update user_id_cooperate set is_disabled = true where user_id like '%2'").await;
        assert_eq!(stored(&bench, &resident("pxr-2"), "s1").await.status, 400);
        assert_eq!(shared(&bench, &resident("pxr-2"), "").await.status, 400);
    }

    async fn an_actor_sees_its_own_users_only(database: Database) {
        let bench = both(database).await;
        for session in [application_of(STORING), of_actor(&member(), STORING)] {
            assert_eq!(stored(&bench, &session, "s1?app=501").await.body[0]["storeCatalogId"], ELEMENT);
            assert_eq!(stored(&bench, &session, "s2?app=501").await.body, json!([]));
            assert_eq!(stored(&bench, &session, "s1?app=502").await.status, 400);
            assert_eq!(stored(&bench, &session, "s1").await.status, 400);
            assert_eq!(stored(&bench, &session, "nobody?app=501").await.status, 401);
            assert_eq!(stored(&bench, &session, "r1?app=502&actorCode=402").await.status, 401);
            assert_eq!(shared(&bench, &session, "?id=r1&app=502&actor=402").await.status, 401);
        }
        let session = application_of(RECEIVING);
        assert_eq!(shared(&bench, &session, "?id=r1&app=502").await.body[0]["shareCatalogId"], ELEMENT);
        assert_eq!(shared(&bench, &session, "?id=r2&app=502").await.status, 204);
        assert_eq!(shared(&bench, &session, "").await.status, 400);
        assert_eq!(get(&bench, &session, "/book-manage/ind/setting/share?id=r1&app=502").await.status, 401);
    }

    async fn the_root_and_regions_see_users_of_other_actors(database: Database) {
        let bench = both(database).await;
        assert_eq!(stored(&bench, &member(), "s1?app=501&actorCode=401").await.status, 200);
        let trader = item(400, "catalog/ext/test-org/actor/data-trader", json!({}));
        drop(bench.neighbours.clone().answers(ServiceName::Catalog, Method::GET, "/catalog/400", trader));
        assert_eq!(stored(&bench, &of_actor(&member(), 400), "s1?app=501&actorCode=401").await.status, 401);
        let region = item(400, "catalog/ext/test-org/actor/region-root", json!({}));
        drop(bench.neighbours.clone().answers(ServiceName::Catalog, Method::GET, "/catalog/400", region));
        assert_eq!(stored(&bench, &of_actor(&member(), 400), "s1?app=501&actorCode=401").await.status, 200);
        assert_eq!(stored(&bench, &application_of(400), "s1?app=501&actorCode=401").await.status, 401);
        // A region has no settings of its own.
        assert_eq!(stored(&bench, &of_actor(&member(), 400), "s1?app=501").await.status, 401);
    }

    async fn bad_parameters_are_named(database: Database) {
        let bench = both(database).await;
        let session = application_of(STORING);
        let reply = stored(&bench, &session, "s1?app=x&actorCode=y&wf=1").await;
        assert_eq!((reply.status, reply.refused_fields()), (400, vec!["app", "actorCode", "wf"]));
        assert_eq!(shared(&bench, &session, "?id=s1").await.refused_fields(), ["app"]);
        assert_eq!(shared(&bench, &session, "?id=&app=1").await.refused_fields(), ["id"]);
        assert_eq!(bench.get("/book-manage/settings/store/s1").send().await.status, 401);
    }

    async fn settings_go_as_far_as_the_definition_grew_without_new_consent(database: Database) {
        let bench = both(database).await;
        let first = element(ELEMENT, &Value::Null);
        let free = json!({"id": "b", "event": [{"code": code(21), "requireConsent": false, "thing": [{"code": code(33)}]}]});
        let bound = json!({"id": "c", "document": [{"code": code(11), "requireConsent": true}]});
        let versions = json!([
            version(STORE, 1, json!({"store": [first]})),
            version(STORE, 2, json!({"store": [first, free]})),
            version(STORE, 3, json!({"store": [first, free, bound]})),
        ]);
        drop(bench.neighbours.clone().history(STORE, versions));
        let reply = stored(&bench, &resident("pxr-1"), "x").await;
        assert_eq!(reply.body[0]["store"], json!({"_value": STORE, "_ver": 2}));
        assert_eq!(reply.body.as_array().unwrap().len(), 1, "what was added was never agreed to");
    }

    async fn a_definition_that_the_catalog_lost_permits_nothing(database: Database) {
        let bench = both(database).await;
        let lost = bench.neighbours.clone();
        drop(lost.refuses(ServiceName::Catalog, Method::GET, "/catalog/history/701", 404, Value::Null));
        assert_eq!(stored(&bench, &resident("pxr-1"), "x").await.body, json!([]));
        drop(bench.neighbours.clone().refuses(ServiceName::Catalog, Method::GET, "/catalog/history/701", 500, Value::Null));
        assert_eq!(stored(&bench, &resident("pxr-1"), "x").await.status, 503);
    }
}
