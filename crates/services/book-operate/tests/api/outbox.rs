//! No acknowledged datum is lost on its way to the ledger, and what happened to one arrives in order.

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use testkit::{Bench, Fault, Neighbours, application, member, on_both_databases};
use vocabulary::ServiceName;

use crate::world::{
    APP, Root, actor, block_with, delete, new_event, new_thing, post, put, stored, told, with,
};

fn local_ctoken(status: u16) -> Neighbours {
    let neighbours = Neighbours::new().at_root(Method::GET, "/catalog/1000431", 200, actor("app"));
    neighbours.refuses(
        ServiceName::LocalCtoken,
        Method::POST,
        "/local-ctoken",
        status,
        json!({"status": status}),
    )
}

/// From now on local-ctoken takes what it is told.
fn recover(bench: &Bench) {
    let _ =
        bench.neighbours.clone().answers(ServiceName::LocalCtoken, Method::POST, "/local-ctoken", json!({}));
}

async fn event_of(bench: &Bench) -> String {
    stored(bench, "/book-operate/event/u1", new_event()).await
}

fn things(told: &Value) -> Vec<&Value> {
    let lists = ["add", "update", "delete"].iter().filter_map(|list| told[*list].as_array());
    lists
        .flatten()
        .flat_map(|element| element["thing"].as_array().unwrap())
        .map(|thing| &thing["4_1_1"])
        .collect()
}

