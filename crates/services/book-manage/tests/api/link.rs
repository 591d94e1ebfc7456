//! Links between residents and those who serve them.

use serde_json::{Value, json};
use testkit::{Bench, Reply, application, individual, member, of_actor, on_both_databases, resident};

use crate::{
    books, books_with, get, given_application_link, given_book, given_region_link, post,
    stand_ins::{APP, OPERATOR, PROVIDER, REGION, catalog, collates},
};

const REQUEST: &str = "/book-manage/cooperate/request";
const USER: &str = "/book-manage/cooperate/user";
const END: &str = "/book-manage/cooperate/request/release";
const LINK: &str = "/book-manage/cooperate";
const RELEASE: &str = "/book-manage/cooperate/release";

fn app(pxr_id: Option<&str>, user_id: Option<&str>) -> Value {
    json!({"pxrId": pxr_id, "actor": {"_value": PROVIDER, "_ver": 1}, "app": {"_value": APP, "_ver": 1},
           "region": null, "wf": null, "userId": user_id})
}

fn region(pxr_id: Option<&str>, user_id: Option<&str>) -> Value {
    json!({"pxrId": pxr_id, "actor": {"_value": OPERATOR, "_ver": "1"}, "region": {"_value": REGION, "_ver": 1},
           "userId": user_id})
}

fn code(pxr_id: &str, user_id: Option<&str>) -> Value {
    json!({"pxrId": pxr_id, "userId": user_id, "actor": {"_value": PROVIDER, "_ver": 1},
           "app": {"_value": APP.to_string(), "_ver": "1"}})
}

async fn present(bench: &Bench, session: &vocabulary::Session, path: &str) -> Reply {
    post(bench, session, path, json!({"identifyCode": "c"})).await
}

async fn status(bench: &Bench) -> String {
    bench.text("status", "user_id_cooperate order by id").await
}

