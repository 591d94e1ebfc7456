//! Finding books.

use serde_json::{Value, json};
use testkit::{Bench, Database, application, individual, member, of_actor, on_both_databases, resident};

use crate::{
    books_with, given_application_link, given_book, given_region_link, post,
    stand_ins::{APP, OPERATOR, Operators, PROVIDER, REGION, catalog},
};

const BOOKS: &str = "/book-manage/search";
const USER: &str = "/book-manage/search/user";
const LINKED: &str = "/book-manage/search/cooperate";

/// Three residents: one with an application and a region, one with the application, one with nothing.
async fn three(database: Database) -> Bench {
    let operators = Operators::default();
    for pxr_id in ["pxr-1", "pxr-2", "pxr-3"] {
        operators.given(pxr_id);
    }
    let bench = books_with(database, operators.join(catalog())).await;
    let one = given_book(&bench, "pxr-1").await;
    let two = given_book(&bench, "pxr-2").await;
    given_book(&bench, "pxr-3").await;
    given_application_link(&bench, one, PROVIDER, APP, "u1", 1).await;
    given_region_link(&bench, one, OPERATOR, REGION, "r1", 1).await;
    given_application_link(&bench, two, PROVIDER, APP, "u2", 1).await;
    bench.execute("update user_id_cooperate set start_at = '2026-01-01 00:00:00'").await;
    bench.execute("update my_condition_book set created_at = '2025-12-31 15:00:00'").await;
    bench
}

fn ids(found: &Value) -> Vec<&str> {
    found.as_array().into_iter().flatten().filter_map(|book| book["pxrId"].as_str()).collect()
}

