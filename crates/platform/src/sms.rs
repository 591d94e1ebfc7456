//! Messages to phones. They are sent after the answer, and again where the gateway does not take them.

use std::{collections::BTreeMap, fmt, sync::OnceLock, time::Duration};

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{channel::over_http, listen::install_crypto_provider};

/// What happens to a message: `"none"`, `"log"`, or `{ http = { url = "…" } }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmsDriver {
    /// It is dropped, as the reference does.
    #[default]
    None,
    /// It is written to the log, codes included: for trying things out only.
    Log,
    /// A gateway sends it.
    Http(SmsGateway),
}

/// A gateway that takes messages as JSON.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsGateway {
    url: String,
    /// Keys of the gateway, for instance.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// What is posted; `{to}` and `{text}` inside its texts stand for the number and the message.
    #[serde(default = "default_body")]
    body: Value,
}

fn default_body() -> Value {
    json!({"to": "{to}", "text": "{text}"})
}

impl fmt::Debug for SmsGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmsGateway").field("url", &self.url).finish_non_exhaustive()
    }
}

/// How long is waited before a message is offered again.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(15), Duration::from_secs(60)];

/// A message that waits to be sent.
#[derive(Debug, PartialEq, Eq)]
pub struct Sms {
    pub to: String,
    pub text: String,
}

impl Sms {
    /// A message to a phone; the country code replaces a leading zero of its number.
    #[must_use]
    pub fn new(country_code: &str, phone: &str, text: String) -> Self {
        let national = phone.strip_prefix('0');
        let to = national.map_or_else(|| phone.to_owned(), |rest| format!("{country_code}{rest}"));
        Self { to, text }
    }

    /// Hands the message over; whether it arrives is only seen in the log.
    pub fn send(self, driver: &SmsDriver) {
        match driver {
            SmsDriver::None => tracing::warn!("a message was not sent: no SMS driver is configured"),
            SmsDriver::Log => tracing::info!(to = self.to, text = self.text, "SMS"),
            SmsDriver::Http(gateway) => {
                let gateway = gateway.clone();
                tokio::spawn(async move { gateway.deliver(&self, &PAUSES).await });
            }
        }
    }
}

/// What became of one attempt.
enum Attempt {
    Taken,
    /// The same message will never be taken.
    Refused(String),
    Failed(String),
}

impl SmsGateway {
    /// Offers a message until it is taken, or the pauses are used up; whether it was taken. Neither number nor text
    /// is logged.
    async fn deliver(&self, sms: &Sms, pauses: &[Duration]) -> bool {
        for attempt in 0..=pauses.len() {
            let cause = match self.offer(sms).await {
                Attempt::Taken => return true,
                Attempt::Refused(cause) => {
                    tracing::error!(url = self.url, cause, "the SMS gateway refuses a message");
                    return false;
                }
                Attempt::Failed(cause) => cause,
            };
            match pauses.get(attempt) {
                Some(pause) => {
                    tracing::warn!(url = self.url, cause, "the SMS gateway is asked again");
                    tokio::time::sleep(*pause).await;
                }
                None => tracing::error!(url = self.url, cause, "a message was not sent"),
            }
        }
        false
    }

    async fn offer(&self, sms: &Sms) -> Attempt {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(&self.url)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = match request.body(Body::from(filled(&self.body, sms).to_string())) {
            Ok(request) => request,
            Err(error) => return Attempt::Refused(error.to_string()),
        };
        let client = match client() {
            Ok(client) => client,
            Err(error) => return Attempt::Failed(error.to_string()),
        };
        match over_http(client, request).await {
            Ok(answer) if answer.status.is_success() => Attempt::Taken,
            Ok(answer) if is_final(answer.status) => Attempt::Refused(answer.status.to_string()),
            Ok(answer) => Attempt::Failed(answer.status.to_string()),
            Err(no_answer) => Attempt::Failed(no_answer.cause),
        }
    }
}

fn is_final(status: StatusCode) -> bool {
    status.is_client_error()
        && ![StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status)
}

/// The template with the message in it; what the message says stays a text, whatever is in it.
fn filled(template: &Value, sms: &Sms) -> Value {
    match template {
        Value::String(text) => match text.as_str() {
            "{to}" => sms.to.clone().into(),
            "{text}" => sms.text.clone().into(),
            // The number first: what a text says about `{to}` stays as it is.
            _ => text.replace("{to}", &sms.to).replace("{text}", &sms.text).into(),
        },
        Value::Array(array) => array.iter().map(|element| filled(element, sms)).collect(),
        Value::Object(object) => {
            let members = object.iter().map(|(key, value)| (key.clone(), filled(value, sms)));
            Value::Object(members.collect())
        }
        plain => plain.clone(),
    }
}

