//! Linking the residents that asked for a region.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use batches::BatchName;
use contract::identity_verificate::EXPIRED;
use http::Method;
use serde_json::{Value, json};
use testkit::{Asked, Neighbours};
use vocabulary::{BlockKind, Session};

use crate::stage::{DONE, Written, a_second_run_completes, gate, played, refused, run};

const BATCH: BatchName = BatchName::CooperateRegion;

/// A resident's request, its notice and what has become of it.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
struct Request {
    category: i64,
    /// Nobody wrote an identification code into the notice.
    is_other: bool,
    verified_flag: bool,
    expired: bool,
    broken: bool,
    is_read: bool,
    user_id: Option<String>,
    is_confirmed: bool,
    is_user: bool,
}

/// A region block and the root, as far as the batch sees them.
#[derive(Clone, Default)]
struct World {
    requests: Arc<Mutex<BTreeMap<i64, Request>>>,
    is_closed: bool,
    written: Written,
}

impl World {
    fn of(requests: impl IntoIterator<Item = Request>) -> Self {
        let requests = requests.into_iter().zip(1..).map(|(request, id)| (id, request)).collect();
        Self { requests: Arc::new(Mutex::new(requests)), ..Self::default() }
    }

    fn neighbours(&self) -> Neighbours {
        let world = self.clone();
        played(move |asked, path| world.answer(asked, path))
    }

    fn answer(&self, asked: &Asked, path: &str) -> (u16, Value) {
        if let Some(answer) = gate(asked, path, !self.is_closed) {
            return answer;
        }
        let mut requests = self.requests.lock().unwrap();
        let code =
            asked.body["identifyCode"].as_str().or_else(|| path.rsplit('/').next()).unwrap_or_default();
        let id = asked.body["id"].as_i64().or_else(|| code.strip_prefix("code")?.parse().ok());
        if asked.method == Method::GET {
            assert_eq!(path, "/notification?is_send=false&is_unread=true&is_approval=false&type=0&num=0");
            let unread: Vec<_> = requests.iter().rev().filter(|(_, request)| !request.is_read).collect();
            let shown = unread.iter().map(|(id, request)| notice(**id, request)).collect();
            return if unread.is_empty() { (204, Value::Null) } else { (200, Value::Array(shown)) };
        }
        let id = id.unwrap_or_else(|| panic!("nobody should ask {path} with {}", asked.body));
        let request = requests.get_mut(&id).expect("a request");
        let answer = request.hear(&asked.method, path, &asked.body);
        if let Some(word) = answer.1 {
            self.written.push(format!("{word} {id}"));
        }
        answer.0
    }

    fn states(&self) -> Vec<(bool, bool)> {
        self.requests.lock().unwrap().values().map(|request| (request.is_user, request.is_read)).collect()
    }
}

fn notice(id: i64, request: &Request) -> Value {
    let attribute = if request.is_other {
        json!({"page": 1})
    } else {
        json!({"identifyCode": format!("code{id}"), "verifiedFlg": request.verified_flag})
    };
    json!({"id": id, "attribute": attribute, "category": {"_value": request.category, "_ver": 1}})
}

impl Request {
    fn new() -> Self {
        Self { category: 145, ..Self::default() }
    }

    /// The answer, and a word for what took effect.
    fn hear(&mut self, method: &Method, path: &str, body: &Value) -> ((u16, Value), Option<&'static str>) {
        let expired = self.expired;
        let no = |message: &str| (refused(if expired { EXPIRED } else { message }), None);
        let yes = |word| ((200, json!({})), Some(word));
        match (method.as_str(), path.split('/').nth(2).unwrap_or_default()) {
            (_, _) if self.broken && path.starts_with("/book-operate") => no("登録できません"),
            ("POST", "user") if path.starts_with("/identity-verificate") => {
                if expired || self.is_confirmed || self.verified_flag {
                    return no("確認済みです");
                }
                self.user_id = body["userId"].as_str().map(str::to_owned);
                yes("gave a user id to")
            }
            ("PUT", "verify") if !expired && self.user_id.is_some() => {
                assert_eq!(*body, json!({"status": 1}));
                self.is_confirmed = true;
                yes("confirmed")
            }
            ("POST", "collate") => {
                let user =
                    json!({"pxrId": "p", "userId": self.user_id, "actor": {"_value": "7", "_ver": "1"}});
                if self.is_confirmed && !expired {
                    ((200, user), None)
                } else {
                    no("確認されていません")
                }
            }
            ("POST", "user") if self.is_user => ((409, Value::Null), None),
            ("POST", "user") if !expired && (self.is_confirmed || self.verified_flag) => {
                assert_eq!((&body["attributes"], &body["userInformation"]), (&json!({}), &Value::Null));
                self.is_user = true;
                yes("created")
            }
            ("PUT", _) if path == "/notification" => {
                let answer = if self.is_read { ((204, Value::Null), None) } else { (DONE, Some("read")) };
                self.is_read = true;
                answer
            }
            _ => no("できません"),
        }
    }
}

