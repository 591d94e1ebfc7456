//! Telling the ledger.

use serde_json::{Value, json};
use testkit::{Fault, individual, on_both_databases};
use vocabulary::BlockKind;

use super::*;

on_both_databases! {
    async fn unsent_rows_go_to_the_ledger_once(database: Database) {
        let bench = local_ctoken(database).await;
        note(&bench, added(&[element("u", 1, &[(2, "h2"), (3, "h3")], &[4])])).await;
        note(&bench, deleted(&[gone("u", 5, &[6], &[])])).await;
        assert_eq!(unsent(&bench).await, 3);
        let reply = forward(&bench, 50).await;
        assert_eq!((reply.status, &reply.body), (200, &json!({"result": "success"})));
        assert_eq!(unsent(&bench).await, 0);
        assert_eq!(bench.count("row_hash where updated_by <> 'app01'").await, 0);
        assert_eq!(forward(&bench, 50).await.status, 200);
        let told = told(&bench);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0]["delete"], json!([gone("u", 5, &[6], &[])]));
    }

    async fn the_ledger_is_told_in_the_form_it_knows(database: Database) {
        let bench = local_ctoken(database).await;
        let mut sent = element("u", 1, &[(2, "h2")], &[4]);
        sent["thing"][0]["4_4_5_1"] = json!(0);
        note(&bench, added(&[sent])).await;
        forward(&bench, 50).await;
        let expected = json!({
            "add": [{
                "1_1": "u",
                "document": [{"2_n_1_1": id(4), "2_n_1_2_1": 52, "2_n_1_2_2": 1,
                              "2_n_2_1": "2026-01-01T00:00:00.000+0900", "2_n_3_1_1": ACTOR, "2_n_3_1_2": 1,
                              "2_n_3_5_1": APP, "2_n_3_5_2": 1}],
                "event": {"3_1_1": id(1), "3_1_2_1": 1000008, "3_1_2_2": 1,
                          "3_2_1": "2026-01-01T09:00:00.000+0900", "3_2_2": "2026-01-01T10:00:00.123+0900",
                          "3_5_1_1": ACTOR, "3_5_1_2": 1, "3_5_5_1": APP, "3_5_5_2": 1},
                "thing": [{"4_1_1": id(2), "4_1_2_1": 1000011, "4_1_2_2": 1, "4_4_1_1": ACTOR, "4_4_1_2": 1,
                           "4_4_5_1": null, "4_4_5_2": 1, "rowHash": "h2",
                           "rowHashCreateAt": "2026-01-01T09:00:00.000+0900"}],
            }],
            "update": [], "delete": [],
        });
        // As texts: the order of the members is part of the form.
        assert_eq!(told(&bench)[0].to_string(), expected.to_string());
    }

    async fn a_page_counts_rows_and_loses_no_documents(database: Database) {
        let bench = local_ctoken(database).await;
        for event in 1..4 {
            note(&bench, added(&[element("u", event, &[(10 + event, "h")], &[20, 21, 22])])).await;
        }
        forward(&bench, 2).await;
        assert_eq!(unsent(&bench).await, 1);
        forward(&bench, 2).await;
        let sent: Vec<_> = told(&bench).iter().map(|body| body["add"].as_array().unwrap().clone()).collect();
        assert_eq!(sent.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        assert!(sent.iter().flatten().all(|it| it["document"].as_array().unwrap().len() == 3));
    }

    async fn what_must_not_overtake_goes_in_a_page_of_its_own(database: Database) {
        let bench = local_ctoken(database).await;
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[])])).await;
        note(&bench, deleted(&[gone("u", 1, &[2], &[])])).await;
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[])])).await;
        let mut rounds = 0;
        while unsent(&bench).await > 0 {
            assert_eq!(forward(&bench, 50).await.status, 200);
            rounds += 1;
        }
        assert_eq!(rounds, 2);
        let kinds = |body: &Value| ["add", "update", "delete"].map(|it| body[it].as_array().unwrap().len());
        assert_eq!(told(&bench).iter().map(kinds).collect::<Vec<_>>(), [[1, 0, 1], [1, 0, 0]]);
    }

    async fn rows_stay_unsent_until_the_ledger_answered(database: Database) {
        let bench = local_ctoken(database).await;
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[4])])).await;
        heard(&bench, 1).await;
        // Every way in which the call, its answer or the sender can be lost.
        for fault in Fault::each(1) {
            bench.neighbours.suffer(Some(fault));
            assert_eq!(forward(&bench, 50).await.status, 503, "{fault:?}");
            assert_eq!(unsent(&bench).await, 1);
        }
        bench.neighbours.suffer(None);
        assert_eq!(forward(&bench, 50).await.status, 200);
        assert_eq!((unsent(&bench).await, told(&bench).len()), (0, 1));
    }

    async fn a_sender_that_was_killed_sends_the_same_again(database: Database) {
        let bench = local_ctoken(database).await;
        note(&bench, added(&[element("u", 1, &[(2, "h2"), (3, "h3")], &[4])])).await;
        note(&bench, updated(&[element("u", 1, &[(2, "h4")], &[])])).await;
        forward(&bench, 50).await;
        // The ledger applied it, and the mark never came.
        bench.execute("update row_hash set status = 0").await;
        forward(&bench, 50).await;
        let told = told(&bench);
        assert_eq!(told.len(), 2);
        assert_eq!(told[0], told[1]);
        assert_eq!(unsent(&bench).await, 0);
    }

    async fn of_two_senders_one_sends(database: Database) {
        let bench = local_ctoken(database).await;
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[])])).await;
        let replies = tokio::join!(forward(&bench, 50), forward(&bench, 50));
        assert_eq!((replies.0.status, replies.1.status), (200, 200));
        assert_eq!(told(&bench).len(), 1);
    }

    async fn what_the_ledger_answers_is_passed_on(database: Database) {
        let bench = local_ctoken(database).await;
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[])])).await;
        for (ledger, ours) in [(400, 400), (404, 400), (401, 401), (204, 401), (500, 503), (503, 503)] {
            let _ = bench.neighbours.clone().refuses(
                ServiceName::CtokenLedger, Method::POST, "/ctoken-ledger/local", ledger, Value::Null,
            );
            assert_eq!(forward(&bench, 50).await.status, ours, "{ledger}");
            assert_eq!(unsent(&bench).await, 1);
        }
    }

    async fn an_application_block_asks_through_its_proxy(database: Database) {
        let proxy = Neighbours::new().played(ServiceName::BlockProxy, |_| (200, json!({"result": "success"})));
        let router = |ground: Ground| local_ctoken::router(ground, Settings::default());
        let kind = BlockKind::App;
        let service = ServiceName::LocalCtoken;
        let bench = Bench::start_on::<local_ctoken::Migrator>(kind, service, database, proxy, router).await;
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[])])).await;
        heard(&bench, 1).await;
        forward(&bench, 50).await;
        let paths: Vec<_> = bench.neighbours.asked().into_iter().map(|asked| asked.path).collect();
        let to_root = "/pxr-block-proxy/?from_path=%2Flocal-ctoken&block=$pxr-root-block&path=";
        assert_eq!(paths, [
            format!("{to_root}%2Fbook-manage%2Fstore-event%2Fnotificate"),
            format!("{to_root}%2Fctoken-ledger%2Flocal"),
        ]);
    }

    async fn residents_send_nothing(database: Database) {
        let bench = local_ctoken(database).await;
        let page = json!({"offset": 0, "count": 50});
        assert_eq!(post(&bench, &individual(), "/local-ctoken/ledger", page.clone()).await.status, 401);
        assert_eq!(bench.post("/local-ctoken/ledger").json(page).send().await.status, 401);
        assert_eq!(bench.get("/local-ctoken/ledger/count").send().await.status, 401);
    }

    async fn a_page_is_checked(database: Database) {
        let bench = local_ctoken(database).await;
        let send = |body: Value| async { post(&bench, &member(), "/local-ctoken/ledger", body).await };
        assert_eq!(send(json!({"offset": -1, "count": 0})).await.refused_fields(), ["offset", "count"]);
        assert_eq!(send(json!({"offset": "x", "count": 1001})).await.refused_fields(), ["offset", "count"]);
        assert_eq!(send(json!({"offset": 0.5})).await.refused_fields(), ["offset", "count"]);
        for nothing in [json!({}), json!([]), json!([1])] {
            assert_eq!(send(nothing).await.status, 400);
        }
        assert_eq!(send(json!({"offset": "0", "count": "1000"})).await.status, 200);
    }
}
