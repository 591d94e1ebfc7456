//! `<name>` and `{name}`: the places of a text where a setting of the installation goes
//! (spec: catalog-data-model 6).
//!
//! A text is gone through once, so that what a setting says is never taken for a placeholder itself.

use serde_json::Value;

use crate::Settings;

/// A text with its placeholders filled in. Names that are no setting stay as they are.
pub(crate) fn fill_text(text: &str, settings: &Settings) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        if let Some((value, after)) = placeholder(rest, settings) {
            filled.push_str(&plain(value));
            rest = after;
        } else {
            filled.push(sign);
            rest = &rest[sign.len_utf8()..];
        }
    }
    filled
}

/// A text that is one placeholder only becomes the setting with its type; any other is filled in.
pub(crate) fn fill_value(text: &str, settings: &Settings) -> Value {
    match placeholder(text, settings) {
        Some((value, "")) => value.clone(),
        _ => Value::String(fill_text(text, settings)),
    }
}

/// A JSON text with its placeholders filled in: inside of a string as a part of it, outside as a whole JSON value.
pub(crate) fn fill_json(text: &str, settings: &Settings) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    let (mut in_string, mut escaped) = (false, false);
    while let Some(sign) = rest.chars().next() {
        if let Some((value, after)) = placeholder(rest, settings) {
            filled.push_str(&if in_string { part_of_string(value) } else { value.to_string() });
            rest = after;
            continue;
        }
        in_string ^= sign == '"' && !escaped;
        escaped = in_string && sign == '\\' && !escaped;
        filled.push(sign);
        rest = &rest[sign.len_utf8()..];
    }
    filled
}

/// The setting whose placeholder the text begins with, and what comes after it.
fn placeholder<'s, 't>(text: &'t str, settings: &'s Settings) -> Option<(&'s Value, &'t str)> {
    let (inside, close) = match text.strip_prefix('<') {
        Some(inside) => (inside, '>'),
        None => (text.strip_prefix('{')?, '}'),
    };
    let end = inside.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-' && sign != '_')?;
    let (name, after) = inside.split_at(end);
    Some((settings.get(name)?, after.strip_prefix(close)?))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The JSON form of a text without the quotes around it.
fn part_of_string(value: &Value) -> String {
    let quoted = Value::from(plain(value)).to_string();
    quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(&quoted).to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let mut settings = Settings::default();
        for (key, value) in pairs {
            settings.set(key, value).unwrap();
        }
        settings
    }

    #[test]
    fn both_notations_are_filled_in_and_unknown_names_stay() {
        let settings = settings(&[("ext_name", "city")]);
        assert_eq!(
            fill_text("{ext_name}/<ext_name>/{other}/<b>/{ext_name", &settings),
            "city/city/{other}/<b>/{ext_name"
        );
    }

    #[test]
    fn what_a_setting_says_is_no_placeholder() {
        let settings = settings(&[("address", "<domain> {domain}"), ("domain", "example.org")]);
        assert_eq!(fill_text("<address>", &settings), "<domain> {domain}");
    }

    #[test]
    fn a_text_that_is_one_setting_takes_its_type() {
        let settings = settings(&[("account-lock-count", "8")]);
        assert_eq!(fill_value("{account-lock-count}", &settings), json!(8));
        assert_eq!(fill_value("{account-lock-count} times", &settings), json!("8 times"));
        assert_eq!(fill_value("{period-of-re-consent}", &settings), Value::Null);
    }

    #[test]
    fn in_json_a_setting_is_a_value_or_a_part_of_a_string() {
        let settings = settings(&[("address", r#"a "b" \"#), ("period-of-re-consent", "2030-01-01")]);
        let text = r#"{"a \" {ext_name}": "<address>", "b": <period-of-re-consent>, "c": [<use_share>, "x<account-lock-count>"]}"#;
        let read: Value = serde_json::from_str(&fill_json(text, &settings)).unwrap();
        assert_eq!(read, json!({"a \" pxross1": r#"a "b" \"#, "b": "2030-01-01", "c": [true, "x6"]}));
    }
}
