//! What providers store and share.

use serde_json::{Value, json};
use testkit::{individual, on_both_databases};

use super::{count, get_as, good, newcomer, other_provider, post_as, provider, root, stage};
use crate::world::APP;

fn entry(kind: i64, place: &str) -> Value {
    json!({
        "type": kind, "catalogCode": null, "comment": null, "template": {
            "catalogItem": {"ns": format!("catalog/ext/test-org/actor/app/actor_{APP}/{place}"), "name": "n",
                            "description": "d", "_code": null, "inherit": {"_value": 44, "_ver": null}},
            "template": {"prop": null, "value": [{"key": "store", "value": [
                {"key": "id", "value": "a"},
                {"key": "document", "value": [{"key": "code", "value": 1}]}]}]},
            "inner": null, "attribute": null,
        },
    })
}

fn definition(is_draft: bool) -> Value {
    json!({"name": "定義", "description": "d", "catalog": [entry(1, "store")], "appendix": "x", "isDraft": is_draft})
}

on_both_databases! {
    async fn a_definition_is_in_force_at_once(database: Database) {
        let (bench, world) = stage(database).await;
        let applied = good(post_as(&bench, &provider(), "/data-operation", definition(false)).await);
        assert_eq!((&applied["id"], &applied["isDraft"], &applied["status"]), (&json!(1), &json!(false), &json!(1)));
        assert_eq!(applied["applicationAt"], json!("2026-01-02T03:04:05.678+0900"));
        assert_eq!(world.count(&format!("actor/app/actor_{APP}/store")), 1);
        assert!(world.state().books.is_empty());
        let listed = good(get_as(&bench, &provider(), "/data-operation?approved=true").await);
        assert_eq!(listed[0], applied);
        assert_eq!(good(get_as(&bench, &provider(), "/data-operation").await), json!([]));
    }

    async fn a_draft_is_kept_until_it_is_applied(database: Database) {
        let (bench, world) = stage(database).await;
        let draft = good(post_as(&bench, &provider(), "/data-operation", definition(true)).await);
        assert_eq!((&draft["applicationAt"], &draft["appendix"]), (&Value::Null, &json!("x")));
        assert_eq!(world.count(&format!("actor/app/actor_{APP}/store")), 0);
        assert_eq!(good(get_as(&bench, &provider(), "/data-operation").await), json!([draft]));
        let mut sent = definition(false);
        sent["id"] = json!(77);
        assert_eq!(post_as(&bench, &provider(), "/data-operation", sent.clone()).await.status, 400);
        sent["id"] = draft["id"].clone();
        sent["isDraft"] = Value::Null;
        let applied = good(post_as(&bench, &provider(), "/data-operation", sent.clone()).await);
        assert_eq!((&applied["id"], &applied["isDraft"]), (&draft["id"], &json!(false)));
        assert_eq!(post_as(&bench, &provider(), "/data-operation", sent).await.status, 400);
        assert_eq!(count(&bench, "data_operation_manage").await, 1);
    }

    async fn the_books_learn_what_needs_new_consent(database: Database) {
        let (bench, world) = stage(database).await;
        let code = 1_000_800;
        let ns = format!("actor/app/actor_{APP}/store");
        world.put(code, &ns, json!({"store": [{"id": "a", "document": []}]}));
        let mut changed = definition(false);
        changed["catalog"] = json!([entry(2, "store")]);
        changed["catalog"][0]["catalogCode"] = json!(code);
        changed["catalog"][0]["template"]["catalogItem"]["_code"] = json!({"_value": code, "_ver": 2});
        changed["catalog"][0]["template"]["template"]["value"] = json!([{"key": "store", "value": [
            {"key": "id", "value": "a"}, {"key": "document", "value": [1]}]}]);
        good(post_as(&bench, &provider(), "/data-operation", changed.clone()).await);
        let told = json!({"codes": [{"_value": code, "_ver": 2}]});
        assert_eq!(world.state().books, [("/book-manage/settings/update".to_owned(), told)]);
        // The catalog makes each version once.
        let again = post_as(&bench, &provider(), "/data-operation", changed.clone()).await;
        assert_eq!((again.status, &again.body["message"]), (400, &json!("another version")));
        // Of an item that is not there.
        changed["catalog"][0]["template"]["catalogItem"]["_code"] = json!({"_value": 7, "_ver": 2});
        assert_eq!(post_as(&bench, &provider(), "/data-operation", changed).await.status, 401);
    }

    async fn everybody_defines_and_sees_what_is_his_own(database: Database) {
        let (bench, _) = stage(database).await;
        assert_eq!(post_as(&bench, &other_provider(), "/data-operation", definition(false)).await.status, 400);
        for session in [newcomer(), individual()] {
            let reply = post_as(&bench, &session, "/data-operation", definition(false)).await;
            assert_eq!(reply.status, 401);
        }
        assert_eq!(get_as(&bench, &newcomer(), "/data-operation").await.status, 401);
        for _ in 0..3 {
            good(post_as(&bench, &provider(), "/data-operation", definition(true)).await);
        }
        let ids = |list: Value| {
            list.as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(ids(good(get_as(&bench, &provider(), "/data-operation").await)), [3, 2, 1]);
        assert_eq!(ids(good(get_as(&bench, &provider(), "/data-operation?offset=1&limit=1").await)), [2]);
        assert_eq!(ids(good(get_as(&bench, &other_provider(), "/data-operation").await)), [0; 0]);
        assert_eq!(ids(good(get_as(&bench, &root(), "/data-operation").await)), [3, 2, 1]);
        let own = get_as(&bench, &root(), "/data-operation?approval_request=true").await;
        assert_eq!(ids(good(own)), [0; 0]);
        let bad = "/data-operation?approval_request=x&approved=x&offset=-1&limit=51";
        let reply = get_as(&bench, &provider(), bad).await;
        assert_eq!((reply.status, reply.refused_fields()), (400, vec!["approvalRequest", "approved", "offset", "limit"]));
    }
}
