//! Numbers as the field writes them here: the integer at the beginning of a text counts (spec: binary-manage 4.0).

use platform::fields::Complaint;
use serde_json::Value;

/// `3`, `"3"`, `"3abc"` and `3.7` are three.
pub(crate) fn integer(value: &Value) -> Result<i64, Complaint> {
    let found = match value {
        Value::Number(number) => number.as_i64().or_else(|| beginning(&number.to_string())),
        Value::String(text) => beginning(text.trim_start()),
        _ => None,
    };
    found.ok_or("数値ではありません".into())
}

fn beginning(text: &str) -> Option<i64> {
    let sign = usize::from(text.starts_with(['-', '+']));
    let digits = text[sign..].bytes().take_while(u8::is_ascii_digit).count();
    text[..sign + digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_beginning_of_a_number_counts() {
        for (value, expected) in [
            (json!(3), 3),
            (json!("3"), 3),
            (json!(" 3abc"), 3),
            (json!(1.7), 1),
            (json!("-2"), -2),
            (json!("+2"), 2),
            (json!("255.9"), 255),
        ] {
            assert_eq!(integer(&value), Ok(expected), "{value}");
        }
        for wrong in [json!(""), json!("abc"), json!("-"), json!(null), json!([1]), json!("9".repeat(30))] {
            assert!(integer(&wrong).is_err(), "{wrong}");
        }
    }
}
