//! Downloads.

use http::header::CONTENT_TYPE;
use serde_json::json;
use testkit::{application, individual, on_both_databases};

use super::{announced, files, needs_a_session, post, send, status, uploaded};

on_both_databases! {
    async fn a_file_comes_back_as_it_was_sent(database: Database) {
        let bench = files(database).await;
        let id = announced(&bench, 2).await;
        let large: Vec<u8> = (0..5_000_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        send(&bench, &id, 2, &large).await;
        send(&bench, &id, 1, &[0, 159, 146, 150]).await;
        post(&bench, &format!("upload/end/{id}")).await;

        let begun = post(&bench, &format!("download/start/{id}")).await;
        let told = json!({"id": id, "chunkCount": 2, "fileName": "test.jpg"});
        assert_eq!(begun.body.to_string(), told.to_string());
        assert_eq!(status(&bench, &id).await, "10");
        for (number, sent) in [(1, [0, 159, 146, 150].as_slice()), (2, &large)] {
            let request = bench.post(&format!("/binary-manage/download/{id}/{number}")).session(&individual());
            let reply = request.header("accept", "application/octet-stream").send().await;
            assert_eq!(reply.headers[CONTENT_TYPE], "application/octet-stream");
            assert!(reply.status == 200 && reply.bytes == sent, "chunk {number}");
        }
        let ended = post(&bench, &format!("download/end/{id}")).await;
        assert_eq!(ended.body.to_string(), json!({"id": id, "result": "Complete"}).to_string());
        assert_eq!(status(&bench, &id).await, "11");
    }

    async fn what_was_not_uploaded_is_not_downloaded(database: Database) {
        let bench = files(database).await;
        let id = uploaded(&bench).await;
        for other in ["0", "2", "3"] {
            bench.execute(&format!("update file_upload_manage set status = {other}")).await;
            assert_eq!(post(&bench, &format!("download/start/{id}")).await.status, 404, "{other}");
            assert_eq!(status(&bench, &id).await, other);
        }
        let path = format!("download/{id}/1");
        assert_eq!(post(&bench, &path).await.status, 200, "chunks can be read at any time");
        bench.execute("update file_upload_manage set is_disabled = true").await;
        for path in [&format!("download/start/{id}"), &path, &format!("download/end/{id}")] {
            assert_eq!(post(&bench, path).await.status, 404, "{path}");
        }
        for path in ["download/start/unknown", "download/unknown/1", "download/end/unknown"] {
            assert_eq!(post(&bench, path).await.status, 404, "{path}");
        }
    }

    async fn chunks_have_numbers(database: Database) {
        let bench = files(database).await;
        let id = uploaded(&bench).await;
        assert_eq!(post(&bench, &format!("download/{id}/3")).await.status, 404);
        assert_eq!(post(&bench, &format!("download/{id}/2x")).await.bytes, b"two");
        for number in ["0", "256", "-1"] {
            assert_eq!(post(&bench, &format!("download/{id}/{number}")).await.status, 400, "{number}");
        }
        assert_eq!(post(&bench, &format!("download/{id}/test")).await.refused_fields(), ["chunkNo"]);
        assert_eq!(post(&bench, "download/%00/1").await.refused_fields(), ["manageId"]);
    }

    async fn only_a_whole_file_that_is_downloaded_ends(database: Database) {
        let bench = files(database).await;
        let id = uploaded(&bench).await;
        let end = format!("download/end/{id}");
        assert_eq!(post(&bench, &end).await.status, 400, "nobody began");
        post(&bench, &format!("download/start/{id}")).await;
        bench.execute("update file_upload_manage set chunk_count = 3").await;
        assert_eq!(post(&bench, &end).await.status, 400);
        assert_eq!(status(&bench, &id).await, "10");
    }

    async fn several_download_a_file_at_once(database: Database) {
        let bench = files(database).await;
        let id = uploaded(&bench).await;
        let (begin, end) = (format!("download/start/{id}"), format!("download/end/{id}"));
        for path in [&begin, &begin, &end, &end] {
            assert_eq!(post(&bench, path).await.status, 200, "{path}");
        }
        for path in [&begin, &begin, &format!("download/cancel/{id}"), &end] {
            assert_eq!(post(&bench, path).await.status, 200, "{path}");
        }
        assert_eq!(status(&bench, &id).await, "11");
    }

    async fn a_download_is_given_up_and_nothing_else(database: Database) {
        let bench = files(database).await;
        let id = announced(&bench, 2).await;
        let cancel = format!("download/cancel/{id}");
        let reply = post(&bench, &cancel).await;
        assert_eq!(reply.body.to_string(), json!({"id": id, "result": "Canceled"}).to_string());
        assert_eq!(status(&bench, &id).await, "0", "an upload is no download");
        bench.execute("update file_upload_manage set status = 10").await;
        post(&bench, &cancel).await;
        assert_eq!(status(&bench, &id).await, "12");
        assert_eq!(post(&bench, "download/cancel/unknown").await.status, 200);
    }

    async fn nobody_downloads_without_a_session(database: Database) {
        let bench = files(database).await;
        let id = uploaded(&bench).await;
        for path in [format!("start/{id}"), format!("{id}/1"), format!("end/{id}"), format!("cancel/{id}")] {
            needs_a_session(&bench, &format!("download/{path}")).await;
        }
        let request = bench.post(&format!("/binary-manage/download/{id}/1")).session(&application());
        assert_eq!(request.header("accept", "text/html").send().await.status, 406);
    }
}