/// One for the process; made when the first message is sent.
fn client() -> Result<&'static reqwest::Client, reqwest::Error> {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    if let Some(client) = CLIENT.get() {
        return Ok(client);
    }
    install_crypto_provider();
    let client = reqwest::Client::builder().timeout(Duration::from_secs(15)).build()?;
    Ok(CLIENT.get_or_init(|| client))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use axum::{Json, Router, extract::State, http::HeaderMap, routing::post};

    use super::*;

    type Received = Arc<Mutex<Vec<(Option<String>, Value)>>>;

    #[test]
    fn the_country_code_replaces_a_leading_zero() {
        let to = |phone| Sms::new("+81-", phone, String::new()).to;
        assert_eq!(to("09011112222"), "+81-9011112222");
        assert_eq!(to("+81-90"), "+81-90");
    }

    #[test]
    fn a_driver_is_a_word_or_a_gateway() {
        let driver = |json| serde_json::from_value::<SmsDriver>(json);
        assert_eq!(driver(json!("log")).unwrap(), SmsDriver::Log);
        let gateway =
            driver(json!({"http": {"url": "https://sms.example/send", "headers": {"x-key": "secret"}}}));
        let SmsDriver::Http(gateway) = gateway.unwrap() else { panic!("a gateway") };
        assert_eq!(gateway.body, json!({"to": "{to}", "text": "{text}"}));
        assert!(!format!("{gateway:?}").contains("secret"));
        assert!(driver(json!({"http": {"uri": "x"}})).is_err());
    }

    #[test]
    fn a_message_stays_a_text_inside_the_template() {
        let sms = Sms { to: "+81-90".to_owned(), text: "\"quoted\" {to}".to_owned() };
        let template = json!({"messages": [{"to": ["{to}"], "text": "PxR: {text}", "ttl": 60}]});
        let expected = json!({"messages": [{"to": ["+81-90"], "text": "PxR: \"quoted\" {to}", "ttl": 60}]});
        assert_eq!(filled(&template, &sms), expected);
    }

    /// A gateway that answers with these statuses, one after the other, and says what it received.
    async fn gateway(statuses: Vec<u16>) -> (SmsGateway, Received) {
        let received = Received::default();
        let statuses = Arc::new(Mutex::new(statuses));
        let take = async |State((statuses, received)): State<(Arc<Mutex<Vec<u16>>>, Received)>,
                          headers: HeaderMap,
                          Json(body): Json<Value>| {
            let key = headers.get("x-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
            received.lock().unwrap().push((key, body));
            StatusCode::from_u16(statuses.lock().unwrap().remove(0)).unwrap()
        };
        let router = Router::new().route("/send", post(take)).with_state((statuses, Arc::clone(&received)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let headers = BTreeMap::from([("x-key".to_owned(), "k".to_owned())]);
        (SmsGateway { url, headers, body: default_body() }, received)
    }

    const SOON: [Duration; 2] = [Duration::from_millis(1); 2];

    #[tokio::test]
    async fn a_message_is_offered_until_it_is_taken() {
        let (gateway, received) = gateway(vec![503, 429, 202]).await;
        let sms = Sms { to: "1".to_owned(), text: "t".to_owned() };
        assert!(gateway.deliver(&sms, &SOON).await);
        let message = (Some("k".to_owned()), json!({"to": "1", "text": "t"}));
        assert_eq!(*received.lock().unwrap(), [message.clone(), message.clone(), message]);
    }

    #[tokio::test]
    async fn a_message_that_is_refused_is_not_offered_again() {
        let (refusing, received) = gateway(vec![400, 200]).await;
        let sms = Sms { to: "1".to_owned(), text: "t".to_owned() };
        assert!(!refusing.deliver(&sms, &SOON).await);
        assert_eq!(received.lock().unwrap().len(), 1);
        let (failing, received) = gateway(vec![500, 500, 500, 200]).await;
        assert!(!failing.deliver(&sms, &SOON).await);
        assert_eq!(received.lock().unwrap().len(), 3);
    }

    #[tokio::test]
    async fn sending_waits_for_nobody() {
        let (gateway, received) = gateway(vec![200]).await;
        Sms { to: "1".to_owned(), text: "t".to_owned() }.send(&SmsDriver::Http(gateway));
        assert!(received.lock().unwrap().is_empty());
        for _ in 0..500 {
            if !received.lock().unwrap().is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the message never came");
    }
}
