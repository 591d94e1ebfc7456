//! The notation in which permission and office tables name paths (spec: block-proxy 5.1).
//!
//! `{n}` digits, `{+}` anything but nothing, `{*}` anything, `[x]` an optional sign, `(a|b)` one of; everything else
//! is meant to the letter. A trailing slash is always allowed.

use regex::Regex;
use serde::Deserialize;

/// A pattern that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a path pattern")]
pub struct PathPatternError(String);

/// A set of paths.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct PathPattern(Regex);

impl PathPattern {
    pub fn new(pattern: &str) -> Result<Self, PathPatternError> {
        let mut regex = String::from("^");
        let mut rest = pattern;
        while let Some(sign) = rest.chars().next() {
            let special = [("{n}", "[0-9]+"), ("{+}", ".+"), ("{*}", ".*"), ("[/]", "/?"), ("[?]", r"\??")];
            if let Some((word, meaning)) = special.iter().find(|(word, _)| rest.starts_with(word)) {
                regex.push_str(meaning);
                rest = &rest[word.len()..];
                continue;
            }
            match sign {
                '(' | ')' | '|' => regex.push(sign),
                '{' | '}' | '[' | ']' => return Err(PathPatternError(pattern.to_owned())),
                other => regex.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
            }
            rest = &rest[sign.len_utf8()..];
        }
        regex.push_str("/?$");
        Regex::new(&regex).map(Self).map_err(|_| PathPatternError(pattern.to_owned()))
    }

    /// Whether a path, with its query, is one of the set.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        self.0.is_match(path)
    }
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
}
