//! A root block with residents who leave, as far as the batches see it: books, outputs, files, regions.

use std::sync::{Arc, Mutex, MutexGuard};

use http::Method;
use serde_json::{Value, json};
use testkit::{Asked, Neighbours};

use crate::stage::{DONE, Written, gate, played, refused};

/// The block's own actor in all tests, and another one.
pub const OWN: i64 = 1_000_431;
pub const OTHER: i64 = 1_000_777;
pub const REGION: i64 = 1_000_500;
pub const APP: i64 = 1_000_600;

pub fn code(value: i64) -> Value {
    json!({"_value": value, "_ver": 1})
}

#[derive(Debug, Default)]
pub struct Records {
    /// `{pxrId, bookId, status, cooperation: [{actor, region, app, userId, status, isEnded}], isClosed, isReserved}`.
    pub books: Vec<Value>,
    pub outputs: Vec<Value>,
    pub conditions: Vec<Value>,
    pub files: Vec<Value>,
    /// PXR-IDs of residents who did not agree.
    pub refusers: Vec<Value>,
    /// Regions that were stopped: `{actor, region}`.
    pub stopped: Vec<Value>,
    /// Items of the catalog by code.
    pub items: Vec<Value>,
    /// Codes that were issued: `{code, pxrId, userId}`.
    pub codes: Vec<Value>,
    /// Users whose stored data are deleted.
    pub deleted: Vec<String>,
    /// Calls (method and the beginning of the path) that are refused.
    pub refused: Vec<(Method, &'static str)>,
}

#[derive(Clone, Debug, Default)]
pub struct Root {
    records: Arc<Mutex<Records>>,
    pub written: Written,
}

impl Root {
    pub fn new(records: Records, written: &Written) -> Self {
        Self { records: Arc::new(Mutex::new(records)), written: written.clone() }
    }

    pub fn neighbours(&self) -> Neighbours {
        let root = self.clone();
        played(move |asked, path| root.answer(asked, path))
    }

    pub fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap()
    }

    fn answer(&self, asked: &Asked, path: &str) -> (u16, Value) {
        if let Some(answer) = gate(asked, path, true) {
            return answer;
        }
        let mut records = self.records();
        if records.refused.iter().any(|(method, start)| *method == asked.method && path.starts_with(start)) {
            return refused("できません");
        }
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let parts: Vec<_> = path.trim_matches('/').split('/').collect();
        let (body, method) = (&asked.body, asked.method.as_str());
        match (method, parts.as_slice()) {
            ("GET", ["catalog"]) => records.in_namespace(query),
            ("GET", ["catalog", code, ..]) => found(
                records.items.iter().find(|item| text(&item["catalogItem"]["_code"]["_value"]) == *code),
            ),
            ("GET", ["book-manage", rest @ ..]) => (200, records.list(&rest.join("/"), query)),
            ("POST", ["book-manage", "search"]) => records.search(body, query.contains("disableFlg=1")),
            ("POST", ["book-manage", "output"]) => (200, page(&records.outputs, body, query)),
            ("POST", ["book-manage", "output", "condition", "data_mng", "search"]) => {
                (200, page(&records.files, body, query))
            }
            _ => self.write(&mut records, method, &parts, path, query, body),
        }
    }

