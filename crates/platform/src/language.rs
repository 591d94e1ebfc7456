//! Messages in the language that a caller asks for: Japanese as they stand in the code, English by `Accept-Language`.
//!
//! They are translated once, where an answer leaves the block. Inside, and between blocks, everybody speaks Japanese.

use std::{collections::HashMap, sync::LazyLock};

use axum::{
    body::{Body, HttpBody, to_bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header};
use serde_json::Value;

use crate::ApiError;

/// Refusals are short; whatever is longer is none of ours.
const LONGEST: u64 = 1024 * 1024;

/// What callers read in English, by what stands in the code.
static ENGLISH: LazyLock<Dictionary> =
    LazyLock::new(|| Dictionary::read(include_str!("../messages/en.toml")));

/// Answers in the language that was asked for.
pub(crate) async fn answer(mut request: Request, next: Next) -> Response {
    let english = prefers_english(request.headers());
    hear_japanese(request.headers_mut());
    let response = next.run(request).await;
    if english { translated(response).await } else { response }
}

/// Whoever is called on behalf of this request answers in Japanese, so that nothing is translated twice and
/// services understand each other.
pub(crate) fn hear_japanese(headers: &mut HeaderMap) {
    headers.remove(header::ACCEPT_LANGUAGE);
}

/// Whether a request would rather have English than Japanese. Without a word about either: Japanese.
fn prefers_english(headers: &HeaderMap) -> bool {
    let (mut english, mut japanese, mut others) = (None, None, None);
    let lines = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|line| line.to_str().ok());
    for (place, range) in lines.flat_map(|line| line.split(',')).enumerate() {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let Some(quality) = quality(parameters) else { continue };
        let tag = tag.trim().to_ascii_lowercase();
        let wish = match tag.split('-').next() {
            Some("en") => &mut english,
            Some("ja") => &mut japanese,
            Some("*") => &mut others,
            _ => continue,
        };
        // Of two that are wished for alike, the one that is named first.
        *wish = (*wish).max(Some((quality, std::cmp::Reverse(place))));
    }
    english.is_some_and(|(quality, _)| quality > 0) && english > japanese.or(others)
}

/// `q=0.8` as thousandths; none where it is no quality.
fn quality(parameters: &str) -> Option<u16> {
    let Some(text) = parameters.trim().strip_prefix("q=") else {
        return parameters.trim().is_empty().then_some(1000);
    };
    let quality: f32 = text.trim().parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 to 1000")]
    (0.0..=1.0).contains(&quality).then(|| (quality * 1000.0).round() as u16)
}

async fn translated(response: Response) -> Response {
    let short = response.body().size_hint().upper().is_some_and(|length| length <= LONGEST);
    if response.status().is_success() || !short || !is_json(response.headers()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = match to_bytes(body, usize::MAX).await {
        Ok(bytes) => bytes,
        Err(error) => return ApiError::unexpected(error).into_response(),
    };
    let Some(body) = in_english(&bytes) else { return Response::from_parts(parts, Body::from(bytes)) };
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static("en"));
    parts.headers.append(header::VARY, HeaderValue::from_static("Accept-Language"));
    Response::from_parts(parts, Body::from(body))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/json"))
}

/// The same refusal with every message that is known in English; none if there is no such message.
fn in_english(body: &[u8]) -> Option<String> {
    let mut body: Value = serde_json::from_slice(body).ok()?;
    let mut changed = false;
    let mut translate = |refusal: &mut Value| {
        let Some(message) = refusal.get_mut("message") else { return };
        if let Some(english) = message.as_str().and_then(|message| ENGLISH.get(message)) {
            *message = Value::String(english);
            changed = true;
        }
    };
    translate(&mut body);
    body.get_mut("reasons").and_then(Value::as_array_mut).into_iter().flatten().for_each(translate);
    changed.then(|| body.to_string())
}

/// Messages by what stands in the code.
struct Dictionary {
    whole: HashMap<String, String>,
    /// Those with parts that vary, the most telling first.
    patterns: Vec<Pattern>,
}

/// A message with parts that vary.
struct Pattern {
    original: Template,
    translation: Template,
}

/// Texts, and the names of what stands between each two of them.
struct Template {
    texts: Vec<String>,
    names: Vec<String>,
}

impl Dictionary {
    fn read(file: &str) -> Self {
        let entries: HashMap<String, String> = toml::from_str(file).unwrap_or_else(|error| {
            tracing::error!(%error, "the messages in English cannot be read");
            HashMap::new()
        });
        let (patterns, whole) =
            entries.into_iter().partition::<HashMap<_, _>, _>(|(key, _)| key.contains('{'));
        let mut patterns: Vec<_> = patterns
            .iter()
            .map(|(key, english)| Pattern {
                original: Template::read(key),
                translation: Template::read(english),
            })
            .collect();
        patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.original.texts.concat()));
        patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.original.texts.concat().len()));
        Self { whole, patterns }
    }

    fn get(&self, message: &str) -> Option<String> {
        self.whole.get(message).cloned().or_else(|| {
            self.patterns.iter().find_map(|pattern| {
                let parts = pattern.original.parts(message)?;
                // What varies can be a word of ours, too.
                let parts = parts
                    .into_iter()
                    .map(|(name, part)| (name, self.whole.get(part).map_or(part, String::as_str)));
                Some(pattern.translation.filled(&parts.collect()))
            })
        })
    }
}

