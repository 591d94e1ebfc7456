//! Texts as they are compared.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// One form for all spellings that mean the same: lower case, usual width, katakana for hiragana, single blanks.
pub(super) fn normal(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    for sign in text.nfkc().flat_map(char::to_lowercase) {
        if !sign.is_whitespace() {
            normal.push(katakana(sign));
        } else if !normal.is_empty() && !normal.ends_with(' ') {
            normal.push(' ');
        }
    }
    normal.truncate(normal.trim_end().len());
    normal
}

/// The two kana alphabets lie in the same order, at a fixed distance.
fn katakana(sign: char) -> char {
    const DISTANCE: u32 = 'ァ' as u32 - 'ぁ' as u32;
    match sign {
        'ぁ'..='ゖ' => char::from_u32(u32::from(sign) + DISTANCE).unwrap_or(sign),
        _ => sign,
    }
}

/// The words of a question, each once.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<_> =
        normal(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// All texts in a description, which may be a whole page of titles and sentences.
pub(super) fn texts(value: &Value) -> String {
    fn collect(value: &Value, texts: &mut Vec<String>) {
        match value {
            Value::String(text) => texts.push(text.clone()),
            Value::Number(number) => texts.push(number.to_string()),
            Value::Array(elements) => elements.iter().for_each(|element| collect(element, texts)),
            Value::Object(members) => members.values().for_each(|member| collect(member, texts)),
            Value::Null | Value::Bool(_) => {}
        }
    }
    let mut found = Vec::new();
    collect(value, &mut found);
    found.join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn spellings_that_mean_the_same_have_one_form() {
        for (spelling, expected) in [
            ("Actor", "actor"),
            ("ＰＸＲ　Ｂｌｏｃｋ", "pxr block"),
            ("ｱｸﾀｰ", "アクター"),
            ("ﾃﾞｰﾀ", "データ"),
            ("あくたー", "アクター"),
            (" a \n\t b ", "a b"),
            ("利用者", "利用者"),
            ("", ""),
        ] {
            assert_eq!(normal(spelling), expected, "{spelling}");
        }
    }

    #[test]
    fn a_question_is_its_words_each_once() {
        assert_eq!(words("b  A　a"), ["a", "b"]);
        assert_eq!(words(" 　"), Vec::<String>::new());
    }

    #[test]
    fn a_description_is_read_with_everything_in_it() {
        let page =
            json!({"title": "t", "section": [{"title": null, "content": [{"sentence": "s", "number": 3}]}]});
        assert_eq!(texts(&page), "t s 3");
        assert_eq!(texts(&json!("plain")), "plain");
        assert_eq!(texts(&Value::Null), "");
    }
}
