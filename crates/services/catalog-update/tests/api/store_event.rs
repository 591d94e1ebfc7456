//! Who is notified when data are stored.

use serde_json::{Value, json};
use testkit::{individual, on_both_databases};

use super::{count, good, newcomer, other_provider, post_as, provider, put_as, stage};
use crate::world::{APP, SHARE, SHARED};

fn ns() -> String {
    format!("actor/app/actor_{APP}/share/notification")
}

fn definition(kind: i64, code: Option<(i64, i64)>, id: &str) -> Value {
    let share = json!([{"key": "_value", "value": SHARE}, {"key": "_ver", "value": 1}]);
    json!({
        "name": "通知", "isDraft": false,
        "catalog": [{"type": kind, "catalogCode": code.map(|(code, _)| code), "template": {
            "catalogItem": {"ns": format!("catalog/ext/test-org/{}", ns()), "name": "通知", "inherit": {"_value": 211},
                            "_code": code.map(|(code, ver)| json!({"_value": code, "_ver": ver}))},
            "template": {"prop": null, "value": [{"key": "notification", "value": [
                {"key": "share", "value": share}, {"key": "id", "value": [id]}]}]},
        }}],
    })
}

on_both_databases! {
    async fn a_notification_reaches_the_catalog_and_the_books(database: Database) {
        let (bench, world) = stage(database).await;
        let reply = post_as(&bench, &provider(), "/store-event", definition(1, None, SHARED)).await;
        assert_eq!(good(reply), json!({"response": "success"}));
        let told = |code: i64, ver: i64| {
            let body = json!({"type": "store-event", "notificateCatalog": {"_value": code, "_ver": ver},
                              "shareCode": {"_value": SHARE, "_ver": 1}, "shareUUID": [SHARED]});
            ("/book-manage/store-event".to_owned(), body)
        };
        assert_eq!(world.state().books, [told(1_001_001, 1)]);
        let changed = definition(2, Some((1_001_001, 2)), SHARED);
        good(put_as(&bench, &provider(), "/store-event", changed).await);
        assert_eq!(world.state().books[1..], [told(1_001_001, 2)]);
        assert_eq!(world.count(&ns()), 1);
    }

    async fn a_draft_is_defined_like_any_other(database: Database) {
        let (bench, world) = stage(database).await;
        let mut draft = definition(1, None, SHARED);
        draft["isDraft"] = json!(true);
        good(post_as(&bench, &provider(), "/store-event", draft).await);
        assert_eq!((world.count(&ns()), world.state().books.len()), (1, 1));
        let mut changed = definition(2, Some((1_001_001, 2)), SHARED);
        changed["isDraft"] = json!(true);
        good(put_as(&bench, &provider(), "/store-event", changed).await);
        assert_eq!(world.state().items[&1_001_001].ver, 2);
        assert_eq!(world.state().books.len(), 2);
    }

    async fn a_notification_is_the_own_one_about_what_is_shared(database: Database) {
        let (bench, world) = stage(database).await;
        let reply = post_as(&bench, &other_provider(), "/store-event", definition(1, None, SHARED)).await;
        assert_eq!(reply.status, 400);
        for session in [newcomer(), individual()] {
            let reply = post_as(&bench, &session, "/store-event", definition(1, None, SHARED)).await;
            assert_eq!(reply.status, 401);
        }
        let unknown = "00000000-0000-0000-0000-000000000000";
        let reply = post_as(&bench, &provider(), "/store-event", definition(1, None, unknown)).await;
        assert_eq!(reply.status, 400);
        let mut no_share = definition(1, None, SHARED);
        no_share["catalog"][0]["template"]["template"]["value"][0]["value"][0]["value"][0]["value"] = json!(7);
        assert_eq!(post_as(&bench, &provider(), "/store-event", no_share).await.status, 400);
        // What is changed must be a notification of its own, too.
        for code in [7, SHARE] {
            let body = definition(2, Some((code, 2)), SHARED);
            assert_eq!(put_as(&bench, &provider(), "/store-event", body).await.status, 400);
        }
        assert_eq!((world.count(&ns()), world.state().books.len()), (0, 0));
    }

    async fn two_at_once_define_one_notification(database: Database) {
        let (bench, world) = stage(database).await;
        let who = provider();
        let post = || post_as(&bench, &who, "/store-event", definition(1, None, SHARED));
        let replies: [_; 4] = tokio::join!(post(), post(), post(), post()).into();
        let statuses: Vec<_> = replies.iter().map(|reply| reply.status).collect();
        assert!(statuses.contains(&200), "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 400].contains(status)), "{statuses:?}");
        assert_eq!(world.count(&ns()), 1);
        assert_eq!(count(&bench, "catalog_attempt").await, 0);
        good(post().await);
        assert_eq!(world.count(&ns()), 1);
    }
}
