//! Good input with one thing in it spoilt: whatever it is, a service answers it or refuses it, and never fails.

use serde_json::{Value, json};

/// A good body spoilt in every place, each with what was done to it. Not every place gets every bad value, for there are
/// many: the next one gets those that this one did not.
#[must_use]
pub fn spoilt(good: &Value) -> Vec<(String, Value)> {
    let mut places = Vec::new();
    collect(good, String::new(), &mut places);
    let mut all = Vec::new();
    for (number, place) in places.into_iter().enumerate() {
        for value in bad_values().into_iter().skip(number % TURNS).step_by(TURNS) {
            let shown: String = value.to_string().chars().take(40).collect();
            all.push((format!("{place}: {shown}"), with(good, &place, value)));
        }
        if let Some(Value::Array(elements)) = good.pointer(&place).filter(|value| value.is_array()) {
            let twice: Vec<_> = elements.iter().chain(elements).cloned().collect();
            all.push((format!("{place}: twice"), with(good, &place, twice.into())));
        }
        let (parent, key) = place.rsplit_once('/').expect("a place inside");
        let mut without = good.clone();
        if let Some(Value::Object(object)) = without.pointer_mut(parent)
            && object.remove(&key.replace("~1", "/").replace("~0", "~")).is_some()
        {
            all.push((format!("{place}: absent"), without));
        }
    }
    all
}

/// After how many places a bad value comes again.
const TURNS: usize = 4;

/// Texts for a path or a query that few routes can use, percent-encoded.
pub const BAD_TEXTS: [&str; 14] = [
    "",
    "x",
    "-1",
    "0",
    "1.5",
    "1e300",
    "2147483648",
    "9223372036854775807",
    "99999999999999999999",
    "%00",
    "%FF",
    "%27%20or%201=1--",
    "2026-02-30",
    "9999-12-31T23:59:59.999%2B0900",
];

fn bad_values() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(2_147_483_648_i64),
        json!(i64::MAX),
        json!(i64::MIN),
        json!("9223372036854775807"),
        json!(""),
        json!("x"),
        json!("\0"),
        json!("a\0b"),
        json!("%00"),
        json!("あ".repeat(256)),
        json!(incompressible(10_000)),
        json!("2026-02-30"),
        json!("2026-02-30T25:61:00.000+0900"),
        json!("+262142-12-31T23:59:59.999+0900"),
        json!([]),
        json!({}),
        json!([null]),
        json!({"\0": "\0"}),
        json!({"_value": -1, "_ver": -1}),
        json!({"_value": i64::MAX, "_ver": i64::MAX}),
    ]
}

/// Indexes of PostgreSQL take no text that is still long when it is compressed.
fn incompressible(length: usize) -> String {
    let mut state = 1_u64;
    let signs = (0..length).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'!' + u8::try_from((state >> 33) % 90).expect("below 90"))
    });
    signs.collect()
}

fn collect(value: &Value, at: String, places: &mut Vec<String>) {
    let inside: Vec<(String, &Value)> = match value {
        Value::Object(object) => {
            object.iter().map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value)).collect()
        }
        Value::Array(all) => {
            all.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    for (key, value) in inside {
        collect(value, format!("{at}/{key}"), places);
    }
    if !at.is_empty() {
        places.push(at);
    }
}

fn with(good: &Value, place: &str, value: Value) -> Value {
    let mut body = good.clone();
    *body.pointer_mut(place).expect("a place of the body") = value;
    body
}
