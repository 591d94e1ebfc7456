//! Terms of use.

use serde_json::{Value, json};
use testkit::{individual, on_both_databases};

use super::{
    count, execute, get_as, good, newcomer, post_as, provider, put_as, region_root, root, stage, texts,
};
use crate::world::{APP, REGION_ROOT, ROOT};

const PLATFORM: &str = "terms-of-use/platform";

fn region() -> String {
    format!("terms-of-use/region/actor_{REGION_ROOT}")
}

fn terms(ns: &str, kind: i64, code: Option<(i64, i64)>) -> Value {
    json!({
        "name": "規約", "catalog": [{"type": kind, "catalogCode": code.map(|(code, _)| code), "template": {
            "catalogItem": {"ns": format!("catalog/ext/test-org/{ns}"), "name": "規約", "description": "d",
                            "_code": code.map(|(code, ver)| json!({"_value": code, "_ver": ver})), "inherit": null},
            "template": {"prop": null, "value": [{"key": "re-consent-flag", "value": false}]},
        }}],
        "isDraft": false,
    })
}

/// A change that residents have to consent to until a day.
fn asking(ns: &str, code: (i64, i64), until: &str) -> Value {
    let mut body = terms(ns, 2, Some(code));
    body["catalog"][0]["template"]["template"]["value"] = json!([
        {"key": "re-consent-flag", "value": true}, {"key": "period-of-re-consent", "value": until}]);
    body
}

