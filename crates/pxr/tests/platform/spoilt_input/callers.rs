//! Who may not call: on every route, nobody without an identity, and no operator of a type that it is not for.

use http::Method;
use serde_json::{Value, json};
use testkit::member_with;
use vocabulary::{ServiceName, Session};

use super::{Cast, Good};

const SERVICES: [ServiceName; 4] =
    [ServiceName::Operator, ServiceName::Catalog, ServiceName::CatalogUpdate, ServiceName::Notification];

/// A route, and whom its description admits.
struct Route {
    service: ServiceName,
    method: Method,
    path: String,
    who: String,
}

fn routes() -> Vec<Route> {
    let mut all = Vec::new();
    for service in SERVICES {
        let document = pxr::api::of(service).document();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let summary = operation["summary"].as_str().unwrap();
                let who = summary.strip_prefix("Who may call: ").unwrap().to_owned();
                let method = method.to_uppercase().parse().unwrap();
                all.push(Route { service, method, path: path.clone(), who });
            }
        }
    }
    all
}

impl Route {
    fn is_of(&self, good: &Good) -> bool {
        let path = good.path.split('?').next().unwrap();
        // The three kinds of items and namespaces are read alike.
        let own = self.path.replace("/model", "/ext").replace("/built_in", "/ext");
        let (own, other): (Vec<_>, Vec<_>) = (own.split('/').collect(), path.split('/').collect());
        let fits = |(own, other): (&&str, &&str)| {
            own == other || own.starts_with('{') && (**other == *"abcd1234" || other.parse::<i64>().is_ok())
        };
        self.service == good.service
            && self.method == good.method
            && own.len() == other.len()
            && own.iter().zip(&other).all(fits)
    }

    /// A request that is well-formed.
    fn good<'g>(&self, goods: &'g [Good]) -> (String, &'g Value) {
        if let Some(good) = goods.iter().find(|good| self.is_of(good)) {
            let path = if self.path.contains('{') {
                good.path.clone()
            } else {
                good.path.replacen(good.path.split('?').next().unwrap(), &self.path, 1)
            };
            return (path, &good.body);
        }
        let needs_none =
            self.method == Method::GET || self.method == Method::DELETE || self.path.ends_with("logout");
        assert!(
            needs_none || self.path.contains("csrf"),
            "{} {}: nobody said what a good request is",
            self.method,
            self.path
        );
        let parts = self.path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
        (parts.collect::<Vec<_>>().join("/"), &Value::Null)
    }

    /// Those that it is not for.
    fn strangers(&self, cast: &Cast<'_>) -> Vec<Option<Session>> {
        let of_block = |session: &Session| {
            let mut operator = Value::Object(session.object().clone());
            operator["block"] = json!({"_value": cast.platform.code("root"), "_ver": 1});
            Some(Session::from_json(operator).unwrap())
        };
        let (resident, application) = (Some(cast.resident.clone()), of_block(&testkit::application()));
        let (member, helpless) = (Some(cast.root.clone()), of_block(&member_with(json!({}))));
        match self.who.as_str() {
            "anyone" => Vec::new(),
            "any operator" => vec![None],
            "residents" => vec![None, application, member],
            "applications" => vec![None, resident, member],
            "members" => vec![None, resident, application],
            "members and applications" => vec![None, resident],
            who if who.contains("members who may") => vec![None, resident, application, helpless],
            other => panic!("{other}: who is that"),
        }
    }
}

pub(super) async fn are_refused(cast: &Cast<'_>, goods: &[Good]) -> Vec<String> {
    let mut admitted = Vec::new();
    let mut refused = 0;
    for route in routes() {
        let (path, body) = route.good(goods);
        for stranger in route.strangers(cast) {
            let who = stranger.as_ref().map(|session| session.login_id.clone()).unwrap_or_default();
            let request = Good {
                service: route.service,
                by: stranger,
                method: route.method.clone(),
                path: path.clone(),
                body: body.clone(),
                query: &[],
                refused: true,
            };
            let answer = cast.answer(&request).await;
            if answer.status == 401 {
                refused += 1;
            } else {
                let said = String::from_utf8_lossy(&answer.body).into_owned();
                admitted.push(format!("{} {path} as {who:?}: {} {said}", route.method, answer.status));
            }
        }
    }
    assert!(refused > 100, "{refused} were refused");
    admitted
}