on_both_databases! {
    async fn what_is_stored_while_local_ctoken_fails_is_told_at_the_next_write(database: Database) {
        let bench = block_with(database, local_ctoken(500)).await;
        let path = format!("/book-operate/thing/u1/{}", event_of(&bench).await);
        let first = stored(&bench, &path, new_thing()).await;
        let second = stored(&bench, &path, new_thing()).await;
        assert_eq!(told(&bench).len(), 1, "while the first waits for its next attempt, the second waits, too");
        assert_eq!(bench.count("ctoken_outbox").await, 2);

        recover(&bench);
        bench.advance(TimeDelta::seconds(31));
        let third = stored(&bench, &path, new_thing()).await;
        let told: Vec<Value> = told(&bench).split_off(1);
        let order: Vec<_> = told.iter().flat_map(things).cloned().collect();
        assert_eq!(order, [json!(first), json!(second), json!(third)]);
        assert_eq!(bench.count("ctoken_outbox").await, 0);
    }

    async fn the_batch_that_creates_users_delivers_too(database: Database) {
        let neighbours = local_ctoken(500).at_root(Method::POST, "/book-manage/search", 204, Value::Null);
        let bench = block_with(database, neighbours).await;
        let path = format!("/book-operate/thing/u1/{}", event_of(&bench).await);
        stored(&bench, &path, new_thing()).await;
        recover(&bench);
        bench.advance(TimeDelta::seconds(31));
        let reply = bench.post("/book-operate/user/batch").session(&member()).json(json!({})).send().await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!((told(&bench).len(), bench.count("ctoken_outbox").await), (2, 0));
    }

    async fn a_block_that_starts_delivers_what_an_earlier_process_left(database: Database) {
        let bench = block_with(database, local_ctoken(500)).await;
        let path = format!("/book-operate/thing/u1/{}", event_of(&bench).await);
        stored(&bench, &path, new_thing()).await;
        recover(&bench);
        bench.advance(TimeDelta::seconds(31));
        let work = book_operate::keep_delivering(bench.ground.clone(), book_operate::Settings::default());
        let work = tokio::spawn(work);
        for _ in 0..500 {
            if bench.count("ctoken_outbox").await == 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!((told(&bench).len(), bench.count("ctoken_outbox").await), (2, 0));
        assert!(!work.is_finished(), "it goes on");
        work.abort();
    }

    async fn what_cannot_be_reached_loses_nothing_either(database: Database) {
        let neighbours = Neighbours::new().at_root(Method::GET, "/catalog/1000431", 200, actor("app"));
        let bench = block_with(database, neighbours).await;
        let path = format!("/book-operate/thing/u1/{}", event_of(&bench).await);
        assert_eq!(post(&bench, &path, new_thing()).await.status, 200);
        assert_eq!(bench.count("ctoken_outbox where not refused").await, 1);
        assert_ne!(bench.text("last_error", "ctoken_outbox").await, "");
    }

    async fn what_local_ctoken_refuses_stays_and_does_not_stop_the_others(database: Database) {
        let bench = block_with(database, local_ctoken(400)).await;
        let path = format!("/book-operate/thing/u1/{}", event_of(&bench).await);
        let refused = stored(&bench, &path, new_thing()).await;
        recover(&bench);
        let fine = stored(&bench, &path, new_thing()).await;
        assert_eq!(things(&told(&bench)[1]), [&json!(fine)]);
        assert_eq!(bench.count("ctoken_outbox where refused").await, 1);
        bench.advance(TimeDelta::minutes(61));
        stored(&bench, &path, new_thing()).await;
        assert_eq!(things(&told(&bench)[2]), [&json!(refused)], "it is tried again after an hour");
        assert_eq!(bench.count("ctoken_outbox").await, 0);
    }

    async fn a_note_that_another_process_is_telling_is_left_to_it_for_a_while(database: Database) {
        let bench = block_with(database, local_ctoken(500)).await;
        let path = format!("/book-operate/thing/u1/{}", event_of(&bench).await);
        stored(&bench, &path, new_thing()).await;
        recover(&bench);
        bench.execute("update ctoken_outbox set claimed_until = '2026-01-01 18:06:00', next_attempt_at = null").await;
        stored(&bench, &path, new_thing()).await;
        assert_eq!(told(&bench).len(), 1);
        bench.advance(TimeDelta::minutes(3));
        stored(&bench, &path, new_thing()).await;
        assert_eq!((told(&bench).len(), bench.count("ctoken_outbox").await), (4, 0), "its process was gone");
    }

    async fn a_refused_request_leaves_nothing_to_tell(database: Database) {
        let bench = block_with(database, crate::world::neighbours()).await;
        let event = event_of(&bench).await;
        let mut broken = new_thing();
        broken["code"] = json!(1);
        assert_eq!(post(&bench, &format!("/book-operate/thing/u1/{event}"), broken).await.status, 400);
        assert_eq!(bench.count("ctoken_outbox").await + bench.count("thing").await, 0);
    }

    async fn changes_and_deletes_are_told_as_surely_as_additions(database: Database) {
        let bench = block_with(database, local_ctoken(503)).await;
        let event = event_of(&bench).await;
        let thing = stored(&bench, &format!("/book-operate/thing/u1/{event}"), new_thing()).await;
        let path = format!("/book-operate/thing/u1/{event}/{thing}");
        assert_eq!(put(&bench, &path, with(new_thing(), &thing, json!({}))).await.status, 200);
        assert_eq!(delete(&bench, &path).await.status, 200);
        assert_eq!(bench.count("ctoken_outbox").await, 3);
        recover(&bench);
        bench.advance(TimeDelta::minutes(1));
        stored(&bench, &format!("/book-operate/thing/u1/{event}"), new_thing()).await;
        let told: Vec<Value> = told(&bench).split_off(1);
        let lists: Vec<&str> = told.iter().map(|told| {
            ["add", "update", "delete"].into_iter().find(|list| told[*list] != json!([])).unwrap()
        }).collect();
        assert_eq!(lists, ["add", "update", "delete", "add"]);
    }

    async fn whatever_goes_wrong_on_the_way_everything_arrives(database: Database) {
        let bench = block_with(database, crate::world::neighbours()).await;
        let path = format!("/book-operate/thing/u1/{}", event_of(&bench).await);
        for fault in Fault::each(1) {
            bench.neighbours.suffer(Some(fault));
            let first = stored(&bench, &path, new_thing()).await;
            bench.neighbours.suffer(None);
            bench.advance(TimeDelta::seconds(31));
            let second = stored(&bench, &path, new_thing()).await;
            let order: Vec<_> = told(&bench).iter().flat_map(things).cloned().collect();
            assert_eq!(order, [json!(first), json!(second)], "{fault:?}");
            assert_eq!(bench.count("ctoken_outbox").await, 0);
        }
    }

    async fn a_note_does_not_keep_the_session_of_its_writer(database: Database) {
        let bench = block_with(database, local_ctoken(500)).await;
        let path = format!("/book-operate/thing/u1/{}", event_of(&bench).await);
        stored(&bench, &path, new_thing()).await;
        let session: Value = serde_json::from_str(&bench.text("session", "ctoken_outbox").await).unwrap();
        assert_eq!(session.get("sessionId"), None);
        assert_eq!(session["roles"][0]["_value"], json!(APP));
        assert_eq!(application().object()["sessionId"], json!("s2"));
    }
}
