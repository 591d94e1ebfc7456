//! Good requests with one thing in them spoilt, on every route of the operators, the catalog, its updates and the
//! notices, at the root of a whole platform, whose services ask each other: an answer or a refusal, never a failure.

mod callers;
mod catalog;
mod catalog_update;
mod people;

use futures_util::{StreamExt, stream};
use http::Method;
use platform::Outgoing;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use testkit::{BAD_TEXTS, spoilt};
use vocabulary::{ServiceName, Session};

use crate::{
    databases::on_both_databases,
    support::{Place, Platform},
};

/// How many requests are under way at a time; of those after which something is forgotten, one.
const AT_ONCE: usize = 4;

/// A request that a service answers as it is.
struct Good {
    service: ServiceName,
    by: Option<Session>,
    method: Method,
    path: String,
    body: Value,
    /// Query parameters that the route reads.
    query: &'static [&'static str],
    /// Whether it is refused all the same: somebody else has to do something first.
    refused: bool,
}

impl Good {
    /// `call`: `"POST /notification"`.
    fn new(service: ServiceName, by: &Session, call: &str, body: Value) -> Self {
        let (method, path) = call.split_once(' ').unwrap();
        let (method, path) = (method.parse().unwrap(), path.to_owned());
        Self { service, by: Some(by.clone()), method, path, body, query: &[], refused: false }
    }

    /// Without anybody's identity.
    fn anonymous(mut self) -> Self {
        self.by = None;
        self
    }

    fn refused(mut self) -> Self {
        self.refused = true;
        self
    }

    fn reading(mut self, query: &'static [&'static str]) -> Self {
        self.query = query;
        self
    }

    fn request(&self, path: &str, body: &Value) -> Outgoing {
        let request = Outgoing::new(self.method.clone(), path);
        let request = match &self.by {
            Some(session) => request.session(session),
            None => request,
        };
        if body.is_null() { request } else { request.json(body) }
    }

    /// It and all that can be made of it by spoiling one thing, with what was spoilt.
    fn spoilt(&self) -> Vec<(String, Outgoing)> {
        let bodies =
            spoilt(&self.body).into_iter().map(|(place, body)| (place, self.request(&self.path, &body)));
        let (plain, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let queries = self.query.iter().flat_map(|name| {
            let others: Vec<_> = query
                .split('&')
                .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name))
                .collect();
            BAD_TEXTS.map(|text| {
                let pairs: Vec<_> =
                    others.iter().map(|pair| (*pair).to_owned()).chain([format!("{name}={text}")]).collect();
                (format!("{name}={text}"), self.request(&format!("{plain}?{}", pairs.join("&")), &self.body))
            })
        });
        bodies.chain(queries).collect()
    }
}

/// Everybody whom the story knows.
struct Cast<'p> {
    platform: &'p Platform,
    root: Session,
    region: Session,
    app1: Session,
    app2: Session,
    /// A member of a block that has no actor.
    newcomer: Session,
    resident: Session,
}

impl<'p> Cast<'p> {
    fn of(platform: &'p Platform) -> Self {
        let member = |block: &str| {
            let mut operator = Value::Object(testkit::member().object().clone());
            operator["block"] = json!({"_value": platform.code(block), "_ver": 1});
            operator["actor"] =
                json!({"_value": number(platform, &format!("{block}_actor_code")), "_ver": 1});
            operator
        };
        let session = |operator: Value| Session::from_json(operator).unwrap();
        let mut newcomer = member("app2");
        newcomer["actor"] = json!({"_value": null, "_ver": null});
        let mut resident = Value::Object(testkit::individual().object().clone());
        resident["block"] = json!({"_value": platform.code("root"), "_ver": 1});
        resident["actor"] = json!({"_value": number(platform, "root_actor_code"), "_ver": 1});
        resident["operatorId"] = json!(number(platform, "resident1_operator"));
        resident["loginId"] = json!(platform.known("resident1_login"));
        resident["pxrId"] = json!(platform.known("resident1_login"));
        Self {
            platform,
            root: session(member("root")),
            region: session(member("region")),
            app1: session(member("app1")),
            app2: session(member("app2")),
            newcomer: session(newcomer),
            resident: session(resident),
        }
    }

