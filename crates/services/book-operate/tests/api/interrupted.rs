//! Users come and go together with a link at the root. Whatever breaks off in between, a repetition completes it.

use std::sync::{Arc, Mutex};

use http::Method;
use serde_json::{Value, json};
use testkit::{
    Asked, Bench, Database, Fault, Neighbours, Reply, application, individual, member, on_both_databases,
};
use vocabulary::ServiceName;

use crate::world::{ACTOR, APP, actor, add_user, another, empty_block};

const REGION: i64 = 1000600;

/// Statuses of links at the root.
const REQUESTED: i64 = 0;
const LINKED: i64 = 1;
const ENDING: i64 = 2;

fn code(value: i64) -> Value {
    json!({"_value": value, "_ver": 1})
}

/// The root and the operator service, as far as they know the user `n1`, with a code `code`.
#[derive(Clone, Debug)]
struct Others {
    partner: (&'static str, i64),
    /// The status of the link; none when it has ended.
    link: Arc<Mutex<Option<i64>>>,
    operators: Arc<Mutex<usize>>,
}

impl Others {
    fn with(partner: (&'static str, i64), link: i64) -> Self {
        Self { partner, link: Arc::new(Mutex::new(Some(link))), operators: Arc::default() }
    }

    fn link(&self) -> Option<i64> {
        *self.link.lock().unwrap()
    }

    fn operators(&self) -> usize {
        *self.operators.lock().unwrap()
    }

    fn neighbours(&self) -> Neighbours {
        let (root, operator) = (self.clone(), self.clone());
        Neighbours::new()
            .answers(ServiceName::Notification, Method::POST, "/notification", json!({"id": "1"}))
            .played(ServiceName::BlockProxy, move |asked| root.root(asked))
            .played(ServiceName::Operator, move |asked| operator.operator(asked))
    }

    fn shown(&self) -> Value {
        let (name, partner) = self.partner;
        let mut link =
            json!({"pxrId": "pxr-1", "userId": "n1", "actor": code(ACTOR), "region": null, "app": null});
        link[name] = code(partner);
        link
    }

    fn root(&self, asked: &Asked) -> (u16, Value) {
        let mut link = self.link.lock().unwrap();
        match asked.target().as_str() {
            "/book-manage/cooperate" => match *link {
                Some(REQUESTED) => {
                    *link = Some(LINKED);
                    (200, self.shown())
                }
                _ => (400, json!({"status": 400, "message": "not requested"})),
            },
            "/book-manage/cooperate/release" => match link.take() {
                Some(ENDING) => (200, self.shown()),
                _ => (404, json!({"status": 404})),
            },
            "/identity-verificate/collate" if asked.body["identifyCode"] == "code" => (200, self.shown()),
            "/identity-verificate/collate" => (400, json!({"status": 400, "message": "unknown"})),
            "/book-manage/search" => {
                let links: Vec<Value> = link
                    .iter()
                    .map(|status| {
                        let mut shown = self.shown();
                        shown["status"] = json!(status);
                        shown
                    })
                    .collect();
                (200, json!([{"pxrId": "pxr-1", "status": 0, "cooperation": links}]))
            }
            path if path.starts_with("/catalog/") => {
                (200, actor(if self.partner.0 == "app" { "app" } else { "region-root" }))
            }
            _ => (404, Value::Null),
        }
    }

    fn operator(&self, asked: &Asked) -> (u16, Value) {
        let mut operators = self.operators.lock().unwrap();
        let (name, partner) = self.partner;
        match (asked.method.as_str(), *operators) {
            ("POST", 0) => {
                *operators = 1;
                (200, json!({"id": 7}))
            }
            ("POST", _) => (400, json!({"status": 400, "message": "exists"})),
            ("GET", 1) if asked.path.ends_with(&format!("loginId=n1&{name}Code={partner}")) => {
                (200, json!({"operatorId": 7}))
            }
            _ => (204, Value::Null),
        }
    }
}

/// A block of a region's operator and one of an application provider, with all others around them.
async fn worlds(database: Database, link: i64) -> Vec<(Bench, Others)> {
    let second = another(&database).await;
    let databases = [Some(database), second].into_iter().flatten();
    let mut worlds = Vec::new();
    for (database, partner) in databases.zip([("region", REGION), ("app", APP)]) {
        let others = Others::with(partner, link);
        let bench = empty_block(database, others.neighbours(), book_operate::Settings::default()).await;
        worlds.push((bench, others));
    }
    worlds
}

/// Everything from the beginning, but for one call that goes wrong.
async fn begin(bench: &Bench, others: &Others, link: i64, fault: Fault) {
    bench.execute("delete from my_condition_book").await;
    *others.link.lock().unwrap() = Some(link);
    *others.operators.lock().unwrap() = 0;
    bench.neighbours.suffer(Some(fault));
}

async fn create(bench: &Bench, code: &str) -> Reply {
    let body = json!({"identifyCode": code});
    bench.post("/book-operate/user").session(&member()).json(body).send().await
}

async fn delete(bench: &Bench, query: &str) -> Reply {
    let path = format!("/book-operate/user/delete{query}");
    bench.post(&path).session(&member()).json(json!({"identifyCode": "code"})).send().await
}

async fn given_user(bench: &Bench, others: &Others) {
    match others.partner {
        ("app", app) => add_user(bench, "n1", app).await,
        (_, region) => {
            let columns = "user_id, actor_catalog_code, actor_catalog_version, region_catalog_code,
                 region_catalog_version, open_start_at, created_by, updated_by";
            let values = format!("'n1', {ACTOR}, 1, {region}, 1, '2026-01-01 00:00:00', 'test', 'test'");
            bench.execute(&format!("insert into my_condition_book ({columns}) values ({values})")).await;
        }
    }
}

async fn users(bench: &Bench) -> usize {
    bench.count("my_condition_book where not is_disabled").await
}

fn notices(bench: &Bench) -> Vec<Value> {
    let asked = bench.neighbours.asked().into_iter();
    asked.filter(|asked| asked.service == Some(ServiceName::Notification)).map(|asked| asked.body).collect()
}

on_both_databases! {
    async fn wherever_a_creation_breaks_off_a_repetition_completes_it(database: Database) {
        for (bench, others) in worlds(database, REQUESTED).await {
            for fault in Fault::each(4) {
                begin(&bench, &others, REQUESTED, fault).await;
                assert_ne!(create(&bench, "code").await.status, 200, "{fault:?}");
                assert_eq!(users(&bench).await, 0, "{fault:?}");
                bench.neighbours.suffer(None);
                let reply = create(&bench, "code").await;
                assert_eq!((reply.status, &reply.body["userId"]), (200, &json!("n1")), "{fault:?} {}", reply.body);
                assert_eq!(reply.body[others.partner.0], code(others.partner.1), "{fault:?}");
                assert_eq!((users(&bench).await, others.link(), others.operators()), (1, Some(LINKED), 1), "{fault:?}");
                assert_eq!(notices(&bench).len(), 1, "{fault:?}");
            }
        }
    }

    async fn wherever_a_creation_breaks_off_the_batch_completes_it(database: Database) {
        let others = Others::with(("app", APP), REQUESTED);
        let bench = empty_block(database, others.neighbours(), book_operate::Settings::default()).await;
        for fault in Fault::each(4) {
            begin(&bench, &others, REQUESTED, fault).await;
            assert_ne!(create(&bench, "code").await.status, 200, "{fault:?}");
            bench.neighbours.suffer(None);
            // What the root never heard of, the resident asks for again.
            *others.link.lock().unwrap() = Some(LINKED);
            let batch = bench.post("/book-operate/user/batch").session(&member()).json(json!({}));
            assert_eq!(batch.send().await.status, 200, "{fault:?}");
            assert_eq!(bench.texts("user_id", "my_condition_book").await, ["n1"], "{fault:?}");
            assert_eq!(others.operators(), 1, "{fault:?}");
        }
    }

    async fn a_creation_whose_answer_was_lost_is_answered_again(database: Database) {
        for (bench, others) in worlds(database, REQUESTED).await {
            let mut first = create(&bench, "code").await.body;
            bench.advance(chrono::TimeDelta::minutes(5));
            let again = create(&bench, "code").await;
            // The moment is kept to the second.
            first["establishAt"] = json!("2026-01-02T03:04:05.000+0900");
            assert_eq!((again.status, again.body), (200, first));
            assert_eq!((users(&bench).await, others.operators(), notices(&bench).len()), (1, 1, 1));
        }
    }

    async fn a_code_is_not_used_again_for_a_link_that_is_not_made(database: Database) {
        for (bench, others) in worlds(database, ENDING).await {
            assert_eq!(create(&bench, "code").await.status, 400, "its end was asked for");
            *others.link.lock().unwrap() = None;
            assert_eq!(create(&bench, "code").await.status, 400, "it has ended");
            *others.link.lock().unwrap() = Some(LINKED);
            assert_eq!(create(&bench, "another code").await.status, 400, "of somebody else");
            assert_eq!((users(&bench).await, others.operators(), notices(&bench).len()), (0, 0, 0));
        }
    }

    async fn wherever_a_deletion_breaks_off_a_repetition_completes_it(database: Database) {
        for (bench, others) in worlds(database, ENDING).await {
            for (fault, physically) in Fault::each(5).flat_map(|fault| [(fault, true), (fault, false)]) {
                let query = format!("?physicalDelete={physically}");
                begin(&bench, &others, ENDING, fault).await;
                given_user(&bench, &others).await;
                assert_ne!(delete(&bench, &query).await.status, 200, "{fault:?}");
                let is_lost = others.link().is_none() && users(&bench).await > 0;
                assert!(!is_lost, "{fault:?}: a user without a link is found by nobody");
                bench.neighbours.suffer(None);
                let reply = delete(&bench, &query).await;
                assert_eq!((reply.status, &reply.body["userId"]), (200, &json!("n1")), "{fault:?} {}", reply.body);
                assert_eq!((users(&bench).await, others.link()), (0, None), "{fault:?}");
                assert_eq!(bench.count("my_condition_book").await, usize::from(!physically), "{fault:?}");
            }
        }
    }

    async fn a_user_whose_link_ends_is_gone(database: Database) {
        for (bench, others) in worlds(database, ENDING).await {
            given_user(&bench, &others).await;
            add_user(&bench, "u2", APP).await;
            let reply = delete(&bench, "").await;
            let mut expected = json!({"userId": "n1", "actor": code(ACTOR)});
            expected[others.partner.0] = code(others.partner.1);
            assert_eq!((reply.status, &reply.body), (200, &expected));
            assert_eq!(bench.texts("user_id", "my_condition_book where is_disabled").await, ["n1"]);
            assert_eq!(notices(&bench)[0]["category"]["_value"], json!(158));
            assert_eq!(delete(&bench, "?physicalDelete=true").await.status, 200);
            assert_eq!(bench.texts("user_id", "my_condition_book").await, ["u2"]);
            assert_eq!(notices(&bench).len(), 1, "nothing was left to end");
            assert_eq!(delete(&bench, "?physicalDelete=x").await.status, 400);
        }
    }

    async fn nobody_is_removed_whose_link_stands(database: Database) {
        for (bench, others) in worlds(database, LINKED).await {
            given_user(&bench, &others).await;
            for status in [REQUESTED, LINKED, 3] {
                *others.link.lock().unwrap() = Some(status);
                assert_eq!(delete(&bench, "?physicalDelete=true").await.status, 400);
                assert_eq!((users(&bench).await, others.link(), notices(&bench).len()), (1, Some(status), 0));
            }
            *others.link.lock().unwrap() = Some(ENDING);
            for session in [application(), individual()] {
                let request = bench.post("/book-operate/user/delete").session(&session);
                assert_eq!(request.json(json!({"identifyCode": "code"})).send().await.status, 401);
            }
            let request = bench.post("/book-operate/user/delete").session(&member());
            assert_eq!(request.json(json!({"identifyCode": "another"})).send().await.status, 400);
            assert_eq!((users(&bench).await, others.link()), (1, Some(ENDING)));
        }
    }

    async fn of_two_deletions_at_once_both_find_the_user_gone(database: Database) {
        for (bench, others) in worlds(database, ENDING).await {
            given_user(&bench, &others).await;
            let (a, b) = tokio::join!(delete(&bench, ""), delete(&bench, ""));
            assert_eq!(([a.status, b.status], others.link()), ([200, 200], None));
        }
    }
}
