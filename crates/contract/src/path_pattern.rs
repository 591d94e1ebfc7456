//! The notation in which permission and office tables name paths (spec: block-proxy 5.1).
//!
//! `{n}` digits, `{+}` anything but nothing, `{*}` anything, `[x]` an optional sign, `(a|b)` one of; everything else
//! is meant to the letter. A trailing slash is always allowed.
//!
//! Path and query are compared each with its own part of the pattern, so that no piece of a path reaches into the
//! query (spec: trust-layer 9 #8). A pattern without a query admits one only where it ends in anything.

use regex::Regex;
use serde::Deserialize;

/// A pattern that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a path pattern")]
pub struct PathPatternError(String);

/// A set of paths.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct PathPattern {
    path: Regex,
    query: Query,
}

#[derive(Clone, Debug)]
enum Query {
    None,
    Any,
    Optional(Regex),
    Required(Regex),
}

impl PathPattern {
    pub fn new(pattern: &str) -> Result<Self, PathPatternError> {
        let (path, query) = if let Some((path, query)) = pattern.split_once("[?]") {
            (path, Query::Optional(expression(query, pattern)?))
        } else if let Some((path, query)) = pattern.split_once('?') {
            (path, Query::Required(expression(query, pattern)?))
        } else if pattern.ends_with("{+}") || pattern.ends_with("{*}") {
            (pattern, Query::Any)
        } else {
            (pattern, Query::None)
        };
        Ok(Self { path: expression(path, pattern)?, query })
    }

    /// Whether a path, with its query, is one of the set.
    #[must_use]
    pub fn matches(&self, target: &str) -> bool {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let query_fits = match (&self.query, query) {
            (Query::None | Query::Any | Query::Optional(_), None) | (Query::Any, Some(_)) => true,
            (Query::Optional(expected) | Query::Required(expected), Some(query)) => expected.is_match(query),
            (Query::None, Some(_)) | (Query::Required(_), None) => false,
        };
        query_fits && self.path.is_match(path)
    }
}

/// A part of a pattern as a regular expression.
fn expression(part: &str, whole: &str) -> Result<Regex, PathPatternError> {
    const SPECIAL: [(&str, &str); 4] = [("{n}", "[0-9]+"), ("{+}", ".+"), ("{*}", ".*"), ("[/]", "/?")];
    let wrong = || PathPatternError(whole.to_owned());
    let mut regex = String::from("^");
    let mut rest = part;
    while let Some(sign) = rest.chars().next() {
        if let Some((word, meaning)) = SPECIAL.iter().find(|(word, _)| rest.starts_with(word)) {
            regex.push_str(meaning);
            rest = &rest[word.len()..];
            continue;
        }
        match sign {
            '(' | ')' | '|' => regex.push(sign),
            '{' | '}' | '[' | ']' => return Err(wrong()),
            other => regex.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
        rest = &rest[sign.len_utf8()..];
    }
    regex.push_str("/?$");
    Regex::new(&regex).map_err(|_| wrong())
}

impl TryFrom<String> for PathPattern {
    type Error = PathPatternError;

    fn try_from(pattern: String) -> Result<Self, PathPatternError> {
        Self::new(&pattern)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_the_tables_say() {
        let matches = |pattern: &str, path: &str| PathPattern::new(pattern).unwrap().matches(path);
        assert!(matches("/operator/{n}", "/operator/12/") && !matches("/operator/{n}", "/operator/a"));
        assert!(matches("/catalog[/]?{+}", "/catalog?ns=a") && matches("/catalog[/]?{+}", "/catalog/?ns=a"));
        assert!(!matches("/catalog[/]?{+}", "/catalog?"));
        assert!(matches("/x[/][?]{*}", "/x") && matches("/x[/][?]{*}", "/x/?a=1"));
        assert!(
            matches("/catalog/(model|ext)/{n}", "/catalog/ext/1")
                && !matches("/catalog/(model|ext)/{n}", "/catalog/a/1")
        );
        assert!(!matches("/a.b", "/aXb"));
        assert!(PathPattern::new("/{x}").is_err());
    }

    #[test]
    fn no_piece_of_a_path_reaches_into_the_query() {
        let matches = |pattern: &str, path: &str| PathPattern::new(pattern).unwrap().matches(path);
        assert!(!matches("/a/{+}/{n}", "/a/b?c/1") && matches("/a/{+}/{n}", "/a/b/c/1"));
        assert!(!matches("/a/{n}", "/a/1?b=c"));
        assert!(matches("/a/{+}", "/a/b/?allow=true") && matches("/a/{+}", "/a/b?allow=true"));
        assert!(!matches("/a/{+}", "/a/?b=c"));
    }
}
