//! What book-manage hears.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{Fault, on_both_databases};

use super::*;

/// Waits until nobody is at it any more.
async fn rest(bench: &Bench, asks: usize) {
    for _ in 0..200 {
        if asked(bench, STORED).len() >= asks {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
}

on_both_databases! {
    async fn book_manage_hears_of_what_was_stored(database: Database) {
        let bench = local_ctoken(database).await;
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[4])])).await;
        let heard = heard(&bench, 1).await;
        let element = &heard[0]["add"][0];
        assert_eq!(element["document"][0]["2_n_2_1"], "2025-12-31T15:00:00.000Z");
        assert_eq!(element["event"]["3_2_2"], "2026-01-01T01:00:00.123Z");
        assert_eq!(element["thing"][0]["rowHash"], "h");
        assert_eq!((&heard[0]["update"], &heard[0]["delete"]), (&json!([]), &json!([])));
        assert_eq!(asked(&bench, STORED)[0].headers["session"], application().header());
    }

    async fn a_deletion_tells_what_was_known(database: Database) {
        let bench = local_ctoken(database).await;
        note(&bench, added(&[element("u", 1, &[(2, "h1"), (3, "h3")], &[4])])).await;
        note(&bench, updated(&[element("u", 1, &[(2, "h2")], &[])])).await;
        note(&bench, deleted(&[gone("u", 1, &[2, 9], &[4, 8])])).await;
        // What is deleted once more is still known by what it was.
        note(&bench, added(&[element("u", 1, &[(2, "h5")], &[])])).await;
        note(&bench, deleted(&[gone("u", 1, &[2], &[])])).await;
        let heard = heard(&bench, 5).await;
        let element = &heard[2]["delete"][0];
        let serial = bench.text("max(id)", "document where _1_2_1 is not null").await;
        let expected = json!({
            "1_1": "u",
            "document": [{"serialNumber": serial, "2_n_1_1": id(4), "2_n_1_2_1": "52", "2_n_1_2_2": "1",
                          "2_n_2_1": "2025-12-31T15:00:00.000Z", "2_n_3_1_1": ACTOR.to_string(),
                          "2_n_3_1_2": "1", "2_n_3_5_1": APP.to_string(), "2_n_3_5_2": "1"}],
            "event": {"3_1_1": id(1), "3_1_2_1": "1000008", "3_1_2_2": "1",
                      "3_2_1": "2026-01-01T00:00:00.000Z", "3_2_2": "2026-01-01T01:00:00.123Z",
                      "3_5_1_1": ACTOR.to_string(), "3_5_1_2": "1", "3_5_5_1": APP.to_string(), "3_5_5_2": "1"},
            "thing": [{"4_1_1": id(2), "4_1_2_1": "1000011", "4_1_2_2": "1", "4_4_1_1": ACTOR.to_string(),
                       "4_4_1_2": "1", "4_4_5_1": APP.to_string(), "4_4_5_2": "1", "rowHash": "h2",
                       "rowHashCreateAt": "2026-01-01T00:00:00.000Z"}],
        });
        assert_eq!(element.to_string(), expected.to_string());
        assert_eq!(heard[4]["delete"][0]["thing"][0]["rowHash"], "h5");
    }

    async fn events_are_told_one_after_the_other(database: Database) {
        let bench = local_ctoken(database).await;
        bench.neighbours.hesitate(Duration::from_millis(300));
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[])])).await;
        note(&bench, deleted(&[gone("u", 1, &[2], &[])])).await;
        rest(&bench, 1).await;
        assert_eq!(asked(&bench, STORED).len(), 1, "the first has not been answered");
        let heard = heard(&bench, 2).await;
        assert_eq!((&heard[0]["delete"], &heard[1]["add"]), (&json!([]), &json!([])));
    }

    async fn an_event_that_did_not_go_through_is_told_later(database: Database) {
        let bench = local_ctoken(database).await;
        bench.neighbours.suffer(Some(Fault { at: 0, takes_effect: false, is_last: true }));
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[])])).await;
        rest(&bench, 1).await;
        assert_eq!(bench.count("store_event").await, 1);
        bench.neighbours.suffer(None);
        // Not at once, and then with the next request.
        forward(&bench, 50).await;
        rest(&bench, 0).await;
        assert!(asked(&bench, STORED).is_empty());
        bench.advance(TimeDelta::seconds(31));
        forward(&bench, 50).await;
        let heard = heard(&bench, 1).await;
        assert_eq!(heard[0]["add"][0]["thing"][0]["rowHash"], "h");
        assert_eq!(asked(&bench, STORED)[0].headers["session"], application().header());
    }

    async fn an_event_whose_teller_was_killed_is_told_later(database: Database) {
        let bench = local_ctoken(database).await;
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[])])).await;
        heard(&bench, 1).await;
        // Somebody claimed it and never came back.
        let sealed = bench.ground.seal.seal(application().header()).unwrap();
        bench.execute(&format!(
            "insert into store_event (session, body, not_before, created_by, updated_by) \
             values ('{sealed}', '{{\"add\":[],\"update\":[],\"delete\":[1]}}', '2026-01-01 18:06:00', 'a', 'a')"
        )).await;
        forward(&bench, 50).await;
        rest(&bench, 1).await;
        assert_eq!(asked(&bench, STORED).len(), 1);
        bench.advance(TimeDelta::minutes(4));
        forward(&bench, 50).await;
        assert_eq!(heard(&bench, 2).await[1]["delete"], json!([1]));
    }

    async fn what_book_manage_refuses_is_not_told_again(database: Database) {
        let refusing = neighbours().refuses(ServiceName::BookManage, Method::POST, STORED, 400, Value::Null);
        let bench = local_ctoken_with(database, refusing).await;
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[])])).await;
        heard(&bench, 1).await;
        assert_eq!(bench.count("store_event").await, 0);
    }

    async fn nobody_waits_for_book_manage(database: Database) {
        let ledger = Neighbours::new().answers(
            ServiceName::CtokenLedger, Method::POST, "/ctoken-ledger/local", json!({"result": "success"}),
        );
        let bench = local_ctoken_with(database, ledger).await;
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[])])).await;
        assert_eq!(bench.count("row_hash").await, 1);
    }

    async fn identities_lie_sealed_in_the_outbox(database: Database) {
        let bench = local_ctoken_with(database, Neighbours::new()).await;
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[])])).await;
        let session = bench.text("session", "store_event").await;
        assert!(session.starts_with("sealed:"), "{session}");
    }
}