    fn number(&self, name: &str) -> i64 {
        number(self.platform, name)
    }

    /// A namespace of the installation.
    fn ns(&self, rest: &str) -> String {
        format!("catalog/ext/{}/{rest}", self.platform.known("ext_name"))
    }

    async fn send(&self, service: ServiceName, request: Outgoing) -> platform::Answer {
        self.platform.stage.block("root").unwrap().channel.send(service, request).await.unwrap()
    }

    async fn answer(&self, good: &Good) -> platform::Answer {
        self.send(good.service, good.request(&good.path, &good.body)).await
    }
}

fn number(platform: &Platform, name: &str) -> i64 {
    platform.known(name).parse().unwrap()
}

fn code(value: i64, ver: i64) -> Value {
    json!({"_value": value, "_ver": ver})
}

/// What others must not find in their way is forgotten.
const FORGOTTEN: [&str; 8] = [
    "join_service_manage",
    "join_approval_manage",
    "join_manage",
    "actor_approval_manage",
    "actor_manage",
    "region_status_approval_manage",
    "region_status_manage",
    "catalog_attempt",
];

async fn forget(platform: &Platform) {
    let ground = platform.stage.block("root").unwrap().ground(ServiceName::CatalogUpdate).unwrap();
    let tx = ground.store.write().await.unwrap();
    for table in FORGOTTEN {
        // What another request writes just now stays until the next time.
        if tx.execute_unprepared(&format!("delete from {table}")).await.is_err() {
            return;
        }
    }
    tx.commit().await.unwrap();
}

/// The failures among the answers.
async fn failures(cast: &Cast<'_>, good: &Good) -> Vec<String> {
    let mut found = Vec::new();
    let shown = format!("{} {}", good.method, good.path);
    let answer = cast.answer(good).await;
    if answer.status.is_success() == good.refused || answer.status.is_server_error() {
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        found.push(format!("{shown} -> {} {said}, though nothing is spoilt", answer.status));
    }
    let sent = stream::iter(good.spoilt()).map(|(what, request)| async move {
        let answer = cast.send(good.service, request).await;
        if answer.status.is_success() && good.service == ServiceName::CatalogUpdate {
            forget(cast.platform).await;
        }
        let said = answer.message().unwrap_or_default();
        answer.status.is_server_error().then(|| format!("{} {said}: {what}", answer.status))
    });
    let at_once = if good.service == ServiceName::CatalogUpdate { 1 } else { AT_ONCE };
    let failed: Vec<String> =
        sent.buffer_unordered(at_once).filter_map(async |failed| failed).collect().await;
    found.extend(failed.into_iter().map(|failed| format!("{shown} -> {failed}")));
    if good.service == ServiceName::CatalogUpdate {
        forget(cast.platform).await;
    }
    found
}

async fn holds(place: Place) {
    let platform = Platform::built(place, "nothing: the whole story").await;
    let cast = Cast::of(&platform);
    let goods: Vec<_> = catalog_update::routes(&cast)
        .into_iter()
        .chain(people::routes(&cast))
        .chain(catalog::routes(&cast))
        .collect();
    // First, as long as everybody is who the story left.
    let mut found = callers::are_refused(&cast, &goods).await;
    for good in &goods {
        found.extend(failures(&cast, good).await);
    }
    assert!(found.is_empty(), "{} failures:\n{}", found.len(), found[..found.len().min(400)].join("\n"));
    platform.stage.stop().await;
}

on_both_databases! {
    async fn strangers_and_what_is_spoilt_are_refused(place: Place) {
        holds(place).await;
    }
}
