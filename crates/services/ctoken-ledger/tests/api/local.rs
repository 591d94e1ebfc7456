//! Reports of blocks.

use testkit::{individual, on_both_databases};

use super::*;

on_both_databases! {
    async fn the_first_report_about_a_person_begins_a_chain(database: Database) {
        let bench = ledger(database).await;
        add(&bench, &[element("u-p", 1, &[(2, "h1"), (3, "h2")], &[4])]).await;
        assert_eq!(heads(&bench, "p").await, ["da071b2949f1f94c7619cd6c506b706779bb899ae78f51f148577f25a09458db"]);
        let hash = "9fa6f4450d9e5f6c47b1820a9d25337a500e36414b7ed673ae2c398e194056e0";
        assert_eq!(bench.text("cmatrix_hash", "cmatrix").await, hash);
        let who = bench.text(r#"actor_catalog_code || ' ' || "1_1" || ' ' || created_by"#, "cmatrix").await;
        assert_eq!(who, format!("{ACTOR} u-p app01"));
        assert_eq!(rows(&bench).await, ["h1", "h2"]);
        assert_eq!(bench.text(r#""3_5_2_1""#, "row_hash").await, "");
    }

    async fn every_thing_has_the_documents_of_its_event(database: Database) {
        let bench = ledger(database).await;
        add(&bench, &[element("u-p", 1, &[(2, "h1"), (3, "h2")], &[4, 5])]).await;
        assert_eq!(bench.count("document").await, 4);
        assert_eq!(bench.texts("count(*)", "document group by row_hash_id").await, ["2", "2"]);
    }

    async fn a_chain_grows_with_every_matrix(database: Database) {
        let bench = ledger(database).await;
        add(&bench, &[element("u-p", 1, &[(2, "h1")], &[]), element("v-p", 3, &[(4, "h2")], &[])]).await;
        add(&bench, &[element("u-p", 5, &[(6, "h3")], &[])]).await;
        assert_eq!(heads(&bench, "p").await, chain(&[&["h1"], &["h2"], &["h3"]]));
        assert_eq!(bench.count("ctoken").await, 1);
    }

    async fn users_are_looked_up_once_each(database: Database) {
        let bench = ledger(database).await;
        let same = |event| element("u-p", event, &[(event + 1, "h")], &[]);
        report(&bench, differences(&[same(10), same(20)], &[same(10)], &[])).await;
        let asked = bench.neighbours.asked();
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].path, "/book-manage/search/user?disableFlg=1&includeDeleteCoop=1");
        let body = json!({"userId": "u-p", "actor": ACTOR, "app": APP, "wf": null});
        assert_eq!(asked[0].body.to_string(), body.to_string());
        assert_eq!(asked[0].headers["session"], reporter().header());
    }

    async fn a_thing_that_comes_later_opens_a_matrix_of_its_own(database: Database) {
        let bench = ledger(database).await;
        add(&bench, &[element("u-p", 1, &[(2, "h1")], &[])]).await;
        add(&bench, &[element("u-p", 1, &[(2, "h1"), (3, "h2")], &[4])]).await;
        assert_eq!(rows(&bench).await, ["h1", "h2"]);
        assert_eq!(bench.count("document").await, 2);
        assert_eq!(heads(&bench, "p").await, chain(&[&["h1"], &["h1", "h2"]]));
    }

    async fn an_update_replaces_the_hash_and_moves_the_chain(database: Database) {
        let bench = ledger(database).await;
        add(&bench, &[element("u-p", 1, &[(2, "h1"), (3, "h2")], &[4])]).await;
        let mut changed = element("u-p", 1, &[(3, "h3")], &[4]);
        changed["event"]["3_2_1"] = json!("2026-01-02T09:00:00.000+0900");
        changed["document"][0]["2_n_1_2_2"] = json!(2);
        update(&bench, &[changed]).await;
        assert_eq!(rows(&bench).await, ["h1", "h3"]);
        assert_eq!(heads(&bench, "p").await, chain(&[&["h1", "h2"], &["h1", "h3"]]));
        assert_eq!(bench.text("cmatrix_hash", "cmatrix").await, hash_of_list(&["h1", "h3"]));
        assert_eq!(bench.texts("_1_2_2", "document order by id").await, ["2", "2"]);
        let start = bench.text(r#""3_2_1""#, "row_hash where row_hash = 'h3'").await;
        assert!(start.starts_with("2026-01-02 00:00:00"), "{start}");
    }

    async fn an_update_of_something_unknown_is_left_alone(database: Database) {
        let bench = ledger(database).await;
        add(&bench, &[element("u-p", 1, &[(2, "h1")], &[4])]).await;
        update(&bench, &[
            element("u-p", 1, &[(9, "h2")], &[]),
            element("u-p", 9, &[(2, "h2")], &[]),
            element("u-p", 1, &[(2, "h2")], &[9]),
            element("u-q", 1, &[(2, "h2")], &[]),
        ]).await;
        assert_eq!(rows(&bench).await, ["h1"]);
        assert_eq!(heads(&bench, "p").await, chain(&[&["h1"]]));
        assert_eq!(bench.count("ctoken").await, 1);
    }

    async fn a_disabled_document_does_not_hinder_an_update(database: Database) {
        let bench = ledger(database).await;
        add(&bench, &[element("u-p", 1, &[(2, "h1")], &[4, 5])]).await;
        bench.execute(&format!("update document set is_disabled = true where _1_1 = '{}'", id(4))).await;
        update(&bench, &[element("u-p", 1, &[(2, "h2")], &[4, 5])]).await;
        assert_eq!(rows(&bench).await, ["h2"]);
    }

    async fn a_deletion_takes_rows_out_of_their_matrix(database: Database) {
        let bench = ledger(database).await;
        add(&bench, &[element("u-p", 1, &[(2, "h1"), (3, "h2")], &[4])]).await;
        delete(&bench, &[gone("u-p", 1, &[2], &[])]).await;
        assert_eq!(rows(&bench).await, ["h2"]);
        delete(&bench, &[gone("u-p", 1, &[3], &[4])]).await;
        assert_eq!(bench.count("cmatrix where not is_disabled").await, 0);
        assert_eq!(bench.count("document where is_disabled").await, 1);
        // The hash of a matrix that is given up stays as it was.
        assert_eq!(heads(&bench, "p").await, chain(&[&["h1", "h2"], &["h2"], &["h2"]]));
    }

    async fn a_deletion_that_names_an_unknown_document_is_left_alone(database: Database) {
        let bench = ledger(database).await;
        add(&bench, &[element("u-p", 1, &[(2, "h1")], &[4])]).await;
        delete(&bench, &[gone("u-p", 1, &[2], &[9]), gone("u-p", 7, &[2], &[])]).await;
        assert_eq!(rows(&bench).await, ["h1"]);
    }

    async fn documents_go_without_their_things(database: Database) {
        let bench = ledger(database).await;
        add(&bench, &[element("u-p", 1, &[(2, "h1"), (3, "h2")], &[4, 5])]).await;
        delete(&bench, &[gone("u-p", 1, &[], &[4])]).await;
        assert_eq!(rows(&bench).await, ["h1", "h2"]);
        assert_eq!(bench.texts("_1_1", "document where not is_disabled").await, [id(5), id(5)]);
        assert_eq!(heads(&bench, "p").await.len(), 1);
    }

    async fn a_deletion_moves_the_chain_of_each_person(database: Database) {
        let bench = ledger(database).await;
        add(&bench, &[element("u-p", 1, &[(2, "h1")], &[]), element("u-q", 1, &[(2, "h2")], &[])]).await;
        delete(&bench, &[gone("u-p", 1, &[2], &[])]).await;
        assert_eq!(heads(&bench, "p").await, chain(&[&["h1"], &["h1"]]));
        assert_eq!(heads(&bench, "q").await, chain(&[&["h2"], &["h2"]]));
    }

    async fn times_of_hashes_move_with_them(database: Database) {
        let bench = ledger(database).await;
        add(&bench, &[element("u-p", 1, &[(2, "h1")], &[])]).await;
        bench.advance(chrono::TimeDelta::hours(1));
        update(&bench, &[element("u-p", 1, &[(2, "h2")], &[])]).await;
        let moved = "where ctoken_create_at > created_at";
        assert_eq!(bench.count(&format!("ctoken {moved}")).await, 1);
        assert_eq!(bench.count("cmatrix where cmatrix_hash_create_at > created_at").await, 1);
    }

    async fn an_actor_touches_its_own_rows_only(database: Database) {
        let bench = ledger(database).await;
        add(&bench, &[element("u-p", 1, &[(2, "h1")], &[4])]).await;
        let other = of_actor(&application(), ACTOR + 1);
        let theirs = |hash| element_of(ACTOR + 1, "u-p", 1, &[(2, hash)], &[4]);
        report_as(&bench, &other, differences(&[], &[theirs("h9")], &[gone("u-p", 1, &[2], &[4])])).await;
        assert_eq!(rows(&bench).await, ["h1"]);
        assert_eq!(bench.count("document where not is_disabled").await, 1);
        for body in [
            differences(&[element("u-p", 8, &[(9, "h")], &[])], &[], &[]),
            differences(&[], &[element("u-p", 1, &[(2, "h9")], &[])], &[]),
        ] {
            assert_eq!(post(&bench, &other, "/ctoken-ledger/local", body).await.status, 400);
        }
        assert_eq!(rows(&bench).await, ["h1"]);
    }

    async fn an_unknown_user_refuses_the_whole_report(database: Database) {
        let bench = ledger(database).await;
        let body = differences(&[element("u-p", 1, &[(2, "h")], &[]), element("x", 3, &[(4, "h")], &[])], &[], &[]);
        assert_eq!(post(&bench, &reporter(), "/ctoken-ledger/local", body).await.status, 404);
        assert_eq!((bench.count("ctoken").await, bench.count("row_hash").await), (0, 0));
    }

    async fn what_book_manage_answers_is_passed_on(database: Database) {
        for (theirs, ours) in [(400, 400), (401, 401), (404, 401), (500, 503)] {
            let database = if matches!(database.url, platform::StoreUrl::Sqlite(_)) {
                Database::sqlite()
            } else {
                Database::postgres().await.unwrap()
            };
            let path = "/book-manage/search/user";
            let neighbours =
                neighbours().refuses(ServiceName::BookManage, Method::POST, path, theirs, json!({}));
            let bench = ledger_with(database, neighbours).await;
            let body = differences(&[element("u-p", 1, &[(2, "h")], &[])], &[], &[]);
            assert_eq!(post(&bench, &reporter(), "/ctoken-ledger/local", body).await.status, ours);
        }
    }

    async fn an_element_needs_an_application(database: Database) {
        let bench = ledger(database).await;
        for app in [json!(null), json!(0)] {
            let mut element = element("u-p", 1, &[(2, "h")], &[]);
            element["event"]["3_5_5_1"] = app;
            let body = differences(&[element], &[], &[]);
            assert_eq!(post(&bench, &reporter(), "/ctoken-ledger/local", body).await.status, 400);
        }
        assert_eq!(bench.neighbours.asked().len(), 0);
    }

    async fn residents_report_nothing(database: Database) {
        let bench = ledger(database).await;
        let body = differences(&[], &[], &[gone("u-p", 1, &[2], &[])]);
        assert_eq!(post(&bench, &individual(), "/ctoken-ledger/local", body.clone()).await.status, 401);
        assert_eq!(bench.post("/ctoken-ledger/local").json(body).send().await.status, 401);
    }

    async fn bad_input_names_every_field(database: Database) {
        let bench = ledger(database).await;
        let send = |body: Value| async { post(&bench, &reporter(), "/ctoken-ledger/local", body).await };
        assert_eq!(send(json!({"add": [{}]})).await.refused_fields(), [
            "1_1", "document", "event", "thing", "update", "delete",
        ]);
        let mut broken = element("u-p", 1, &[(2, "h")], &[4]);
        broken["thing"][0]["4_1_1"] = json!("x");
        broken["thing"][0]["rowHashCreateAt"] = json!(5);
        broken["document"][0]["2_n_3_5_2"] = json!("x");
        let reply = send(differences(&[broken], &[], &[])).await;
        assert_eq!(reply.refused_fields(), ["2_n_3_5_2", "4_1_1", "rowHashCreateAt"]);
        for nothing in [json!({}), json!([]), json!([{}])] {
            assert_eq!(send(nothing).await.status, 400);
        }
        assert_eq!(send(differences(&[], &[], &[])).await.status, 200);
    }
}