on_both_databases! {
    async fn a_link_is_requested_named_made_and_released(database: Database) {
        let bench = books_with(database, collates(catalog(), code("pxr-1", Some("u1")))).await;
        let book = given_book(&bench, "pxr-1").await;
        let provider = of_actor(&member(), PROVIDER);

        let requested = post(&bench, &individual(), REQUEST, app(None, None)).await;
        let expected = json!({"pxrId": "pxr-1", "actor": {"_value": PROVIDER, "_ver": 1},
                              "app": {"_value": APP, "_ver": 1}, "status": 0});
        assert_eq!((requested.status, requested.body), (200, expected));

        let named = post(&bench, &of_actor(&application(), PROVIDER), USER, app(Some("pxr-1"), Some("u1"))).await;
        assert_eq!((named.status, &named.body["userId"]), (200, &json!("u1")));

        let linked = present(&bench, &individual(), LINK).await;
        assert_eq!(linked.status, 200);
        assert_eq!((&linked.body["status"], &linked.body["startAt"]), (&json!(1), &json!("2026-01-02T03:04:05.678+0900")));
        assert_eq!(present(&bench, &individual(), LINK).await.status, 400);

        assert_eq!(present(&bench, &provider, RELEASE).await.status, 400);
        let ending = post(&bench, &individual(), END, app(None, None)).await;
        assert_eq!((ending.status, &ending.body["status"]), (200, &json!(2)));
        let released = present(&bench, &provider, RELEASE).await;
        let expected = json!({"actor": {"_value": PROVIDER, "_ver": 1}, "app": {"_value": APP, "_ver": 1}, "userId": "u1"});
        assert_eq!((released.status, released.body), (200, expected));
        assert_eq!(bench.count(&format!("user_id_cooperate where is_disabled and book_id = {book}")).await, 1);
        assert_eq!(present(&bench, &provider, RELEASE).await.status, 404);
    }

    async fn a_resident_acts_in_the_own_book_only(database: Database) {
        let bench = books_with(database, collates(catalog(), code("pxr-1", Some("u1")))).await;
        let book = given_book(&bench, "pxr-1").await;
        given_book(&bench, "pxr-2").await;
        given_application_link(&bench, book, PROVIDER, APP, "u1", 0).await;
        let stranger = resident("pxr-2");
        for path in [REQUEST, END] {
            assert_eq!(post(&bench, &stranger, path, app(Some("pxr-1"), None)).await.status, 400);
        }
        assert_eq!(post(&bench, &stranger, END, app(None, None)).await.status, 400);
        assert_eq!(post(&bench, &stranger, USER, app(Some("pxr-1"), Some("mine"))).await.status, 401);
        assert_eq!(present(&bench, &stranger, LINK).await.status, 401);
        assert_eq!(present(&bench, &stranger, "/book-manage/ind/cooperate").await.status, 401);
        assert_eq!(get(&bench, &stranger, LINK).await.status, 404);
        assert_eq!(status(&bench).await, "0");
        assert_eq!(bench.text("user_id", "user_id_cooperate").await, "u1");
    }

    async fn an_actor_acts_for_itself_only(database: Database) {
        let bench = books_with(database, collates(catalog(), code("pxr-1", Some("u1")))).await;
        let book = given_book(&bench, "pxr-1").await;
        let other = of_actor(&member(), OPERATOR);
        assert_eq!(post(&bench, &other, REQUEST, app(Some("pxr-1"), None)).await.status, 401);
        given_application_link(&bench, book, PROVIDER, APP, "u1", 0).await;
        let other_app = of_actor(&application(), OPERATOR);
        assert_eq!(post(&bench, &other_app, USER, app(Some("pxr-1"), Some("x"))).await.status, 401);
        for session in [&other, &other_app] {
            assert_eq!(present(&bench, session, LINK).await.status, 401);
        }
        assert_eq!(post(&bench, &application(), REQUEST, app(Some("pxr-1"), None)).await.status, 401);
        bench.execute("update user_id_cooperate set status = 1").await;
        assert_eq!(post(&bench, &other, END, app(Some("pxr-1"), None)).await.status, 401);
        bench.execute("update user_id_cooperate set status = 2").await;
        assert_eq!(present(&bench, &other, RELEASE).await.status, 400);
        for session in [individual(), application()] {
            assert_eq!(present(&bench, &session, RELEASE).await.status, 401);
        }
        assert_eq!(status(&bench).await, "2");
        assert_eq!(bench.count("user_id_cooperate where is_disabled").await, 0);
    }

    async fn a_partner_is_linked_once_and_a_user_id_is_used_once_for_ever(database: Database) {
        let bench = books(database).await;
        let book = given_book(&bench, "pxr-1").await;
        given_book(&bench, "pxr-2").await;
        given_application_link(&bench, book, PROVIDER, APP, "u1", 1).await;
        assert_eq!(post(&bench, &individual(), REQUEST, app(None, None)).await.status, 400);
        bench.execute("update user_id_cooperate set is_disabled = true").await;
        assert_eq!(post(&bench, &individual(), REQUEST, app(None, Some("u1"))).await.status, 400);
        let provider = of_actor(&member(), PROVIDER);
        assert_eq!(post(&bench, &provider, REQUEST, app(Some("pxr-2"), Some("u1"))).await.status, 400);
        assert_eq!(post(&bench, &provider, REQUEST, app(Some("pxr-2"), Some("u2"))).await.status, 200);
        assert_eq!(post(&bench, &individual(), REQUEST, app(None, None)).await.status, 200);
        assert_eq!(post(&bench, &individual(), USER, app(Some("pxr-1"), Some("u2"))).await.status, 400);
        for _ in 0..2 {
            assert_eq!(post(&bench, &individual(), USER, app(Some("pxr-1"), Some("u3"))).await.status, 200);
        }
        bench.execute("update user_id_cooperate set status = 1").await;
        assert_eq!(post(&bench, &individual(), USER, app(Some("pxr-1"), Some("u4"))).await.status, 400);
        assert_eq!(post(&bench, &individual(), USER, app(Some("pxr-1"), Some("u3"))).await.status, 200);
    }

    async fn of_several_at_once_exactly_one_links(database: Database) {
        let bench = books_with(database, collates(catalog(), code("pxr-1", None))).await;
        given_book(&bench, "pxr-1").await;
        let resident = individual();
        let ask = || post(&bench, &resident, REQUEST, app(None, None));
        let (a, b, c) = tokio::join!(ask(), ask(), ask());
        let mut statuses = [a.status, b.status, c.status];
        statuses.sort_unstable();
        assert_eq!((statuses, bench.count("user_id_cooperate").await), ([200, 400, 400], 1));

        let link = || present(&bench, &resident, LINK);
        let (a, b, c) = tokio::join!(link(), link(), link());
        let mut statuses = [a.status, b.status, c.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400, 400]);

        assert_eq!(post(&bench, &resident, END, app(None, None)).await.status, 200);
        let provider = of_actor(&member(), PROVIDER);
        let release = || present(&bench, &provider, RELEASE);
        let (a, b, c) = tokio::join!(release(), release(), release());
        let mut statuses = [a.status, b.status, c.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 404, 404]);
    }

    async fn of_two_residents_with_the_same_user_id_at_once_exactly_one_gets_it(database: Database) {
        let bench = books(database).await;
        given_book(&bench, "pxr-1").await;
        given_book(&bench, "pxr-2").await;
        let member = member();
        let ask = |pxr_id| post(&bench, &member, REQUEST, app(Some(pxr_id), Some("u1")));
        let (a, b) = tokio::join!(ask("pxr-1"), ask("pxr-2"));
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400]);
    }

    async fn only_a_link_that_stands_can_be_ended(database: Database) {
        let bench = books(database).await;
        let book = given_book(&bench, "pxr-1").await;
        assert_eq!(post(&bench, &individual(), END, region(None, None)).await.status, 400);
        given_region_link(&bench, book, OPERATOR, REGION, "u1", 0).await;
        assert_eq!(post(&bench, &individual(), END, region(None, None)).await.status, 400);
        for status in [1, 2, 3] {
            bench.execute(&format!("update user_id_cooperate set status = {status}")).await;
            assert_eq!(post(&bench, &individual(), END, region(None, None)).await.status, 200);
            assert_eq!(bench.text("status", "user_id_cooperate").await, "2");
        }
        assert_eq!(post(&bench, &resident("pxr-9"), END, region(None, None)).await.status, 404);
        assert_eq!(post(&bench, &resident("pxr-9"), REQUEST, region(None, None)).await.status, 404);
    }

    async fn a_code_of_nobody_is_passed_on_with_its_reason(database: Database) {
        let neighbours = catalog().refuses(
            vocabulary::ServiceName::IdentityVerificate, http::Method::POST, "/identity-verificate/collate", 400,
            json!({"status": 400, "message": "expired"}));
        let bench = books_with(database, neighbours).await;
        let reply = present(&bench, &individual(), LINK).await;
        assert_eq!((reply.status, &reply.body["message"]), (400, &json!("expired")));
        for body in [json!({}), json!([]), json!({"identifyCode": ""}), json!({"identifyCode": 1})] {
            for path in [LINK, RELEASE] {
                assert_eq!(post(&bench, &member(), path, body.clone()).await.status, 400);
            }
        }
        assert_eq!(present(&bench, &member(), "/book-manage/ind/cooperate").await.status, 401);
    }

    async fn a_release_ends_what_was_agreed_with_the_application(database: Database) {
        let bench = books_with(database, collates(catalog(), code("pxr-1", Some("u1")))).await;
        let book = given_book(&bench, "pxr-1").await;
        given_application_link(&bench, book, PROVIDER, APP, "u1", 2).await;
        for (operation, application) in [(5, APP), (6, 9)] {
            bench.execute(&format!(
                "insert into data_operation (book_id, type, operation_catalog_code, actor_catalog_code, actor_catalog_version, \
                 app_catalog_code, app_catalog_version, created_by, updated_by) \
                 values ({book}, 'store', {operation}, {PROVIDER}, 1, {application}, 1, 'test', 'test')")).await;
            bench.execute(&format!(
                "insert into data_operation_data_type (data_operation_id, created_by, updated_by) \
                 select id, 'test', 'test' from data_operation where operation_catalog_code = {operation}")).await;
        }
        assert_eq!(present(&bench, &of_actor(&member(), PROVIDER), RELEASE).await.status, 200);
        assert_eq!(bench.texts("operation_catalog_code", "data_operation where is_disabled").await, ["5"]);
        assert_eq!(bench.count("data_operation_data_type where is_disabled").await, 1);
    }

    async fn a_resident_sees_the_own_links_in_newest_versions(database: Database) {
        let bench = books(database).await;
        let book = given_book(&bench, "pxr-1").await;
        assert_eq!(get(&bench, &individual(), LINK).await.status, 404);
        given_application_link(&bench, book, PROVIDER, APP, "u1", 1).await;
        given_region_link(&bench, book, OPERATOR, REGION, "u2", 0).await;
        let reply = get(&bench, &individual(), LINK).await;
        let expected = json!([
            {"actor": {"_value": PROVIDER, "_ver": 1}, "app": {"_value": APP, "_ver": 3}, "userId": "u1", "startAt": null, "status": 1},
            {"actor": {"_value": OPERATOR, "_ver": 1}, "region": {"_value": REGION, "_ver": 3}, "userId": "u2", "startAt": null, "status": 0},
        ]);
        assert_eq!((reply.status, reply.body), (200, expected));
        for session in [member(), application()] {
            assert_eq!(get(&bench, &session, LINK).await.status, 401);
        }
    }

    async fn a_partner_is_exactly_one_of_region_and_application(database: Database) {
        let bench = books(database).await;
        given_book(&bench, "pxr-1").await;
        let with = |change: fn(&mut Value)| {
            let mut body = app(Some("pxr-1"), Some("u1"));
            change(&mut body);
            body
        };
        for body in [
            json!({}),
            json!([]),
            with(|body| body["app"] = Value::Null),
            with(|body| body["region"] = json!({"_value": 1, "_ver": 1})),
            with(|body| body["wf"] = json!({"_value": 1, "_ver": 1})),
            with(|body| body["actor"] = Value::Null),
            with(|body| body["actor"]["_ver"] = json!("x")),
            with(|body| body["userId"] = json!(5)),
            with(|body| body["userId"] = json!("x".repeat(256))),
            with(|body| body["pxrId"] = json!({"a": 1})),
        ] {
            for path in [REQUEST, END, USER] {
                let reply = post(&bench, &member(), path, body.clone()).await;
                assert_eq!(reply.status, 400, "{path} {body}");
            }
        }
        assert_eq!(post(&bench, &member(), REQUEST, app(None, None)).await.status, 400);
        assert_eq!(post(&bench, &member(), USER, with(|body| body["actor"]["_value"] = json!("1"))).await.status, 400);
        assert_eq!(bench.count("user_id_cooperate").await, 0);
    }
}