    fn write(
        &self,
        records: &mut Records,
        method: &str,
        parts: &[&str],
        path: &str,
        query: &str,
        body: &Value,
    ) -> (u16, Value) {
        let lock = format!("locked {path}");
        let answer = match (method, parts) {
            ("PUT", ["book-manage", "output", .., id]) => {
                let list = if parts.len() == 3 { &mut records.outputs } else { &mut records.files };
                let record = list.iter_mut().find(|record| text(&record["id"]) == **id).expect("a record");
                change(record, body);
                self.written.undo(&lock);
                if body["processing"] == json!(1) {
                    self.written.push(lock);
                }
                if body.as_object().expect("a change").len() == 1 {
                    return DONE;
                }
                Some(DONE)
            }
            ("POST", ["book-manage", "output", "condition", "prepare"]) => Some(records.prepare(body)),
            ("POST", ["book-manage", "output", "condition", "data_mng"]) => {
                let mut file = body.clone();
                file["id"] = json!((records.files.len() + 1).to_string());
                file["pxrId"] = json!("p");
                file["outputType"] = json!("4");
                records.files.push(file);
                Some(DONE)
            }
            ("PUT", ["book-manage", "force-enable"]) => {
                records.book(&body["pxrId"])["status"] = json!(0);
                self.written.undo(&format!("PUT /book-manage/force-deletion {body}"));
                return DONE;
            }
            ("PUT", ["book-manage", "force-deletion"]) => {
                let book = records.book(&body["pxrId"]);
                (book["status"] != json!(1)).then(|| {
                    book["status"] = json!(1);
                    DONE
                })
            }
            ("PUT", ["book-manage", "region", "close"]) => {
                records.stopped.retain(|stopped| !fits(stopped, body));
                Some(DONE)
            }
            ("POST", ["book-manage", "reserve_deletion", id]) => {
                let output = records.outputs.iter_mut().find(|output| text(&output["bookId"]) == *id);
                output.expect("an output of the book")["bookCloseAvailable"] = json!(true);
                Some(DONE)
            }
            ("DELETE", ["book-manage", "force", pxr_id]) => {
                records.book(&json!(pxr_id))["isClosed"] = json!(true);
                Some(DONE)
            }
            ("POST", ["identity-verificate", "code", "verified"]) => {
                let code = format!("code-of-{}", text(&body["userId"]));
                records.codes.push(json!({"code": code, "pxrId": body["pxrId"], "userId": body["userId"]}));
                Some((200, json!({"identifyCode": code})))
            }
            ("POST", ["book-manage", "cooperate", "release"] | ["book-operate", "user", "delete"]) => {
                records.end_link(&body["identifyCode"])
            }
            ("DELETE", ["book-operate", "store", user])
                if records.deleted.iter().any(|gone| gone == user) =>
            {
                return (404, Value::Null);
            }
            ("DELETE", ["book-operate", "store", user]) => {
                records.deleted.push((*user).to_owned());
                Some(DONE)
            }
            ("PUT", ["catalog", "ext", code]) => {
                let item = records
                    .items
                    .iter_mut()
                    .find(|item| text(&item["catalogItem"]["_code"]["_value"]) == *code);
                let values = body["template"]["value"].as_array().expect("values");
                let status = values.iter().find(|entry| entry["key"] == "status").expect("a status");
                item.expect("an item")["template"]["status"] = status["value"].clone();
                Some(DONE)
            }
            other => panic!("nobody should ask {other:?} with {body}"),
        };
        let Some(answer) = answer else { return refused("できません") };
        let query = if query.is_empty() { String::new() } else { format!("?{query}") };
        let word = format!("{method} {path}{query}");
        let is_long = word.starts_with("PUT /catalog");
        self.written.push(if body.is_null() || is_long { word } else { format!("{word} {body}") });
        answer
    }
}

impl Records {
    fn in_namespace(&self, query: &str) -> (u16, Value) {
        let ns = query.replace("%2F", "/").trim_start_matches("ns=").to_owned();
        let items: Vec<_> = self.items.iter().filter(|item| item["catalogItem"]["ns"] == json!(ns)).collect();
        if items.is_empty() { (404, Value::Null) } else { (200, json!(items)) }
    }

    fn list(&self, what: &str, query: &str) -> Value {
        let open = |book: &&Value| book["isClosed"] != json!(true);
        match what {
            "output/condition" => page(&self.conditions, &json!({}), query),
            "delete/target" => {
                let reserved: Vec<_> = self
                    .books
                    .iter()
                    .filter(open)
                    .filter(|book| book["isReserved"] == json!(true))
                    .cloned()
                    .collect();
                page(&reserved, &json!({}), query)
            }
            "region/close" => json!({"targets": page(&self.stopped, &json!({}), query)}),
            "region/close/target" => {
                let users: Vec<Value> =
                    self.books.iter().filter(open).flat_map(|book| self.users(book)).collect();
                json!({"targets": page(&users, &json!({}), query)})
            }
            "term_of_use/platform/deletion/target" | "term_of_use/region/deletion/target" => {
                let targets = page(&self.refusers, &json!({}), query);
                let offset = number(query, "offset") + targets.as_array().expect("a page").len();
                json!({"offset": offset, "targets": targets})
            }
            other => panic!("nobody should ask for {other}"),
        }
    }

    /// The links of a book with regions that were stopped.
    fn users(&self, book: &Value) -> Vec<Value> {
        let links = book["cooperation"].as_array().expect("links").iter();
        let live = links.filter(|link| link["isEnded"] != json!(true));
        live.filter(|link| {
            let of = |key: &str| json!({"_value": link[key]["_value"]});
            let wanted = json!({"actor": of("actor"), "region": of("region")});
            self.stopped.iter().any(|stopped| fits(stopped, &wanted))
        })
        .map(|link| {
            json!({"bookId": text(&book["bookId"]), "pxrId": book["pxrId"],
                   "actor": texts(&link["actor"]), "region": texts(&link["region"])})
        })
        .collect()
    }

    fn book(&mut self, pxr_id: &Value) -> &mut Value {
        self.books.iter_mut().find(|book| book["pxrId"] == *pxr_id).expect("a book")
    }

