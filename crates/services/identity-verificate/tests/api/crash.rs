//! Calls that go wrong half-way, and what a retry makes of them.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use testkit::{Asked, Bench, Database, Fault, individual, on_both_databases};
use vocabulary::ServiceName;

use super::{code, partner_app, path_for, post, verifications_with};
use crate::stand_ins::{APP, APP_ACTOR, REGION, REGION_ACTOR, linked, without_books};

/// A link that was asked for.
struct Link {
    request: Value,
    user_id: Option<String>,
}

/// A resident's book with at most one link.
#[derive(Clone, Default)]
struct Book(Arc<Mutex<Option<Link>>>);

impl Book {
    fn answer(&self, asked: &Asked) -> (u16, Value) {
        let mut link = self.0.lock().unwrap();
        match (asked.path.as_str(), link.as_mut()) {
            ("/book-manage/search", None) => (200, json!([{"cooperation": null, "userInformation": null}])),
            ("/book-manage/search", Some(link)) => {
                let part = |name: &str| link.request[name]["_value"].as_i64();
                (200, linked(part("actor").unwrap(), part("region"), part("app"), 0))
            }
            ("/book-manage/cooperate/request", None) => {
                *link = Some(Link { request: asked.body.clone(), user_id: None });
                (200, json!({}))
            }
            ("/book-manage/cooperate/user", Some(link)) => {
                link.user_id = asked.body["userId"].as_str().map(str::to_owned);
                (200, json!({}))
            }
            _ => (400, json!({"status": 400, "message": "no"})),
        }
    }

    fn forget(&self) {
        *self.0.lock().unwrap() = None;
    }

    fn user_id(&self) -> Option<String> {
        self.0.lock().unwrap().as_ref().and_then(|link| link.user_id.clone())
    }
}

async fn with_book(database: Database) -> (Bench, Book) {
    let book = Book::default();
    let part = book.clone();
    let neighbours = without_books().played(ServiceName::BookManage, move |asked| part.answer(asked));
    (verifications_with(database, neighbours).await, book)
}

on_both_databases! {
    async fn whatever_goes_wrong_asking_again_gives_one_code_that_is_known(database: Database) {
        let (bench, book) = with_book(database).await;
        let ask = async || {
            let body = json!({"actor": code(REGION_ACTOR), "region": code(REGION)});
            post(&bench, &individual(), "code", body).await
        };
        assert_eq!(ask().await.status, 200);
        let calls = bench.neighbours.asked().len();
        for fault in Fault::each(calls) {
            bench.execute("delete from identify_verify").await;
            book.forget();
            bench.neighbours.suffer(Some(fault));
            let first = ask().await;
            bench.neighbours.suffer(None);
            assert_eq!(bench.count("identify_verify").await, usize::from(first.status == 200), "{fault:?}");
            let reply = if first.status == 200 { first } else { ask().await };
            assert_eq!(reply.status, 200, "{fault:?}: {}", reply.body);
            let kept = bench.texts("code", "identify_verify").await;
            assert_eq!(kept, [reply.body["identifyCode"].as_str().unwrap()], "{fault:?}");
        }
    }

    async fn whatever_goes_wrong_a_code_is_verified_at_the_second_try(database: Database) {
        let (bench, book) = with_book(database).await;
        for fault in Fault::each(1) {
            bench.execute("delete from identify_verify").await;
            book.forget();
            let partner = json!({"actor": code(APP_ACTOR), "app": code(APP)});
            let issued = post(&bench, &individual(), "code", partner).await.body["identifyCode"].clone();
            let path = path_for(&bench, &partner_app(), "u1").await;
            let collate = async || {
                post(&bench, &individual(), "collate", json!({"identifyCode": issued, "path": path})).await
            };
            bench.neighbours.suffer(Some(fault));
            assert_eq!(collate().await.status, 503, "{fault:?}");
            let row = "is_verified || coalesce(user_id, '')";
            assert_eq!(bench.text(row, "identify_verify").await, "0", "{fault:?}");
            bench.neighbours.suffer(None);
            assert_eq!(collate().await.status, 200, "{fault:?}");
            assert_eq!(bench.text(row, "identify_verify").await, "1u1", "{fault:?}");
            assert_eq!(book.user_id().as_deref(), Some("u1"), "{fault:?}");
        }
    }

    async fn of_two_requests_for_one_link_at_once_the_book_takes_one(database: Database) {
        let (bench, _book) = with_book(database).await;
        let (session, body) = (individual(), json!({"actor": code(APP_ACTOR), "app": code(APP)}));
        let ask = || post(&bench, &session, "code", body.clone());
        let (first, second) = tokio::join!(ask(), ask());
        let good = [&first, &second].into_iter().filter(|reply| reply.status == 200).count();
        assert!(good >= 1, "{} {}", first.body, second.body);
        assert_eq!(bench.count("identify_verify").await, good);
        assert!([first, second].iter().all(|reply| [200, 400].contains(&reply.status)));
    }
}