on_both_databases! {
    async fn a_member_of_the_root_finds_books_with_links_and_profiles(database: Database) {
        let bench = three(database).await;
        let reply = post(&bench, &member(), BOOKS, json!({"pxrId": ["pxr-1", "pxr-3"], "createdAt": null})).await;
        assert_eq!(reply.status, 200);
        let link = |actor: i64, region: Value, app: Value, user: &str| {
            json!({"actor": {"_value": actor, "_ver": 1}, "region": region, "app": app, "wf": null, "userId": user,
                   "startAt": "2026-01-01T09:00:00.000+0900", "status": 1})
        };
        let expected = json!([
            {"pxrId": "pxr-1", "status": 0, "attributes": null, "cooperation": [
                link(PROVIDER, Value::Null, json!({"_value": APP, "_ver": 1}), "u1"),
                link(OPERATOR, json!({"_value": REGION, "_ver": 1}), Value::Null, "r1"),
            ], "userInformation": {"name": "pxr-1"}},
            {"pxrId": "pxr-3", "status": 0, "attributes": null, "cooperation": null, "userInformation": {"name": "pxr-3"}},
        ]);
        assert_eq!(reply.body, expected);
        assert_eq!(post(&bench, &member(), BOOKS, json!({"pxrId": ["pxr-9"]})).await.status, 204);
    }

    async fn pages_are_cut_over_the_books_that_count(database: Database) {
        let bench = three(database).await;
        let page = async |body: Value| {
            let reply = post(&bench, &member(), BOOKS, body).await;
            ids(&reply.body).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(page(json!({"offset": 1, "limit": 5})).await, ["pxr-2", "pxr-3"]);
        assert_eq!(page(json!({"actor": PROVIDER, "offset": 1, "limit": 5})).await, ["pxr-2"]);
        assert_eq!(page(json!({"actor": OPERATOR, "offset": 0, "limit": 5})).await, ["pxr-1"]);
        let at = |start: &str, end: &str| json!({"createdAt": {"start": start, "end": end}, "offset": 0, "limit": 9});
        assert_eq!(page(at("2026-01-01T00:00:00.000+0900", "2026-01-01T00:00:00.000+09:00")).await.len(), 3);
        assert_eq!(page(at("2026-01-01T00:00:00.001+0900", "2026-01-02T00:00:00.000Z")).await.len(), 0);
        bench.execute("update my_condition_book set is_disabled = true where pxr_id = 'pxr-3'").await;
        assert_eq!(page(json!({"pxrId": ["pxr-3"]})).await.len(), 0);
        let closed = post(&bench, &member(), "/book-manage/search?disableFlg=1", json!({"pxrId": ["pxr-3"]})).await;
        assert_eq!(closed.status, 200);
    }

    async fn links_made_since_then_are_paged_by_link(database: Database) {
        let bench = three(database).await;
        bench.execute("update user_id_cooperate set start_at = '2026-01-02 00:00:00' where user_id = 'r1'").await;
        let page = |offset: i64| json!({"pxrId": null, "createdAt": null, "coopStartAt": "2026-01-01T00:00:00.000Z",
                                        "limit": 2, "offset": offset});
        let first = post(&bench, &member(), BOOKS, page(0)).await.body;
        assert_eq!(ids(&first), ["pxr-1", "pxr-2"]);
        let second = post(&bench, &member(), BOOKS, page(2)).await.body;
        assert_eq!((ids(&second), &second[0]["cooperation"][0]["userId"]), (vec!["pxr-1"], &json!("r1")));
        assert_eq!(post(&bench, &member(), BOOKS, page(3)).await.status, 204);
    }

    async fn released_links_are_shown_when_asked_for(database: Database) {
        let bench = three(database).await;
        bench.execute("update user_id_cooperate set is_disabled = true").await;
        let body = json!({"pxrId": ["pxr-2"]});
        assert_eq!(post(&bench, &member(), BOOKS, body).await.body[0]["cooperation"], Value::Null);
        let body = json!({"pxrId": ["pxr-2"], "includeDeleteCoop": true});
        assert_eq!(post(&bench, &member(), BOOKS, body).await.body[0]["cooperation"][0]["userId"], "u2");
        assert_eq!(post(&bench, &member(), USER, json!({"userId": "u2"})).await.status, 204);
        let path = "/book-manage/search/user?disableFlg=1&includeDeleteCoop=1";
        assert_eq!(post(&bench, &member(), path, json!({"userId": "u2"})).await.body["pxrId"], "pxr-2");
    }

    async fn a_resident_finds_nobody_else(database: Database) {
        let bench = three(database).await;
        let own = post(&bench, &individual(), BOOKS, json!({"pxrId": ["pxr-1"]})).await;
        assert_eq!(ids(&own.body), ["pxr-1"]);
        for body in [json!({"pxrId": ["pxr-2"]}), json!({"pxrId": ["pxr-1", "pxr-2"]}), json!({"offset": 0, "limit": 9})] {
            assert_eq!(post(&bench, &individual(), BOOKS, body).await.status, 401);
        }
        assert_eq!(post(&bench, &individual(), USER, json!({"userId": "u1"})).await.status, 200);
        assert_eq!(post(&bench, &individual(), USER, json!({"userId": "u2"})).await.status, 204);
        assert_eq!(post(&bench, &individual(), LINKED, json!({"actor": PROVIDER})).await.status, 401);
        assert_eq!(post(&bench, &resident(""), BOOKS, json!({"pxrId": ["pxr-1"]})).await.status, 401);
    }

    async fn an_actor_lists_its_own_users_and_sees_no_profile_of_others(database: Database) {
        let bench = three(database).await;
        let provider = of_actor(&application(), PROVIDER);
        let region = of_actor(&member(), OPERATOR);
        let list = |actor: i64| json!({"actor": actor, "offset": 0, "limit": 9});
        assert_eq!(ids(&post(&bench, &provider, BOOKS, list(PROVIDER)).await.body), ["pxr-1", "pxr-2"]);
        assert_eq!(post(&bench, &provider, BOOKS, list(OPERATOR)).await.status, 401);
        assert_eq!(post(&bench, &provider, BOOKS, json!({"offset": 0, "limit": 9})).await.status, 401);
        let named = post(&bench, &region, BOOKS, json!({"pxrId": ["pxr-1", "pxr-2"]})).await.body;
        assert_eq!(named[0]["userInformation"], json!({"name": "pxr-1"}));
        assert_eq!((&named[1]["pxrId"], &named[1]["userInformation"]), (&json!("pxr-2"), &Value::Null));
        let user = post(&bench, &region, USER, json!({"userId": "u2", "app": APP})).await.body;
        assert_eq!((&user["pxrId"], &user["userInformation"]), (&json!("pxr-2"), &Value::Null));
        assert_eq!(post(&bench, &region, LINKED, json!({"actor": PROVIDER})).await.status, 401);
        let users = post(&bench, &provider, LINKED, json!({"actor": PROVIDER, "app": APP})).await.body;
        assert_eq!(users, json!({"actor": PROVIDER, "app": APP, "wf": null, "users": [
            {"userId": "u1", "pxrId": "pxr-1"}, {"userId": "u2", "pxrId": "pxr-2"}]}));
    }

    async fn the_book_behind_a_user_id_is_found(database: Database) {
        let bench = three(database).await;
        let reply = post(&bench, &member(), USER, json!({"actor": PROVIDER, "app": APP, "wf": null, "userId": "u2"})).await;
        let expected = json!({
            "pxrId": "pxr-2", "status": 0, "bookStatus": 0, "attributes": null,
            "cooperation": [{"actor": {"_value": PROVIDER, "_ver": 1}, "app": {"_value": APP, "_ver": 1}, "wf": null,
                             "userId": "u2", "startAt": "2026-01-01T09:00:00.000+0900", "status": 1}],
            "userInformation": {"name": "pxr-2"},
        });
        assert_eq!((reply.status, reply.body), (200, expected));
        assert_eq!(post(&bench, &member(), USER, json!({"actor": OPERATOR, "userId": "u2"})).await.status, 204);
    }

    async fn bad_searches_are_refused(database: Database) {
        let bench = three(database).await;
        for body in [
            json!({}), json!([]), json!({"pxrId": []}), json!({"pxrId": [""]}), json!({"pxrId": "a"}),
            json!({"offset": 0}), json!({"limit": 1}), json!({"actor": PROVIDER}), json!({"offset": -1, "limit": 1}),
            json!({"offset": 0, "limit": 0}), json!({"offset": 0, "limit": 1.5}), json!({"offset": 0, "limit": 1000000}),
            json!({"pxrId": ["pxr-1"], "createdAt": {"start": "2020-01-01"}}),
            json!({"pxrId": ["pxr-1"], "createdAt": {"start": "2020-01-02T00:00:00.000Z", "end": "2020-01-01T00:00:00.000Z"}}),
            json!({"pxrId": ["pxr-1"], "coopStartAt": "x"}), json!({"pxrId": ["a\u{0}"]}),
        ] {
            assert_eq!(post(&bench, &member(), BOOKS, body.clone()).await.status, 400, "{body}");
        }
        for body in [json!({}), json!([]), json!({"userId": 1}), json!({"userId": "u1", "wf": 5}), json!({"userId": "u1", "app": "x"})] {
            assert_eq!(post(&bench, &member(), USER, body.clone()).await.status, 400, "{body}");
        }
        for body in [json!({}), json!([]), json!({"actor": "x"}), json!({"actor": 1, "wf": 5})] {
            assert_eq!(post(&bench, &member(), LINKED, body.clone()).await.status, 400, "{body}");
        }
        for path in [BOOKS, USER, LINKED] {
            assert_eq!(bench.post(path).json(json!({"actor": 1, "userId": "u", "pxrId": ["a"]})).send().await.status, 401);
        }
    }
}
