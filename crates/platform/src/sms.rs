//! Messages to phones. There is no gateway yet: a message is dropped or logged.

use serde::Deserialize;

/// What happens to a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmsDriver {
    /// It is dropped, as the reference does.
    #[default]
    None,
    /// It is written to the log, codes included: for trying things out only.
    Log,
}

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

    pub fn send(&self, driver: SmsDriver) {
        match driver {
            SmsDriver::None => tracing::warn!("a message was not sent: no SMS driver is configured"),
            SmsDriver::Log => tracing::info!(to = self.to, text = self.text, "SMS"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_country_code_replaces_a_leading_zero() {
        let to = |phone| Sms::new("+81-", phone, String::new()).to;
        assert_eq!(to("09011112222"), "+81-9011112222");
        assert_eq!(to("+81-90"), "+81-90");
    }
}
