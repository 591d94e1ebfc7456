//! JSON as ECMAScript's `JSON.stringify` prints it: what hashes over JSON texts are made of.

use serde_json::{Map, Number, Value};

/// The compact text of a value, byte for byte as the reference's programs print it.
#[must_use]
pub fn stringify(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Number(number) => text.push_str(&printed(number)),
        Value::Array(values) => {
            list(values, text, ['[', ']'], write);
        }
        Value::Object(object) => {
            list(in_order(object), text, ['{', '}'], |(key, value), text| {
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write(value, text);
            });
        }
        // Texts are escaped alike, words are the same.
        other => text.push_str(&other.to_string()),
    }
}

fn list<T>(
    values: impl IntoIterator<Item = T>,
    text: &mut String,
    [open, close]: [char; 2],
    mut write: impl FnMut(T, &mut String),
) {
    text.push(open);
    for (position, value) in values.into_iter().enumerate() {
        if position > 0 {
            text.push(',');
        }
        write(value, text);
    }
    text.push(close);
}

/// Members in the order of an ECMAScript object: array indexes first, by their number, then as they came.
fn in_order(object: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let index =
        |key: &str| key.parse::<u32>().ok().filter(|number| *number != u32::MAX && number.to_string() == key);
    let mut members: Vec<_> = object.iter().collect();
    members.sort_by_key(|(key, _)| index(key).map_or((true, 0), |number| (false, number)));
    members
}

/// `Number::toString` of ECMAScript: the shortest digits that mean the same double.
fn printed(number: &Number) -> String {
    let double = number.as_f64().unwrap_or_default();
    if double == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{:e}", double.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = mantissa.replace('.', "");
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let sign = if double < 0.0 { "-" } else { "" };
    format!("{sign}{}", laid_out(&digits, exponent))
}

/// Digits whose first one counts `10^exponent`.
fn laid_out(digits: &str, exponent: i32) -> String {
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or_default());
    match exponent {
        0..=20 if count <= exponent + 1 => format!("{digits}{}", zeros(exponent + 1 - count)),
        0..=20 => {
            let (whole, rest) = digits.split_at(usize::try_from(exponent + 1).unwrap_or_default());
            format!("{whole}.{rest}")
        }
        -6..=-1 => format!("0.{}{digits}", zeros(-exponent - 1)),
        _ => {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            format!("{first}{point}{rest}e{}{}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_look_as_in_ecmascript() {
        for (number, text) in [
            (json!(1.0), "1"),
            (json!(-0.0), "0"),
            (json!(12.5), "12.5"),
            (json!(-1000431), "-1000431"),
            (json!(1e20), "100000000000000000000"),
            (json!(1e21), "1e+21"),
            (json!(1.25e21), "1.25e+21"),
            (json!(0.000001), "0.000001"),
            (json!(0.00000125), "0.00000125"),
            (json!(0.00000012), "1.2e-7"),
            (json!(123456.789), "123456.789"),
            (json!(12345678901234567890_u64), "12345678901234567000"),
            (json!(0.1), "0.1"),
            (json!(1.5e300), "1.5e+300"),
            (json!(-2.5e-9), "-2.5e-9"),
            (json!(123456789012345680000.0), "123456789012345680000"),
            (json!(9007199254740993_i64), "9007199254740992"),
        ] {
            assert_eq!(stringify(&number), text);
        }
    }

    #[test]
    fn members_keep_their_order_but_array_indexes_come_first() {
        let object = json!({"b": 1, "10": 2, "2": 3, "02": 4, "a": {"x": null, "1": true}});
        assert_eq!(stringify(&object), r#"{"2":3,"10":2,"b":1,"02":4,"a":{"1":true,"x":null}}"#);
    }

    #[test]
    fn texts_are_escaped_and_otherwise_left_alone() {
        assert_eq!(
            stringify(&json!("\"\\\n\u{8}\u{1f}/\u{7f}\u{2028}é")),
            "\"\\\"\\\\\\n\\b\\u001f/\u{7f}\u{2028}é\""
        );
    }

    proptest! {
        #[test]
        fn a_printed_number_means_the_same(number in any::<f64>().prop_filter("JSON has no others", |n| n.is_finite())) {
            let printed = stringify(&json!(number));
            let same = if number == 0.0 { 0.0_f64 } else { number };
            prop_assert_eq!(printed.parse::<f64>().unwrap().to_bits(), same.to_bits());
        }
    }
}
