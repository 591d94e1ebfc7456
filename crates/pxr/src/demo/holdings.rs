//! What the story's residents saw at its end: how much each application holds, and what was shared with whom.

use serde_json::{Map, Value, json};
use story::Variables;

use super::cast::CAST;

/// A number of events of one kind of data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The block of the application that holds or received it.
    pub block: &'static str,
    /// The kind of data, as the story names it.
    pub kind: String,
    pub count: u64,
}

/// Everything that is stored, as the ledger counts it for the residents.
#[must_use]
pub fn stored(variables: &Variables) -> Vec<Holding> {
    tally(variables, ".stored", |entry| (&entry["app"]["_value"], "app."))
}

/// Everything that was received, as the residents' access logs tell it.
#[must_use]
pub fn shared(variables: &Variables) -> Vec<Holding> {
    tally(variables, ".shared", |entry| (&entry["shareCatalogCode"], "share."))
}

/// By application and kind, as JSON: `{"app1": {"activity": 7}}`.
#[must_use]
pub fn as_json(holdings: &[Holding]) -> Value {
    let mut blocks = Map::new();
    for holding in holdings {
        blocks.entry(holding.block).or_insert_with(|| json!({}))[&holding.kind] = holding.count.into();
    }
    Value::Object(blocks)
}

/// Adds up the answers that the story kept under names with this ending. `owner` finds in an entry the code that
/// the story knows as `<prefix><block>`.
fn tally(
    variables: &Variables,
    ending: &str,
    owner: impl Fn(&Value) -> (&Value, &'static str),
) -> Vec<Holding> {
    let answers = variables.iter().filter(|(name, _)| name.ends_with(ending));
    let mut holdings: Vec<Holding> = Vec::new();
    for entry in answers.filter_map(|(_, answer)| answer.as_array()).flatten() {
        let (code, prefix) = owner(entry);
        let block = CAST.iter().find(|role| variables.get(&format!("{prefix}{}", role.name)) == Some(code));
        let Some(block) = block.map(|role| role.name) else { continue };
        for event in entry["event"].as_array().into_iter().flatten() {
            let Some(kind) = kind(variables, &event["_code"]["_value"]) else { continue };
            let count = event["count"].as_u64().unwrap_or_default();
            match holdings.iter_mut().find(|holding| holding.block == block && holding.kind == kind) {
                Some(holding) => holding.count += count,
                None => holdings.push(Holding { block, kind, count }),
            }
        }
    }
    holdings.sort_by(|a, b| (a.block, &a.kind).cmp(&(b.block, &b.kind)));
    holdings
}

/// The kind of data that has this code.
fn kind(variables: &Variables, code: &Value) -> Option<String> {
    let (name, _) = variables.iter().find(|(name, known)| name.starts_with("event.") && *known == code)?;
    name.strip_prefix("event.").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_residents_saw_is_added_up() {
        let Value::Object(values) = json!({
            "app.app1": 10, "event.activity": 20, "event.vital": 21, "share.app2": 30,
            "resident1.stored": [{"app": {"_value": 10}, "event": [{"_code": {"_value": 20}, "count": 7}]}],
            "resident2.stored": [{"app": {"_value": 10}, "event": [{"_code": {"_value": 20}, "count": 3}]},
                                 {"app": {"_value": 99}, "event": [{"_code": {"_value": 20}, "count": 1}]}],
            "resident1.shared": [{"shareCatalogCode": 30, "event": [{"_code": {"_value": 21}, "count": 2}]}],
        }) else {
            panic!("an object")
        };
        let variables = Variables::new(values);
        assert_eq!(as_json(&stored(&variables)), json!({"app1": {"activity": 10}}));
        assert_eq!(as_json(&shared(&variables)), json!({"app2": {"vital": 2}}));
    }
}