    fn search(&self, body: &Value, with_closed: bool) -> (u16, Value) {
        let wanted = |book: &&Value| {
            book["pxrId"] == body["pxrId"][0] && (with_closed || book["isClosed"] != json!(true))
        };
        let mut books: Vec<Value> = self.books.iter().filter(wanted).cloned().collect();
        for book in &mut books {
            let links = book["cooperation"].as_array_mut().expect("links");
            links.retain(|link| body["includeDeleteCoop"] == json!(true) || link["isEnded"] != json!(true));
        }
        if books.is_empty() { (204, Value::Null) } else { (200, json!(books)) }
    }

    fn prepare(&mut self, body: &Value) -> (u16, Value) {
        let id = self.outputs.len() + 1;
        let book_id = self.book(&body["pxrId"])["bookId"].clone();
        let mut output = body.clone();
        change(
            &mut output,
            &json!({"id": id, "bookId": book_id, "code": format!("output-{id}"), "cooperationCanceled": 0,
                    "cooperationCancelApproved": 0, "processing": 0}),
        );
        self.outputs.push(output);
        (200, json!({"code": format!("output-{id}")}))
    }

    /// Ends the link that a code stands for; an ended one cannot be ended.
    fn end_link(&mut self, code: &Value) -> Option<(u16, Value)> {
        let issued = self.codes.iter().find(|issued| issued["code"] == *code)?.clone();
        let links = self.book(&issued["pxrId"])["cooperation"].as_array_mut()?;
        let link = links
            .iter_mut()
            .find(|link| link["userId"] == issued["userId"] && link["isEnded"] != json!(true))?;
        link["isEnded"] = json!(true);
        Some((200, json!({"userId": issued["userId"], "actor": link["actor"], "region": link["region"]})))
    }
}

fn found(item: Option<&Value>) -> (u16, Value) {
    item.map_or((404, Value::Null), |item| (200, item.clone()))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A code whose numbers are texts, as some answers have it.
fn texts(code: &Value) -> Value {
    json!({"_value": text(&code["_value"]), "_ver": text(&code["_ver"])})
}

fn number(query: &str, key: &str) -> usize {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(name, _)| *name == key).find_map(|(_, value)| value.parse().ok()).unwrap_or_default()
}

/// Whether a record has what a query names; codes are compared without versions.
fn fits(record: &Value, query: &Value) -> bool {
    query.as_object().into_iter().flatten().all(|(key, wanted)| match key.as_str() {
        "outputTypes" => {
            wanted.as_array().expect("types").iter().any(|kind| text(kind) == text(&record["outputType"]))
        }
        _ if wanted.is_object() => text(&record[key]["_value"]) == text(&wanted["_value"]),
        _ => record[key] == *wanted,
    })
}

fn page(records: &[Value], query: &Value, place: &str) -> Value {
    let found = records.iter().filter(|record| fits(record, query));
    let limit = Some(number(place, "limit")).filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    found.skip(number(place, "offset")).take(limit).cloned().collect()
}

fn change(record: &mut Value, change: &Value) {
    for (key, value) in change.as_object().expect("a change") {
        record[key] = value.clone();
    }
}

/// A resident with a book and one link.
pub fn book(number: i64, actor: i64, key: &str, partner: i64) -> Value {
    let mut link = json!({"actor": code(actor), "region": null, "app": null, "userId": format!("u{number}"), "status": 1});
    link[key] = code(partner);
    json!({"pxrId": format!("p{number}"), "bookId": number, "status": 0, "cooperation": [link]})
}

pub fn item(ns: &str, value: i64, template: Value) -> Value {
    json!({"catalogItem": {"ns": ns, "name": "n", "_code": code(value), "inherit": code(7)}, "template": template})
}

/// The items of a region whose terms say that data are deleted.
pub fn region_items() -> Vec<Value> {
    vec![
        item(
            "catalog/ext/test-org/actor/region-root/actor_1000431/region",
            REGION,
            json!({"status": "open", "terms-of-use": code(9)}),
        ),
        item(
            "catalog/ext/test-org/terms-of-use/region/actor_1000431",
            9,
            json!({"deleting-data-flag": true}),
        ),
        item("catalog/ext/test-org/terms-of-use/platform", 8, json!({"deleting-data-flag": true})),
    ]
}

/// An output of resident `number` that ends his use of the region.
pub fn region_output(number: i64, kind: i64, actor: i64) -> Value {
    json!({"id": number, "bookId": number, "pxrId": format!("p{number}"), "code": format!("output-{number}"),
           "type": kind, "actor": code(actor), "region": code(REGION), "cooperationCancelApproved": 0,
           "cooperationCanceled": 0, "processing": 0, "bookCloseAvailable": false})
}