on_both_databases! {
    async fn new_terms_are_in_force_at_once(database: Database) {
        let (bench, world) = stage(database).await;
        for (session, path, ns) in
            [(root(), "/platform-terms-of-use", PLATFORM.to_owned()), (region_root(), "/region-terms-of-use", region())]
        {
            let made = good(post_as(&bench, &session, path, terms(&ns, 1, None)).await);
            let code = &made["catalog"][0]["template"]["catalogItem"]["_code"];
            assert_eq!((&made["id"], &made["isDraft"], &code["_ver"]), (&json!(1), &json!(false), &json!(1)));
            assert_eq!(world.count(&ns), 1);
        }
        let kept = texts(&bench, "terms_of_use_code", "platform_terms_of_use_manage").await;
        assert_eq!(kept, ["1001001"]);
        assert!(!texts(&bench, "template", "region_terms_of_use_manage").await[0].contains("isDraft"));
    }

    async fn the_books_are_told_when_residents_must_consent_again(database: Database) {
        let (bench, world) = stage(database).await;
        for (session, path, ns, minimum) in [
            (root(), "/platform-terms-of-use", PLATFORM.to_owned(), 30),
            (region_root(), "/region-terms-of-use", region(), 7),
        ] {
            world.put(1_000_900, &ns, json!({}));
            let until = |days: i64| {
                let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 2).unwrap() + chrono::TimeDelta::days(days);
                format!("{day}T03:04:05.678+0900")
            };
            let put = |until: &str| {
                let body = asking(&ns, (1_000_900, 2), until);
                let (bench, session) = (&bench, &session);
                async move { put_as(bench, session, path, body).await }
            };
            assert_eq!(put(&until(minimum)).await.status, 400, "too soon");
            for unreadable in ["", "soon", "2026-13-01"] {
                assert_eq!(put(unreadable).await.status, 400, "{unreadable}");
            }
            assert!(world.state().books.is_empty());
            good(put(&until(minimum + 1)).await);
            let (told, body) = world.state().books.pop().unwrap();
            assert!(told.starts_with("/book-manage/term_of_use/") && told.ends_with("/update"));
            assert_eq!(body, json!({"code": 1_000_900, "version": 2}));
        }
        for table in ["platform_terms_of_use_manage", "region_terms_of_use_manage"] {
            let kept = texts(&bench, "terms_of_use_version", &format!("{table} where is_disabled = false")).await;
            assert_eq!(kept, ["2"]);
        }
    }

    async fn nobody_is_asked_again_for_what_the_catalog_refuses(database: Database) {
        let (bench, world) = stage(database).await;
        for (session, path, ns) in
            [(root(), "/platform-terms-of-use", PLATFORM.to_owned()), (region_root(), "/region-terms-of-use", region())]
        {
            world.put(1_000_900, &ns, json!({}));
            // Not the next version.
            let body = asking(&ns, (1_000_900, 7), "2027-01-01T00:00:00.000+0900");
            let refused = put_as(&bench, &session, path, body).await;
            assert_eq!((refused.status, &refused.body["message"]), (400, &json!("another version")), "{path}");
            assert!(world.state().books.is_empty(), "{path}");
        }
        for table in ["platform_terms_of_use_manage", "region_terms_of_use_manage"] {
            assert_eq!(count(&bench, table).await, 0, "{table}");
        }
    }

    async fn nobody_is_asked_again_for_small_changes(database: Database) {
        let (bench, world) = stage(database).await;
        world.put(1_000_900, PLATFORM, json!({}));
        let body = terms(PLATFORM, 2, Some((1_000_900, 2)));
        good(put_as(&bench, &root(), "/platform-terms-of-use", body.clone()).await);
        assert!(world.state().books.is_empty());
        // The catalog makes each version once.
        assert_eq!(put_as(&bench, &root(), "/platform-terms-of-use", body).await.status, 400);
        assert_eq!(count(&bench, "platform_terms_of_use_manage").await, 1);
    }

    async fn drafts_change_nothing(database: Database) {
        let (bench, world) = stage(database).await;
        let draft = |kind, code| {
            let mut body = terms(PLATFORM, kind, code);
            body["isDraft"] = json!(true);
            body
        };
        good(post_as(&bench, &root(), "/platform-terms-of-use", draft(1, None)).await);
        good(put_as(&bench, &root(), "/platform-terms-of-use", draft(2, Some((1_000_900, 2)))).await);
        assert_eq!(put_as(&bench, &root(), "/platform-terms-of-use", draft(2, None)).await.status, 400);
        assert_eq!(world.count(PLATFORM), 0);
        assert_eq!(texts(&bench, "terms_of_use_code", "platform_terms_of_use_manage").await, ["", "1000900"]);
    }

    async fn drafts_are_read_changed_and_sent_by_their_own_actor(database: Database) {
        let (bench, world) = stage(database).await;
        let named = |mut body: Value, name: &str, id: Option<&Value>, is_draft: bool| {
            (body["name"], body["isDraft"]) = (json!(name), json!(is_draft));
            if let Some(id) = id {
                body["id"] = id.clone();
            }
            body
        };
        for (session, own, other, path, ns, table) in [
            (root(), ROOT, region_root(), "/platform-terms-of-use", PLATFORM.to_owned(), "platform_terms_of_use_manage"),
            (region_root(), REGION_ROOT, provider(), "/region-terms-of-use", region(), "region_terms_of_use_manage"),
        ] {
            let names = || async {
                let listed = good(get_as(&bench, &session, path).await);
                let of = |draft: &Value| (draft["id"].clone(), draft["name"].as_str().unwrap().to_owned());
                assert!(listed.as_array().unwrap().iter().all(|draft| draft["isDraft"] == json!(true)));
                listed.as_array().unwrap().iter().map(of).collect::<Vec<_>>()
            };
            good(post_as(&bench, &session, path, terms(&ns, 1, None)).await);
            assert_eq!(names().await, [], "what is published is no draft");
            let first = good(post_as(&bench, &session, path, named(terms(&ns, 1, None), "a", None, true)).await)["id"].clone();
            let second = good(put_as(&bench, &session, path, named(terms(&ns, 2, Some((1_000_900, 2))), "b", None, true)).await)["id"].clone();
            assert_eq!(names().await, [(second.clone(), "b".to_owned()), (first.clone(), "a".to_owned())]);
            let again = good(post_as(&bench, &session, path, named(terms(&ns, 1, None), "c", Some(&first), true)).await);
            assert_eq!(again["id"], first);
            assert_eq!(names().await, [(second.clone(), "b".to_owned()), (first.clone(), "c".to_owned())]);
            // Nobody else sees it, nor writes over it.
            for stranger in [newcomer(), individual()] {
                assert_eq!(get_as(&bench, &stranger, path).await.status, 401);
            }
            let seen = get_as(&bench, &other, path).await;
            assert!(seen.status == 401 || seen.body == json!([]), "{}", seen.body);
            execute(&bench, &format!("update {table} set application_actor_code = 7 where id = {first}")).await;
            let new = good(post_as(&bench, &session, path, named(terms(&ns, 1, None), "d", Some(&first), true)).await);
            assert_ne!(new["id"], first);
            execute(&bench, &format!("update {table} set application_actor_code = {own} where id = {first}")).await;
            // Sent, they are none any more.
            let before = world.count(&ns);
            let sent = good(post_as(&bench, &session, path, named(terms(&ns, 1, None), "e", Some(&first), false)).await);
            assert_eq!((&sent["id"], world.count(&ns)), (&first, before + 1));
            world.put(1_000_900, &ns, json!({}));
            let sent = good(put_as(&bench, &session, path, named(terms(&ns, 2, Some((1_000_900, 2))), "f", Some(&second), false)).await);
            assert_eq!(sent["id"], second);
            assert_eq!(names().await, [(new["id"].clone(), "d".to_owned())]);
            let version = texts(&bench, "terms_of_use_version", &format!("{table} where id = {second}")).await;
            assert_eq!((version, count(&bench, &format!("{table} where is_disabled = true")).await), (vec!["2".to_owned()], 0));
            // Whoever names what is no draft of his publishes as ever.
            let rows = count(&bench, table).await;
            good(post_as(&bench, &session, path, named(terms(&ns, 1, None), "g", Some(&second), false)).await);
            assert_eq!(count(&bench, table).await, rows + 1);
        }
        assert_eq!(count(&bench, "terms_of_use_draft").await, 2);
    }

    async fn terms_stand_in_their_own_place(database: Database) {
        let (bench, world) = stage(database).await;
        world.put(1_000_900, "terms-of-use/region/actor_7", json!({}));
        let bad = [
            terms("terms-of-use/region/actor_7", 1, None),
            terms(&region(), 2, None),
            terms(PLATFORM, 1, None),
        ];
        for body in bad {
            assert_eq!(post_as(&bench, &region_root(), "/region-terms-of-use", body).await.status, 400);
        }
        let mut two = terms(&region(), 1, None);
        let first = two["catalog"][0].clone();
        two["catalog"].as_array_mut().unwrap().push(first);
        assert_eq!(post_as(&bench, &region_root(), "/region-terms-of-use", two).await.status, 400);
        for code in [None, Some((0, 1)), Some((7, 2)), Some((1_000_900, 2))] {
            let body = terms(&region(), 2, code);
            assert_eq!(put_as(&bench, &region_root(), "/region-terms-of-use", body).await.status, 400);
        }
        assert_eq!(count(&bench, "region_terms_of_use_manage").await, 0);
    }

    async fn only_an_actor_with_regions_writes_terms_of_regions(database: Database) {
        let (bench, world) = stage(database).await;
        let own = format!("terms-of-use/region/actor_{APP}");
        let as_draft = |mut body: Value| {
            body["isDraft"] = json!(true);
            body
        };
        for session in [provider(), root()] {
            for body in [as_draft(terms(&region(), 1, None)), as_draft(terms(&own, 1, None))] {
                assert_eq!(post_as(&bench, &session, "/region-terms-of-use", body).await.status, 401);
            }
            let body = as_draft(terms(&region(), 2, Some((1_000_900, 2))));
            assert_eq!(put_as(&bench, &session, "/region-terms-of-use", body).await.status, 401);
        }
        assert_eq!(post_as(&bench, &provider(), "/region-terms-of-use", terms(&own, 1, None)).await.status, 401);
        assert_eq!((count(&bench, "region_terms_of_use_manage").await, world.count(&own)), (0, 0));
        good(post_as(&bench, &region_root(), "/region-terms-of-use", as_draft(terms(&region(), 1, None))).await);
    }

    async fn terms_of_the_platform_are_the_roots(database: Database) {
        let (bench, _) = stage(database).await;
        for session in [region_root(), provider(), newcomer(), individual()] {
            let new = post_as(&bench, &session, "/platform-terms-of-use", terms(PLATFORM, 1, None)).await;
            let changed = put_as(&bench, &session, "/platform-terms-of-use", terms(PLATFORM, 2, Some((1, 2)))).await;
            assert_eq!((new.status, changed.status), (401, 401));
        }
        for session in [newcomer(), individual()] {
            let new = post_as(&bench, &session, "/region-terms-of-use", terms(&region(), 1, None)).await;
            assert_eq!(new.status, 401);
        }
    }
}
