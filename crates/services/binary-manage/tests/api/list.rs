//! Lists of files.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{Bench, Reply, application, individual, member, of_actor, on_both_databases};
use vocabulary::Session;

use super::{announced, files, start};

async fn list(bench: &Bench, session: &Session, query: &str) -> Reply {
    bench.get(&format!("/binary-manage{query}")).session(session).send().await
}

fn names(reply: &Reply) -> Vec<&str> {
    reply.body.as_array().unwrap().iter().map(|file| file["fileName"].as_str().unwrap()).collect()
}

/// Twelve files, one after the other.
async fn twelve(bench: &Bench) {
    for number in 0..12 {
        bench.advance(TimeDelta::seconds(1));
        start(bench, json!({"fileName": format!("f{number:02}"), "chunkCount": 1})).await;
    }
}

on_both_databases! {
    async fn files_are_listed_the_oldest_first(database: Database) {
        let bench = files(database).await;
        assert_eq!(list(&bench, &member(), "").await.body, json!([]));
        let id = announced(&bench, 3).await;
        let shown = json!([{"id": id, "fileName": "test.jpg", "status": 0, "chunkCount": 3}]);
        assert_eq!(list(&bench, &application(), "").await.body.to_string(), shown.to_string());
    }

    async fn a_list_has_pages(database: Database) {
        let bench = files(database).await;
        twelve(&bench).await;
        let page = |query: &'static str| {
            let bench = &bench;
            async move { names(&list(bench, &member(), query).await).join(" ") }
        };
        assert_eq!(page("").await, "f00 f01 f02 f03 f04 f05 f06 f07 f08 f09");
        assert_eq!(page("?offset=10").await, "f10 f11");
        assert_eq!(page("?offset=1x&limit=2.9").await, "f01 f02");
        assert_eq!(page("?limit=0&offset=9").await, "f09 f10 f11", "0 is no limit");
        assert_eq!(page("?offset=99").await, "");
        bench.execute("update file_upload_manage set status = 2 where file_name = 'f03'").await;
        bench.execute("update file_upload_manage set is_disabled = true where file_name = 'f00'").await;
        assert_eq!(page("?status=2").await, "f03");
        assert_eq!(page("?status=99999").await, "");
        assert_eq!(page("?limit=1").await, "f01", "deleted files are not listed");
    }

    async fn a_question_names_what_is_wrong(database: Database) {
        let bench = files(database).await;
        for query in ["?limit=dummy", "?limit=", "?limit=-1", "?offset=-1", "?offset=x", "?status=x", "?status=",
                      "?limit=1&limit=2"] {
            let reply = list(&bench, &member(), query).await;
            let field = query[1..].split('=').next().unwrap();
            assert_eq!((reply.status, reply.refused_fields()), (400, vec![field]), "{query}");
        }
    }

    async fn only_the_own_block_sees_its_files(database: Database) {
        let bench = files(database).await;
        for session in [individual(), of_actor(&member(), 7), of_actor(&application(), 7)] {
            assert_eq!(list(&bench, &session, "").await.status, 401);
        }
        let nobody = bench.get("/binary-manage").send().await;
        assert_eq!((nobody.status, &nobody.body["status"]), (401, &Value::from(401)));
    }
}
