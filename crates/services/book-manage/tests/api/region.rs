//! The end of regions.

use serde_json::json;
use testkit::{application, individual, member, of_actor, on_both_databases};

use crate::{
    books, get, given_book, given_region_link, post, put,
    stand_ins::{OPERATOR, PROVIDER, REGION},
};

const CLOSE: &str = "/book-manage/region/close";

on_both_databases! {
    async fn a_region_is_announced_ended_and_done(database: Database) {
        let bench = books(database).await;
        let book = given_book(&bench, "pxr-1").await;
        given_region_link(&bench, book, OPERATOR, REGION, "r1", 1).await;
        let body = |end: &str| json!({"actor": {"_value": OPERATOR, "_ver": "1"}, "region": {"_value": REGION, "_ver": 1}, "endDate": end});
        let region = of_actor(&member(), OPERATOR);
        let reply = post(&bench, &region, CLOSE, body("2026-02-01T00:00:00.000+0900")).await;
        assert_eq!((reply.status, reply.body), (200, json!({"result": "success"})));
        let text = |value: i64| json!({"_value": value.to_string(), "_ver": "1"});
        let user = json!({"bookId": book.to_string(), "pxrId": "pxr-1", "actor": text(OPERATOR), "region": text(REGION)});
        let users = get(&bench, &member(), &format!("{CLOSE}/target?offset=0&limit=10")).await;
        assert_eq!((users.status, users.body), (200, json!({"offset": 0, "targets": [user]})));
        assert_eq!(get(&bench, &member(), CLOSE).await.body, json!({"targets": []}));
        bench.advance(chrono::TimeDelta::days(40));
        let ended = get(&bench, &member(), CLOSE).await.body;
        assert_eq!(ended, json!({"targets": [{"actor": text(OPERATOR), "region": text(REGION)}]}));
        let which = json!({"actor": {"_value": OPERATOR.to_string()}, "region": {"_value": REGION}});
        for _ in 0..2 {
            assert_eq!(put(&bench, &member(), CLOSE, which.clone()).await.body, json!({"result": "success"}));
        }
        assert_eq!(get(&bench, &member(), CLOSE).await.body, json!({"targets": []}));
        assert_eq!(get(&bench, &member(), &format!("{CLOSE}/target")).await.body, json!({"targets": []}));
        for end in ["2026-02-01", "2026-02-01T00:00:00Z", "2026-02-01T00:00:00+09:00", "2026-02-01T00:00"] {
            assert_eq!(post(&bench, &member(), CLOSE, body(end)).await.status, 200);
        }
        for end in ["tomorrow", "2026-13-01", "1.2.2026"] {
            assert_eq!(post(&bench, &member(), CLOSE, body(end)).await.status, 400);
        }
        // Nobody ends the region of somebody else.
        for session in [individual(), application(), of_actor(&member(), PROVIDER)] {
            assert_eq!(post(&bench, &session, CLOSE, body("2026-02-01")).await.status, 401);
        }
        for session in [individual(), application(), region] {
            assert_eq!(get(&bench, &session, CLOSE).await.status, 401);
            assert_eq!(get(&bench, &session, &format!("{CLOSE}/target")).await.status, 401);
            assert_eq!(put(&bench, &session, CLOSE, which.clone()).await.status, 401);
        }
        for body in [json!({}), json!([]), json!({"actor": {"_value": 1}, "region": {"_value": "x"}})] {
            assert_eq!(post(&bench, &member(), CLOSE, body.clone()).await.status, 400);
            assert_eq!(put(&bench, &member(), CLOSE, body).await.status, 400);
        }
    }
}
