//! Reports come at least once and are applied once.

use testkit::on_both_databases;

use super::*;

/// Everything that a report may change, as one text.
async fn everything(bench: &Bench) -> Vec<String> {
    let mut all = heads(bench, "p").await;
    all.extend(bench.texts("id || row_hash || is_disabled", "row_hash order by id").await);
    all.extend(bench.texts("id || _1_1 || is_disabled", "document order by id").await);
    all.extend(bench.texts("id || cmatrix_hash || is_disabled", "cmatrix order by id").await);
    all.extend(bench.texts("updated_at", "ctoken").await);
    all
}

on_both_databases! {
    async fn a_report_that_comes_again_changes_nothing(database: Database) {
        let bench = ledger(database).await;
        let reports = [
            differences(&[element("u-p", 1, &[(2, "h1"), (3, "h2")], &[4])], &[], &[]),
            differences(&[element("u-p", 1, &[(2, "h1"), (3, "h2")], &[5])], &[], &[]),
            differences(&[], &[element("u-p", 1, &[(2, "h3")], &[4])], &[]),
            differences(&[], &[], &[gone("u-p", 1, &[3], &[])]),
            differences(&[], &[], &[gone("u-p", 1, &[], &[5])]),
            differences(&[element("u-p", 6, &[(7, "h7")], &[])], &[], &[gone("u-p", 1, &[2], &[])]),
        ];
        for body in reports {
            report(&bench, body.clone()).await;
            let once = everything(&bench).await;
            bench.advance(chrono::TimeDelta::minutes(1));
            report(&bench, body).await;
            assert_eq!(everything(&bench).await, once);
        }
    }

    // The sender was killed after the ledger applied its page and before it marked it: the page comes again,
    // now together with what was noted meanwhile.
    async fn a_page_of_a_killed_sender_is_applied_once(database: Database) {
        let bench = ledger(database).await;
        let added = element("u-p", 1, &[(2, "h1"), (3, "h2")], &[4]);
        add(&bench, std::slice::from_ref(&added)).await;
        let changed = element("u-p", 1, &[(2, "h3")], &[]);
        report(&bench, differences(std::slice::from_ref(&added), std::slice::from_ref(&changed), &[])).await;
        assert_eq!(rows(&bench).await, ["h3", "h2"]);
        // And once more.
        report(&bench, differences(&[added], &[changed], &[gone("u-p", 1, &[3], &[])])).await;
        assert_eq!(rows(&bench).await, ["h3"]);
        assert_eq!(heads(&bench, "p").await, chain(&[&["h1", "h2"], &["h3", "h2"], &["h3"]]));
        assert_eq!(bench.count("row_hash").await, 2);
    }

    async fn what_was_added_and_deleted_in_one_page_is_not_added_again(database: Database) {
        let bench = ledger(database).await;
        let body = differences(&[element("u-p", 1, &[(2, "h1")], &[4])], &[], &[gone("u-p", 1, &[2], &[4])]);
        report(&bench, body.clone()).await;
        let once = everything(&bench).await;
        report(&bench, body).await;
        assert_eq!(everything(&bench).await, once);
        assert_eq!(bench.count("row_hash").await, 1);
    }

    async fn many_rows_are_applied_once_too(database: Database) {
        let bench = ledger(database).await;
        let elements: Vec<_> =
            (1..=1200).map(|number| element("u-p", number, &[(number + 2000, "h")], &[number + 4000])).collect();
        let all = differences(&elements, &[], &[]);
        report(&bench, all.clone()).await;
        report(&bench, all).await;
        assert_eq!((bench.count("row_hash").await, bench.count("cmatrix").await), (1200, 1200));
        // The number of the document is that of the event and 4000.
        let fitting = "row_hash join document on row_hash_id = row_hash.id \
                       where cast(substr(_1_1, 25) as integer) = cast(substr(\"3_1_1\", 25) as integer) + 4000";
        assert_eq!(bench.count(fitting).await, 1200);
        assert_eq!(bench.count("ctoken_history").await, 1199);
        let gone: Vec<_> = (1..=1200).map(|number| gone("u-p", number, &[number + 2000], &[])).collect();
        delete(&bench, &gone).await;
        assert_eq!(bench.count("row_hash where not is_disabled").await, 0);
    }

    async fn two_that_bring_the_same_at_once_count_once(database: Database) {
        let bench = ledger(database).await;
        let body = || differences(&[element("u-p", 1, &[(2, "h1"), (3, "h2")], &[4])], &[], &[]);
        tokio::join!(
            report(&bench, body()), report(&bench, body()), report(&bench, body()), report(&bench, body()),
        );
        assert_eq!(rows(&bench).await, ["h1", "h2"]);
        assert_eq!((bench.count("ctoken").await, bench.count("cmatrix").await), (1, 1));
        assert_eq!(bench.count("document").await, 2);
        assert_eq!(heads(&bench, "p").await, chain(&[&["h1", "h2"]]));
        let reply = post(&bench, &member(), "/ctoken-ledger/count", json!({"pxrId": "p"})).await;
        assert_eq!(reply.body[0]["event"][0]["count"], 2);
        assert_eq!(reply.body[0]["document"][0]["count"], 1);
    }

    async fn the_first_reports_about_a_person_make_one_chain(database: Database) {
        let bench = ledger(database).await;
        let one = |event: u32, hash: &'static str| {
            differences(&[element("u-p", event, &[(event + 1, hash)], &[])], &[], &[])
        };
        tokio::join!(
            report(&bench, one(10, "a")), report(&bench, one(20, "b")), report(&bench, one(30, "c")),
            report(&bench, one(40, "d")), report(&bench, one(50, "e")),
        );
        assert_eq!(bench.count("ctoken").await, 1);
        let rows = rows(&bench).await;
        let matrices: Vec<Vec<&str>> = rows.iter().map(|hash| vec![hash.as_str()]).collect();
        let matrices: Vec<&[&str]> = matrices.iter().map(Vec::as_slice).collect();
        assert_eq!(heads(&bench, "p").await, chain(&matrices));
    }

    async fn updates_at_once_both_move_the_chain(database: Database) {
        let bench = ledger(database).await;
        add(&bench, &[element("u-p", 1, &[(2, "h1")], &[]), element("u-q", 3, &[(4, "h2")], &[])]).await;
        let both = |one: &'static str, two: &'static str, back: bool| {
            let mut elements = vec![element("u-p", 1, &[(2, one)], &[]), element("u-q", 3, &[(4, two)], &[])];
            if back {
                elements.reverse();
            }
            differences(&[], &elements, &[])
        };
        tokio::join!(report(&bench, both("a", "b", false)), report(&bench, both("c", "d", true)));
        assert_eq!((heads(&bench, "p").await.len(), heads(&bench, "q").await.len()), (3, 3));
    }
}
