//! Access logs of several blocks made into one (spec: book-manage 4.6, rules 5 and 6).

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use vocabulary::Code;

/// One entry, as a block's book-operate shows it, with the name of the share.
pub(crate) type Log = Map<String, Value>;

const TEMPORARY: &str = "一時データ共有";

/// The share definition because of which data were given; none for a temporary share.
fn share_code(log: &Log) -> Option<Code> {
    let code = log.get("shareCatalogCode")?;
    let code = code.as_i64().or_else(|| code.as_str()?.parse().ok());
    code.filter(|code| *code != 0).map(Code)
}

/// The share definitions that the logs mention, each once.
pub(crate) fn share_codes(logs: &[Log]) -> Vec<Code> {
    let mut codes: Vec<Code> = logs.iter().filter_map(share_code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Names every entry and makes those of one access into one, in order of appearance.
pub(crate) fn merged(logs: Vec<Log>, names: &HashMap<Code, String>) -> Vec<Log> {
    let mut merged: Vec<Log> = Vec::new();
    for mut log in logs {
        let name = match share_code(&log) {
            Some(code) => names.get(&code).map_or("", String::as_str),
            None => TEMPORARY,
        };
        log.insert("shareName".to_owned(), json!(name));
        match merged.iter_mut().find(|known| known.get("logIdentifier") == log.get("logIdentifier")) {
            Some(known) => merge(known, log),
            None => merged.push(log),
        }
    }
    merged
}

fn merge(known: &mut Log, more: Log) {
    let at = |log: &Log| log.get("accessAt").and_then(Value::as_str).map(str::to_owned);
    if let Some(earlier) = at(&more).filter(|more| at(known).is_some_and(|known| *more < known)) {
        known.insert("accessAt".to_owned(), json!(earlier));
    }
    for kind in ["document", "event", "thing"] {
        let Some(Value::Array(more)) = more.get(kind) else { continue };
        let counts = known.entry(kind).or_insert_with(|| json!([]));
        if counts.is_null() {
            *counts = json!([]);
        }
        let Some(counts) = counts.as_array_mut() else { continue };
        for count in more {
            match counts.iter_mut().find(|one| one["_code"] == count["_code"]) {
                Some(one) => {
                    let sum = one["count"].as_i64().unwrap_or(0) + count["count"].as_i64().unwrap_or(0);
                    one["count"] = json!(sum);
                }
                None => counts.push(count.clone()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(value: Value) -> Log {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn logs_of_one_access_become_one() {
        let code = |value: i64, count: i64| json!({"_code": {"_value": value, "_ver": 1}, "count": count});
        let logs = vec![
            log(
                json!({"logIdentifier": "a", "accessAt": "2026-01-02", "shareCatalogCode": 7, "event": [code(1, 2)]}),
            ),
            log(json!({"logIdentifier": "b", "accessAt": "2026-01-01", "shareCatalogCode": 0})),
            log(
                json!({"logIdentifier": "a", "accessAt": "2026-01-01", "event": [code(1, 1), code(2, 1)], "thing": [code(3, 1)]}),
            ),
        ];
        assert_eq!(share_codes(&logs), [Code(7)]);
        let names = HashMap::from([(Code(7), "share".to_owned())]);
        let expected = json!([
            {"logIdentifier": "a", "accessAt": "2026-01-01", "shareCatalogCode": 7, "event": [code(1, 3), code(2, 1)],
             "shareName": "share", "thing": [code(3, 1)]},
            {"logIdentifier": "b", "accessAt": "2026-01-01", "shareCatalogCode": 0, "shareName": "一時データ共有"},
        ]);
        assert_eq!(json!(merged(logs, &names)), expected);
    }

    #[test]
    fn an_unknown_share_has_an_empty_name() {
        let logs = vec![log(json!({"logIdentifier": "a", "shareCatalogCode": 9}))];
        assert_eq!(merged(logs, &HashMap::new())[0]["shareName"], json!(""));
    }
}
