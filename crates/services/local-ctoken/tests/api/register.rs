//! Noting differences.

use serde_json::{Value, json};
use testkit::{individual, member, of_actor, on_both_databases};

use super::*;

on_both_databases! {
    async fn what_was_stored_is_noted_row_by_row(database: Database) {
        let bench = local_ctoken(database).await;
        note(&bench, added(&[element("u", 1, &[(2, "h2"), (3, "h3")], &[4])])).await;
        let columns = r#"type || ' ' || status || ' ' || "1_1" || ' ' || row_hash"#;
        assert_eq!(bench.texts(columns, "row_hash order by id").await, ["1 0 u h2", "1 0 u h3"]);
        assert_eq!(bench.text("created_by", "row_hash").await, "app01");
        assert_eq!(bench.text(r#""3_5_2_1""#, "row_hash").await, "");
        note(&bench, updated(&[element("u", 1, &[(2, "h4")], &[])])).await;
        assert_eq!(bench.text("type", "row_hash order by id").await, "2");
    }

    async fn the_end_of_an_event_is_not_its_start(database: Database) {
        let bench = local_ctoken(database).await;
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[])])).await;
        assert!(bench.text(r#""3_2_1""#, "row_hash").await.starts_with("2026-01-01 00:00:00"));
        assert!(bench.text(r#""3_2_2""#, "row_hash").await.starts_with("2026-01-01 01:00:00.123"));
    }

    async fn documents_are_noted_with_every_thing(database: Database) {
        let bench = local_ctoken(database).await;
        note(&bench, added(&[element("u", 1, &[(2, "h2"), (3, "h3")], &[4, 5])])).await;
        let rows = bench.texts("row_hash_id || ' ' || _1_1", "document order by id").await;
        assert_eq!(rows.len(), 4);
        assert_eq!(bench.text("_1_1", "document order by id").await, id(5));
    }

    async fn the_same_differences_are_noted_once(database: Database) {
        let bench = local_ctoken(database).await;
        let bodies = [
            added(&[element("u", 1, &[(2, "h2"), (3, "h3")], &[4])]),
            updated(&[element("u", 1, &[(2, "h4")], &[])]),
            deleted(&[gone("u", 1, &[3], &[])]),
        ];
        for (body, rows) in bodies.into_iter().zip([2, 3, 4]) {
            note(&bench, body.clone()).await;
            note(&bench, body).await;
            assert_eq!(bench.count("row_hash").await, rows);
        }
        assert_eq!(bench.count("document").await, 2);
        heard(&bench, 3).await;
    }

    async fn the_same_differences_at_once_are_noted_once(database: Database) {
        let bench = local_ctoken(database).await;
        let body = added(&[element("u", 1, &[(2, "h2"), (3, "h3")], &[4])]);
        let replies =
            tokio::join!(note(&bench, body.clone()), note(&bench, body.clone()), note(&bench, body));
        assert_eq!((replies.0.status, replies.1.status, replies.2.status), (200, 200, 200));
        assert_eq!(bench.count("row_hash").await, 2);
        assert_eq!(bench.count("document").await, 2);
    }

    async fn a_change_back_is_a_change(database: Database) {
        let bench = local_ctoken(database).await;
        for hash in ["h1", "h2", "h1"] {
            note(&bench, updated(&[element("u", 1, &[(2, hash)], &[])])).await;
        }
        assert_eq!(bench.count("row_hash").await, 3);
    }

    async fn a_document_that_comes_later_is_noted(database: Database) {
        let bench = local_ctoken(database).await;
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[])])).await;
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[4])])).await;
        assert_eq!((bench.count("row_hash").await, bench.count("document").await), (2, 1));
    }

    async fn many_rows_keep_their_own_documents(database: Database) {
        let bench = local_ctoken(database).await;
        let elements: Vec<_> =
            (1..=1200).map(|number| element("u", number, &[(number + 2000, "h")], &[number + 4000])).collect();
        note(&bench, added(&elements)).await;
        note(&bench, added(&elements)).await;
        assert_eq!(bench.count("row_hash").await, 1200);
        // The number of the document is that of the event and 4000.
        let fitting = "row_hash join document on row_hash_id = row_hash.id \
                       where cast(substr(_1_1, 25) as integer) = cast(substr(\"3_1_1\", 25) as integer) + 4000";
        assert_eq!(bench.count(fitting).await, 1200);
        while unsent(&bench).await > 0 {
            assert_eq!(forward(&bench, 1000).await.status, 200);
        }
        assert_eq!(told(&bench).len(), 2);
    }

    async fn a_deletion_notes_identifiers_only(database: Database) {
        let bench = local_ctoken(database).await;
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[4])])).await;
        note(&bench, deleted(&[gone("u", 1, &[2], &[4])])).await;
        let row = bench.text(r#"type || coalesce(row_hash, '-') || "4_1_1""#, "row_hash order by id").await;
        assert_eq!(row, format!("3-{}", id(2)));
        assert_eq!(bench.text("_1_2_1", "document order by id").await, "");
    }

    async fn what_was_never_noted_can_be_deleted(database: Database) {
        let bench = local_ctoken(database).await;
        note(&bench, deleted(&[gone("u", 1, &[2], &[4])])).await;
        assert_eq!(bench.count("row_hash").await, 1);
        heard(&bench, 0).await;
    }

    async fn documents_can_be_deleted_without_their_things(database: Database) {
        let bench = local_ctoken(database).await;
        note(&bench, added(&[element("u", 1, &[(2, "h")], &[4])])).await;
        note(&bench, deleted(&[gone("u", 1, &[], &[4])])).await;
        forward(&bench, 50).await;
        let told = told(&bench);
        assert_eq!(told[0]["delete"], json!([gone("u", 1, &[], &[4])]));
    }

    async fn residents_note_nothing(database: Database) {
        let bench = local_ctoken(database).await;
        let body = added(&[element("u", 1, &[(2, "h")], &[])]);
        assert_eq!(post(&bench, &individual(), "/local-ctoken", body.clone()).await.status, 401);
        assert_eq!(bench.post("/local-ctoken").json(body.clone()).send().await.status, 401);
        assert_eq!(bench.count("row_hash").await, 0);
        assert_eq!(post(&bench, &member(), "/local-ctoken/", body).await.status, 200);
    }

    async fn an_actor_notes_its_own_data_only(database: Database) {
        let bench = local_ctoken(database).await;
        let foreign = of_actor(&application(), 7);
        let body = added(&[element("u", 1, &[(2, "h")], &[])]);
        assert_eq!(post(&bench, &foreign, "/local-ctoken", body).await.status, 400);
        assert_eq!(bench.count("row_hash").await, 0);
    }

    async fn bad_input_names_every_field(database: Database) {
        let bench = local_ctoken(database).await;
        let send = |body: Value| async { post(&bench, &application(), "/local-ctoken", body).await };
        assert_eq!(send(json!({"add": [], "update": 1})).await.refused_fields(), ["update", "delete"]);
        let with = |change: fn(&mut Value)| {
            let mut element = element("u", 1, &[(2, "h")], &[4]);
            change(&mut element);
            send(added(&[element]))
        };
        let broken = with(|it| {
            it["1_1"] = json!("");
            it["event"] = json!({"3_1_1": "x", "3_1_2_1": "a", "3_2_1": "2026-01-01", "3_5_5_1": "a"});
            it["document"][0]["2_n_2_1"] = json!("0000-01-01T00:00:00.000Z");
        });
        assert_eq!(
            broken.await.refused_fields(),
            ["1_1", "2_n_2_1", "3_1_1", "3_1_2_1", "3_1_2_2", "3_5_1_1", "3_5_1_2", "3_5_5_1", "3_2_1"]
        );
        assert_eq!(with(|it| it["thing"] = json!([])).await.refused_fields(), ["thing"]);
        assert_eq!(with(|it| it["thing"] = json!({"a": 1})).await.refused_fields(), ["thing"]);
        let hash = with(|it| it["thing"][0]["rowHash"] = json!("h".repeat(256)));
        assert_eq!(hash.await.refused_fields(), ["rowHash"]);
        assert_eq!(send(deleted(&[gone("u", 1, &[], &[])])).await.refused_fields(), ["thing"]);
        for nothing in [json!({}), json!([]), json!([1]), added(&[])] {
            assert_eq!(send(nothing).await.status, 400);
        }
        assert_eq!(bench.count("row_hash").await, 0);
    }
}
