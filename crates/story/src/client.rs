//! The HTTP client of a story: one cookie jar for each session name, as for the people of the story.

use std::{collections::BTreeMap, error::Error, time::Duration};

use reqwest::{Method, Url, header};
use serde_json::Value;

use crate::expect::Reply;

const PATIENCE: Duration = Duration::from_secs(120);

/// A call that brought no answer.
#[derive(Debug, thiserror::Error)]
#[error("{method} {url} brought no answer: {cause}")]
pub struct ClientError {
    method: String,
    url: String,
    cause: String,
}

/// What one person's browser or program remembers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Jar(BTreeMap<String, String>);

impl Jar {
    fn cookies(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Keeps, replaces or removes a cookie as a `Set-Cookie` line says.
    fn keep(&mut self, line: &str) {
        let mut parts = line.split(';');
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let ends = parts.any(|attribute| attribute.trim().eq_ignore_ascii_case("max-age=0"));
        if ends || value.is_empty() {
            self.0.remove(name.trim());
        } else {
            self.0.insert(name.trim().to_owned(), value.to_owned());
        }
    }
}

/// A call with everything filled in.
#[derive(Clone, Debug, Default)]
pub struct Ready {
    pub method: String,
    /// Where the block is reached.
    pub base: String,
    /// The exact request target.
    pub path: String,
    /// Headers to add or replace; none leaves one out.
    pub headers: BTreeMap<String, Option<String>>,
    pub body: Option<Value>,
}

/// A client of public listeners, with the cookies of whoever logged in.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    jars: BTreeMap<String, Jar>,
}

impl Client {
    pub fn new() -> Result<Self, reqwest::Error> {
        platform::listen::install_crypto_provider();
        // A block of the reference drops a connection after its answer, perhaps just when the next request is on it.
        let http =
            reqwest::Client::builder().no_proxy().timeout(PATIENCE).pool_max_idle_per_host(0).build()?;
        Ok(Self { http, jars: BTreeMap::new() })
    }

    pub(crate) fn has(&self, session: &str) -> bool {
        self.jars.contains_key(session)
    }

    /// Sends a call with the cookies of `session` and keeps what the answer sets: in a new jar named `save`
    /// after a login, else in the same one.
    pub async fn send(
        &mut self,
        ready: Ready,
        session: Option<&str>,
        save: Option<&str>,
    ) -> Result<Reply, ClientError> {
        let url = format!("{}{}", ready.base, ready.path);
        let failed = |cause: String| ClientError { method: ready.method.clone(), url: url.clone(), cause };
        let method: Method = ready.method.parse().map_err(|_| failed("no such method".to_owned()))?;
        let target: Url = url.parse().map_err(|_| failed("not a URL".to_owned()))?;
        let mut headers: BTreeMap<String, Option<String>> =
            [("accept", "application/json")].map(owned).into();
        if ready.body.is_some() || matches!(method, Method::POST | Method::PUT) {
            headers.extend([("content-type", "application/json")].map(owned));
        }
        let jar = session.and_then(|session| self.jars.get(session));
        if let Some(jar) = jar {
            headers.extend([("cookie", jar.cookies().as_str())].map(owned));
            if let Some(token) = jar.0.get("XSRF-TOKEN") {
                headers.extend([("x-xsrf-token", token.as_str())].map(owned));
            }
        }
        headers.extend(ready.headers.clone());
        let mut request = self.http.request(method, target);
        for (name, value) in headers.iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
            request = request.header(name, value);
        }
        if let Some(body) = &ready.body {
            request = request.body(body.to_string());
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "the client's side of the story, not a call of the platform"
        )]
        let response = request.send().await.map_err(|error| failed(with_causes(&error)))?;
        let status = response.status().as_u16();
        let cookies: Vec<_> = response.headers().get_all(header::SET_COOKIE).iter().cloned().collect();
        let text = response.text().await.map_err(|error| failed(with_causes(&error)))?;
        self.keep(&cookies, session, save);
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Reply { status, body, text })
    }

    fn keep(&mut self, cookies: &[reqwest::header::HeaderValue], session: Option<&str>, save: Option<&str>) {
        let jar = match (save, session) {
            (Some(name), _) => {
                self.jars.insert(name.to_owned(), Jar::default());
                self.jars.get_mut(name)
            }
            (None, Some(name)) => self.jars.get_mut(name),
            (None, None) => None,
        };
        let Some(jar) = jar else { return };
        for line in cookies.iter().filter_map(|line| line.to_str().ok()) {
            jar.keep(line);
        }
    }
}

fn owned((name, value): (&str, &str)) -> (String, Option<String>) {
    (name.to_owned(), Some(value.to_owned()))
}

fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jar_keeps_replaces_and_removes_cookies() {
        let mut jar = Jar::default();
        jar.keep("a=1; Path=/; HttpOnly");
        jar.keep("b=2; Path=/");
        jar.keep("a=3; Path=/");
        jar.keep("b=; Max-Age=0; Path=/");
        assert_eq!(jar.cookies(), "a=3");
    }
}