impl Template {
    fn read(text: &str) -> Self {
        let (mut texts, mut names) = (Vec::new(), Vec::new());
        let mut rest = text;
        while let Some((before, (name, after))) =
            rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
        {
            texts.push(before.to_owned());
            names.push(name.to_owned());
            rest = after;
        }
        texts.push(rest.to_owned());
        Self { texts, names }
    }

    /// What stands in a message where this one has names.
    fn parts<'a>(&'a self, message: &'a str) -> Option<HashMap<&'a str, &'a str>> {
        let (first, others) = self.texts.split_first()?;
        let (last, between) = others.split_last()?;
        let mut rest = message.strip_prefix(first.as_str())?.strip_suffix(last.as_str())?;
        let mut parts = Vec::new();
        for text in between {
            let (part, after) = rest.split_once(text.as_str())?;
            parts.push(part);
            rest = after;
        }
        parts.push(rest);
        Some(self.names.iter().map(String::as_str).zip(parts).collect())
    }

    fn filled(&self, parts: &HashMap<&str, &str>) -> String {
        let names = self.names.iter().map(|name| parts.get(name.as_str()).copied().unwrap_or_default());
        self.texts
            .iter()
            .map(String::as_str)
            .zip(names.chain([""]))
            .flat_map(|(text, part)| [text, part])
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, middleware, routing::get};
    use http::StatusCode;
    use serde_json::json;
    use tower::ServiceExt;

    use super::*;
    use crate::Reason;

    fn asks(languages: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, languages.parse().unwrap());
        prefers_english(&headers)
    }

    #[test]
    fn english_is_for_whoever_would_rather_have_it_than_japanese() {
        for english in [
            "en",
            "en-US",
            "EN-gb;q=0.5",
            "en-US,en;q=0.9,ja;q=0.8",
            "fr, en;q=0.1",
            "ja;q=0, en",
            "en, ja",
            "en, *",
            "ja;q=0.1, en ; q=0.2",
            "*, en, ja;q=0.5",
        ] {
            assert!(asks(english), "{english}");
        }
        for japanese in [
            "",
            "*",
            "ja",
            "fr",
            "ja, en",
            "ja-JP,ja;q=0.9,en;q=0.8",
            "en;q=0",
            "en;q=0.5, ja",
            "en;q=x",
            "*, en",
            "english",
            "en;q=2",
        ] {
            assert!(!asks(japanese), "{japanese}");
        }
        assert!(!prefers_english(&HeaderMap::new()));
    }

    #[test]
    fn parts_that_vary_stay_and_words_of_ours_among_them_are_translated() {
        for (japanese, english) in [
            ("必須項目です", "This field is required"),
            (
                "予期しないエラーが発生しました（照会番号 0123456789）",
                "An unexpected error occurred (reference 0123456789)",
            ),
            ("chunkSizeは1から10の範囲で指定してください", "chunkSize must be from 1 to 10"),
            (
                "カタログサービスから情報を取得できませんでした",
                "The catalog service did not give the information",
            ),
            (
                "プロファイル項目「氏名（姓）」の内容が正しくありません",
                "The profile item \"氏名（姓）\" is not valid",
            ),
            ("共有できないデータ種です: 1, 2", "These data types cannot be shared: 1, 2"),
        ] {
            assert_eq!(ENGLISH.get(japanese).as_deref(), Some(english));
        }
        assert_eq!(ENGLISH.get("A message of somebody else"), None);
    }

    /// The answer of a service to a request with these languages: content language, vary, body.
    async fn answered(path: &str, languages: Option<&str>) -> (Option<String>, Option<String>, Value) {
        let reason = || Reason::new("a", Value::Null, "必須項目です");
        let routes = Router::new()
            .route("/refused", get(|| async { ApiError::bad_request("リクエストが空です") }))
            .route("/fields", get(move || async move { ApiError::Fields(vec![reason(), reason()]) }))
            .route("/data", get(|| async { axum::Json(json!({"message": "必須項目です"})) }))
            .route(
                "/heard",
                get(|headers: HeaderMap| async move {
                    let heard = headers.contains_key(header::ACCEPT_LANGUAGE);
                    (StatusCode::BAD_REQUEST, axum::Json(json!({"status": 400, "heard": heard})))
                }),
            )
            .layer(middleware::from_fn(answer));
        let mut request = Request::get(path);
        if let Some(languages) = languages {
            request = request.header(header::ACCEPT_LANGUAGE, languages);
        }
        let response = routes.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let text = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (language, vary) = (text(header::CONTENT_LANGUAGE), text(header::VARY));
        let bytes = to_bytes(response.into_body(), 10_000).await.unwrap();
        (language, vary, serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn refusals_are_translated_for_whoever_asks_and_nothing_else_is() {
        let (language, vary, body) = answered("/refused", Some("en")).await;
        assert_eq!((language.as_deref(), vary.as_deref()), (Some("en"), Some("Accept-Language")));
        assert_eq!(body, json!({"status": 400, "message": "The request is empty"}));
        let (.., body) = answered("/fields", Some("en")).await;
        let reason = json!({"property": "a", "value": null, "message": "This field is required"});
        assert_eq!(body, json!({"status": 400, "reasons": [reason, reason]}));
        for (path, languages) in [("/refused", None), ("/refused", Some("ja")), ("/data", Some("en"))] {
            let (language, vary, body) = answered(path, languages).await;
            assert_eq!((language, vary), (None, None), "{path}");
            assert!(!body["message"].as_str().unwrap().is_ascii(), "{path}");
        }
        assert_eq!(answered("/heard", Some("en")).await.2["heard"], false);
    }
}
