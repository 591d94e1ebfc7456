//! How much is held about a resident.

use http::Method;
use serde_json::{Value, json};
use testkit::{application, individual, member, on_both_databases};
use vocabulary::ServiceName;

use super::*;

const PATH: &str = "/book-manage/ctoken";

fn counts() -> Value {
    json!([{"actor": {"_value": STORING}, "app": {"_value": STORING_APP}, "wf": null, "document": [],
            "event": [{"_code": code(EVENT), "count": 1}], "thing": [{"_code": code(THING), "count": 2}]}])
}

on_both_databases! {
    async fn a_resident_sees_who_holds_how_much(database: Database) {
        let bench = residents(database).await;
        drop(bench.neighbours.clone().answers(ServiceName::CtokenLedger, Method::POST, "/ctoken-ledger/count", counts()));
        for (between, asked) in [
            (json!(null), json!({"start": null, "end": null})),
            (json!({"start": "2026-01-01T00:00:00.000+0900", "end": "2026-01-01T00:00:00.000Z"}),
             json!({"start": "2026-01-01T00:00:00.000+0900", "end": "2026-01-01T09:00:00.000+0900"})),
        ] {
            let reply = post(&bench, &individual(), PATH, json!({"createAt": between})).await;
            assert_eq!((reply.status, reply.body), (200, counts()));
            let question = bench.neighbours.asked().pop().unwrap();
            assert_eq!(question.body["createAt"], asked);
            // Whose data they are, the ledger knows from the session alone.
            assert_eq!(question.body.get("pxrId"), None);
            assert_eq!(question.headers["session"], individual().header());
        }
    }

    async fn a_ledger_without_entries_is_no_mistake(database: Database) {
        let bench = residents(database).await;
        for status in [204, 404] {
            drop(bench.neighbours.clone().refuses(ServiceName::CtokenLedger, Method::POST, "/ctoken-ledger/count", status, Value::Null));
            let reply = post(&bench, &individual(), PATH, json!([])).await;
            assert_eq!((reply.status, reply.body), (200, json!([])));
        }
        drop(bench.neighbours.clone().refuses(ServiceName::CtokenLedger, Method::POST, "/ctoken-ledger/count", 500, Value::Null));
        assert_eq!(post(&bench, &individual(), PATH, json!([])).await.status, 503);
    }

    async fn only_residents_ask_and_only_with_dates(database: Database) {
        let bench = residents(database).await;
        let body = json!({"createAt": null});
        for session in [member(), application()] {
            assert_eq!(post(&bench, &session, PATH, body.clone()).await.status, 401);
        }
        assert_eq!(bench.post(PATH).json(body).send().await.status, 401);
        let reply = post(&bench, &individual(), PATH, json!({"createAt": {"start": "yesterday", "end": 5}})).await;
        assert_eq!((reply.status, reply.refused_fields()), (400, vec!["start", "end"]));
        assert_eq!(post(&bench, &individual(), PATH, json!({})).await.status, 400);
    }
}