async fn run_in(world: &World) -> (batches::BatchReport, Neighbours) {
    let neighbours = world.neighbours();
    (run(BATCH, BlockKind::RegionRoot, &neighbours).await.unwrap(), neighbours)
}

#[tokio::test]
async fn a_resident_gets_a_user_id_is_confirmed_created_and_the_notice_is_read() {
    let world = World::of([Request::new()]);
    let (report, neighbours) = run_in(&world).await;
    assert_eq!(world.written.all(), ["gave a user id to 1", "confirmed 1", "created 1", "read 1"]);
    assert!(report.is_success() && report.done == 1 && report.left.is_empty());
    let user_id = world.requests.lock().unwrap()[&1].user_id.clone().unwrap();
    assert_eq!((user_id.len(), user_id.as_bytes()[14]), (36, b'4'), "{user_id} is no UUID of version 4");
    let asked = neighbours.asked();
    let settings = asked.iter().find(|asked| asked.target().contains("settings")).unwrap();
    assert!(
        settings.path.contains("block=$pxr-root-block")
            && settings.path.contains("from_path=%2Fbook-operate")
    );
    let session = Session::from_header(settings.headers["session"].to_str().unwrap()).unwrap();
    assert_eq!(session.object()["auth"], json!({"member": {"add": true}, "app-wf-user": {"create": true}}));
}

#[tokio::test]
async fn a_code_that_is_verified_already_only_needs_its_user() {
    let world = World::of([Request { verified_flag: true, ..Request::new() }]);
    run_in(&world).await;
    assert_eq!(world.written.all(), ["created 1", "read 1"]);
}

#[tokio::test]
async fn notices_of_other_matters_stay_unread() {
    let other = Request { is_other: true, ..Request::new() };
    let end = Request { category: 181, ..Request::new() };
    let world = World::of([other, end, Request::new()]);
    let (report, _) = run_in(&world).await;
    assert_eq!(world.states(), [(false, false), (false, false), (true, true)]);
    assert_eq!((report.done, report.left.len()), (1, 0));
}

#[tokio::test]
async fn the_newest_notice_comes_first() {
    let world = World::of([Request::new(), Request::new()]);
    run_in(&world).await;
    let created: Vec<_> =
        world.written.all().into_iter().filter(|word| word.starts_with("created")).collect();
    assert_eq!(created, ["created 2", "created 1"]);
}

#[tokio::test]
async fn an_expired_code_is_given_up() {
    let verified = Request { expired: true, verified_flag: true, ..Request::new() };
    let world = World::of([Request { expired: true, ..Request::new() }, verified]);
    let (report, _) = run_in(&world).await;
    assert_eq!(world.states(), [(false, true), (false, true)]);
    assert!(report.is_success() && report.left.is_empty());
}

#[tokio::test]
async fn one_resident_that_fails_does_not_stop_the_others() {
    let broken = Request { broken: true, ..Request::new() };
    let world = World::of([Request::new(), broken, Request::new()]);
    let (report, _) = run_in(&world).await;
    assert_eq!(world.states(), [(true, true), (false, false), (true, true)]);
    assert_eq!((report.done, report.is_success()), (2, true));
    assert_eq!(report.left[0].what, "notice 2");
    assert!(report.left[0].why.contains("登録できません"), "{:?}", report.left);
}

#[tokio::test]
async fn no_notice_is_a_success() {
    let (report, _) = run_in(&World::of([])).await;
    assert!(report.is_success() && report.done == 0);
}

#[tokio::test]
async fn a_platform_without_region_services_is_left_alone() {
    let world = World { is_closed: true, ..World::of([Request::new()]) };
    let (report, _) = run_in(&world).await;
    assert!(world.written.all().is_empty() && report.note.is_some());
}

#[tokio::test]
async fn a_run_that_was_cut_off_is_completed_by_the_next() {
    a_second_run_completes(BATCH, BlockKind::RegionRoot, |written| {
        let verified = Request { verified_flag: true, ..Request::new() };
        let expired = Request { expired: true, ..Request::new() };
        let world = World::of([Request::new(), verified, expired, Request::new()]);
        World { written: written.clone(), ..world }.neighbours()
    })
    .await;
}
