//! Uploading chunks.

use binary_manage::Settings;
use serde_json::json;
use testkit::{application, on_both_databases};

use super::{announced, files, files_with, post, send, uploaded};

on_both_databases! {
    async fn a_chunk_is_kept_under_its_own_number(database: Database) {
        let bench = files(database).await;
        let id = announced(&bench, 3).await;
        for number in [3, 1] {
            let reply = send(&bench, &id, number, &[0, 255, 7]).await;
            assert_eq!(reply.body.to_string(), json!({"id": id, "chunkNo": number}).to_string());
        }
        let numbers = bench.texts("seq_no", "file_upload_data order by seq_no").await;
        assert_eq!(numbers, ["1", "3"]);
    }

    async fn a_chunk_is_kept_once(database: Database) {
        let bench = files(database).await;
        let id = announced(&bench, 3).await;
        assert_eq!(send(&bench, &id, 1, b"one").await.status, 200);
        assert_eq!(send(&bench, &id, 1, b"another").await.status, 409);
        assert_eq!(bench.count("file_upload_data").await, 1);
    }

    async fn of_two_chunks_of_one_number_at_once_exactly_one_is_kept(database: Database) {
        let bench = files(database).await;
        for _ in 0..5 {
            let id = announced(&bench, 1).await;
            let (one, other) = tokio::join!(send(&bench, &id, 1, b"one"), send(&bench, &id, 1, b"other"));
            let mut statuses = [one.status, other.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409]);
            assert_eq!(bench.count(&format!("file_upload_data where file_upload_manage_id = '{id}'")).await, 1);
        }
    }

    async fn only_a_file_that_is_being_uploaded_takes_chunks(database: Database) {
        let bench = files(database).await;
        let id = uploaded(&bench).await;
        bench.execute("delete from file_upload_data where seq_no = 2").await;
        assert_eq!(send(&bench, &id, 2, b"two").await.status, 409);
        assert_eq!(send(&bench, "unknown", 1, b"one").await.status, 404);
        bench.execute("update file_upload_manage set status = 0, is_disabled = true").await;
        assert_eq!(send(&bench, &id, 2, b"two").await.status, 404);
        assert_eq!(bench.count("file_upload_data").await, 1);
    }

    async fn a_chunk_has_a_number_that_its_file_has(database: Database) {
        let bench = files(database).await;
        let id = announced(&bench, 2).await;
        for number in [0, 3, 256, -1, 70000] {
            assert_eq!(send(&bench, &id, number, b"x").await.status, 400, "{number}");
        }
        let request = bench.post(&format!("/binary-manage/upload/{id}/abc")).session(&application());
        let reply = request.header("content-type", "application/octet-stream").bytes(b"x").send().await;
        assert_eq!((reply.status, reply.refused_fields()), (400, vec!["chunkNo"]));
        assert_eq!(bench.count("file_upload_data").await, 0);
    }

    async fn a_chunk_is_bytes_and_all_of_them(database: Database) {
        let bench = files_with(database, Settings { chunk_bytes_max: 10, ..Settings::default() }).await;
        let id = announced(&bench, 2).await;
        let request = || bench.post(&format!("/binary-manage/upload/{id}/1")).session(&application());
        let bytes = || request().header("content-type", "application/octet-stream");
        assert_eq!(request().send().await.status, 400, "nothing");
        assert_eq!(bytes().send().await.status, 400, "no bytes");
        assert_eq!(request().json(json!([1])).send().await.status, 400, "JSON");
        assert_eq!(request().header("content-type", "text/plain").text("1").send().await.status, 406);
        assert_eq!(bytes().header("content-length", "3").bytes(b"x").send().await.status, 400, "too few");
        assert_eq!(bytes().header("content-encoding", "gzip").bytes(b"x").send().await.status, 400);
        assert_eq!(bytes().bytes(&[0; 11]).send().await.status, 413);
        assert_eq!(bytes().without_header("session").bytes(b"x").send().await.status, 401);
        assert_eq!(bench.count("file_upload_data").await, 0);
        assert_eq!(bytes().header("content-length", "10").bytes(&[0; 10]).send().await.status, 200);
        assert_eq!(post(&bench, "upload").await.status, 404);
    }
}
