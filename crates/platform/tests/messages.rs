//! Every message that the code can answer has an English text, and no English text is without its message.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Files whose Japanese is data: notices, names of catalog items, texts of the configuration.
const DATA: [&str; 9] = [
    "book-manage/src/access_log.rs",
    "catalog-update/src/api/actor/mod.rs",
    "catalog-update/src/api/join/mod.rs",
    "catalog-update/src/api/region/mod.rs",
    "catalog-update/src/certification/blueprint.rs",
    "catalog-update/src/certification/mod.rs",
    "catalog-update/src/notices.rs",
    "identity-verificate/src/issue.rs",
    "/src/settings.rs",
];

/// Notices and texts of successes that stand beside messages.
const NO_MESSAGES: [&str; 12] = [
    "利用者作成完了",
    "利用者ID{}の利用者作成および連携が完了しました",
    "利用者削除完了",
    "利用者ID{}の連携解除および利用者削除が完了しました",
    "通知を既読にしました",
    "利用者ID連携の本人性確認コードを送ります。",
    "変更セット申請",
    "変更セットの承認が申請されました。",
    "変更セット承認",
    "申請した変更セットが承認されました。",
    "変更セット否認",
    "申請した変更セットが否認されました。",
];

#[test]
fn every_message_is_there_in_english_and_no_other() {
    let english = english();
    let messages = messages();
    assert!(messages.len() > 300, "{} messages are found: is the search still right?", messages.len());
    let missing: Vec<_> = messages.iter().filter(|message| !english.contains_key(*message)).collect();
    assert!(missing.is_empty(), "without English in messages/en.toml: {missing:#?}");
    let left_over: Vec<_> = english.keys().filter(|key| !messages.contains(*key)).collect();
    assert!(left_over.is_empty(), "in messages/en.toml, but nowhere in the code: {left_over:#?}");
}

#[test]
fn a_translation_is_english_and_names_what_varies() {
    for (message, english) in english() {
        assert!(english.is_ascii() && english.len() > 2, "{message}: {english}");
        assert!(english.trim() == english && !english.ends_with('.'), "{english}");
        assert_eq!(placeholders(&message), placeholders(&english), "{message}");
    }
}

#[test]
fn literals_are_found_where_they_are_messages() {
    let code = r##"
        // "コメント"
        let quote = '"'; let b = "一つ\"目"; /* "中" */ let c: &'static str = r"二つ";
        #[error("三つ {0}")] X(i64), "plain", r#"四"つ"#
        #[cfg(test)] mod tests { const T: &str = "テスト"; }
    "##;
    let found: Vec<_> = literals(code).into_iter().filter(|text| is_japanese(text)).collect();
    assert_eq!(found, ["一つ\"目", "二つ", "三つ {0}", "四\"つ"]);
}

fn english() -> BTreeMap<String, String> {
    toml::from_str(include_str!("../messages/en.toml")).unwrap()
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect()
}

/// The Japanese literals of all that answers.
fn messages() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for name in ["platform", "contract", "vocabulary"] {
        sources(&crates.join(name).join("src"), &mut files);
    }
    for service in fs::read_dir(crates.join("services")).unwrap() {
        sources(&service.unwrap().path().join("src"), &mut files);
    }
    let is_data = |file: &PathBuf| DATA.iter().any(|data| file.to_str().unwrap().ends_with(data));
    let texts = files.iter().filter(|file| !is_data(file)).map(|file| fs::read_to_string(file).unwrap());
    texts
        .flat_map(|text| literals(&text))
        .filter(|text| is_japanese(text) && !NO_MESSAGES.contains(&text.as_str()))
        .collect()
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
}

fn is_japanese(text: &str) -> bool {
    text.chars().any(|sign| matches!(sign, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'))
}

/// The string literals of a source, up to its tests.
fn literals(source: &str) -> Vec<String> {
    let mut rest = source.split("#[cfg(test)]").next().unwrap();
    let mut found = Vec::new();
    while let Some(start) = rest.find(['"', '/', '\'']) {
        let (before, from) = rest.split_at(start);
        rest = if from.starts_with("//") {
            from.split_once('\n').map_or("", |(_, after)| after)
        } else if from.starts_with("/*") {
            from.split_once("*/").map_or("", |(_, after)| after)
        } else if let Some(after) = from.strip_prefix("'\"'") {
            after
        } else if let Some(text) = from.strip_prefix('"') {
            let opened = before.trim_end_matches('#');
            let (literal, after) = if opened.ends_with('r') {
                raw_literal(text, before.len() - opened.len())
            } else {
                literal(text)
            };
            found.push(literal);
            after
        } else {
            &from[1..]
        };
    }
    found
}

fn raw_literal(text: &str, hashes: usize) -> (String, &str) {
    let (literal, after) = text.split_once(&format!("\"{}", "#".repeat(hashes))).unwrap();
    (literal.to_owned(), after)
}

fn literal(text: &str) -> (String, &str) {
    let mut literal = String::new();
    let mut signs = text.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '"' => return (literal, &text[at + 1..]),
            '\\' => literal.extend(signs.next().map(|(_, sign)| if sign == 'n' { '\n' } else { sign })),
            sign => literal.push(sign),
        }
    }
    (literal, "")
}
