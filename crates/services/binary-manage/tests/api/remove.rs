//! Deleting files.

use serde_json::json;
use testkit::{application, individual, member, of_actor, on_both_databases};

use super::{announced, files, send, uploaded};

on_both_databases! {
    async fn a_deleted_file_and_what_it_held_are_gone(database: Database) {
        let bench = files(database).await;
        let (id, other) = (uploaded(&bench).await, uploaded(&bench).await);
        let remove = |id: &str| bench.delete(&format!("/binary-manage/{id}")).session(&member()).send();
        let reply = remove(&id).await;
        assert_eq!((reply.status, reply.body.to_string()), (200, json!({"id": id}).to_string()));
        let row = "is_disabled || updated_by";
        let deleted = bench.text(row, &format!("file_upload_manage where id = '{id}'")).await;
        assert!(deleted == "truemember01" || deleted == "1member01", "{deleted}");
        assert_eq!(bench.texts("file_upload_manage_id", "file_upload_data group by 1").await, [other]);
        assert_eq!(remove(&id).await.status, 200, "again");
        assert_eq!(remove("unknown").await.status, 200);
        assert_eq!(remove("%00").await.status, 400);
    }

    async fn deleting_accepts_whatever_a_client_accepts(database: Database) {
        let bench = files(database).await;
        let request = bench.delete("/binary-manage/x").session(&application()).without_header("accept");
        assert_eq!(request.send().await.status, 200);
    }

    async fn only_the_own_block_deletes_its_files(database: Database) {
        let bench = files(database).await;
        let id = announced(&bench, 1).await;
        send(&bench, &id, 1, b"one").await;
        let path = format!("/binary-manage/{id}");
        for session in [individual(), of_actor(&member(), 7), of_actor(&application(), 7)] {
            assert_eq!(bench.delete(&path).session(&session).send().await.status, 401);
        }
        assert_eq!(bench.delete(&path).send().await.status, 401);
        assert_eq!(bench.count("file_upload_data").await, 1);
    }
}
