//! Beginning and ending uploads.

use serde_json::json;
use testkit::{application, individual, on_both_databases};

use super::{announced, files, needs_a_session, post, send, start, status, uploaded};

on_both_databases! {
    async fn an_upload_is_announced(database: Database) {
        let bench = files(database).await;
        let reply = start(&bench, json!({"fileName": "測定.jpg", "chunkCount": "3abc"})).await;
        let id = reply.body["id"].as_str().unwrap();
        assert_eq!(reply.body.to_string(), json!({"id": id}).to_string());
        assert_eq!(id.len(), 36);
        let row = "id || ' ' || file_name || ' ' || status || ' ' || chunk_count || ' ' || created_by";
        assert_eq!(bench.text(row, "file_upload_manage").await, format!("{id} 測定.jpg 0 3 app01"));
    }

    async fn residents_may_upload_too(database: Database) {
        let bench = files(database).await;
        let request = bench.post("/binary-manage/upload/start").session(&individual());
        let reply = request.json(json!({"fileName": "a", "chunkCount": 1})).send().await;
        assert_eq!(reply.status, 200);
    }

    async fn an_announcement_names_what_is_wrong(database: Database) {
        let bench = files(database).await;
        for (body, fields) in [
            (json!({"chunkCount": 3}), vec!["fileName"]),
            (json!({"fileName": "", "chunkCount": 3}), vec!["fileName"]),
            (json!({"fileName": "x".repeat(256), "chunkCount": 3}), vec!["fileName"]),
            (json!({"fileName": "a\u{0}", "chunkCount": 3}), vec!["fileName"]),
            (json!({"fileName": 7, "chunkCount": "abc"}), vec!["fileName", "chunkCount"]),
            (json!({"fileName": "a", "chunkCount": null}), vec!["chunkCount"]),
        ] {
            let reply = start(&bench, body.clone()).await;
            assert_eq!((reply.status, reply.refused_fields()), (400, fields), "{body}");
        }
        for count in [json!(0), json!(256), json!(-1), json!(99999999999_i64)] {
            let reply = start(&bench, json!({"fileName": "a", "chunkCount": count})).await;
            assert_eq!(reply.status, 400, "{count}");
            assert!(reply.body["message"].as_str().unwrap().contains("chunkCount"));
        }
        for body in [json!({}), json!([]), json!([{"fileName": "a", "chunkCount": 1}]), json!("a")] {
            assert_eq!(start(&bench, body.clone()).await.status, 400, "{body}");
        }
        let broken = bench.post("/binary-manage/upload/start").session(&application()).text("{").send().await;
        assert_eq!(broken.status, 400);
        let body = json!({"fileName": "a", "chunkCount": 1});
        let nobody = bench.post("/binary-manage/upload/start").json(body).send().await;
        assert_eq!(nobody.status, 401);
        assert_eq!(bench.count("file_upload_manage").await, 0);
    }

    async fn an_upload_ends_once_all_chunks_are_there(database: Database) {
        let bench = files(database).await;
        let id = announced(&bench, 2).await;
        let path = format!("upload/end/{id}");
        send(&bench, &id, 2, b"two").await;
        assert_eq!(post(&bench, &path).await.status, 400);
        assert_eq!(status(&bench, &id).await, "0", "it can be completed later");
        send(&bench, &id, 1, b"one").await;
        // The second time nothing is left to do.
        for _ in 0..2 {
            let reply = post(&bench, &path).await;
            assert_eq!(reply.body.to_string(), json!({"id": id, "result": "Complete"}).to_string());
            assert_eq!(status(&bench, &id).await, "1");
        }
    }

    async fn what_is_not_being_uploaded_does_not_end(database: Database) {
        let bench = files(database).await;
        let id = uploaded(&bench).await;
        for other in ["2", "3", "10", "11", "12", "13"] {
            bench.execute(&format!("update file_upload_manage set status = {other}")).await;
            assert_eq!(post(&bench, &format!("upload/end/{id}")).await.status, 400, "{other}");
        }
        assert_eq!(post(&bench, "upload/end/unknown").await.status, 404);
        bench.execute("update file_upload_manage set status = 0, is_disabled = true").await;
        assert_eq!(post(&bench, &format!("upload/end/{id}")).await.status, 404);
        assert_eq!(post(&bench, "upload/end/%00").await.status, 400);
        needs_a_session(&bench, &format!("upload/end/{id}")).await;
    }

    async fn an_upload_is_given_up(database: Database) {
        let bench = files(database).await;
        let id = announced(&bench, 2).await;
        needs_a_session(&bench, &format!("upload/cancel/{id}")).await;
        let reply = post(&bench, &format!("upload/cancel/{id}")).await;
        assert_eq!(reply.body.to_string(), json!({"id": id, "result": "Canceled"}).to_string());
        assert_eq!(status(&bench, &id).await, "2");
        assert_eq!(send(&bench, &id, 1, b"one").await.status, 409);
        let unknown = post(&bench, "upload/cancel/unknown").await;
        assert_eq!((unknown.status, &unknown.body["result"]), (200, &json!("Canceled")));
    }

    async fn a_file_that_was_uploaded_cannot_be_given_up(database: Database) {
        let bench = files(database).await;
        let id = uploaded(&bench).await;
        assert_eq!(post(&bench, &format!("upload/cancel/{id}")).await.status, 200);
        assert_eq!(status(&bench, &id).await, "1");
    }
}
