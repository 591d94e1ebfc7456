//! Messages to phones (spec: operator 2.10). There is no gateway yet: a message is dropped or logged.

use crate::settings::{SmsDriver, SmsSettings};

/// A message that waits to be sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) to: String,
    pub(crate) text: String,
}

impl Message {
    /// A code for a phone: the template's first `%s` becomes the code.
    pub(crate) fn with_code(settings: &SmsSettings, phone: &str, template: &str, code: &str) -> Self {
        let to = phone
            .strip_prefix('0')
            .map_or_else(|| phone.to_owned(), |rest| format!("{}{rest}", settings.country_code));
        Self { to, text: template.replacen("%s", code, 1) }
    }

    pub(crate) fn send(&self, driver: SmsDriver) {
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
        let settings = SmsSettings::default();
        let to = |phone| Message::with_code(&settings, phone, "%s", "1").to;
        assert_eq!(to("09011112222"), "+81-9011112222");
        assert_eq!(to("+81-90"), "+81-90");
    }

    #[test]
    fn the_code_stands_where_the_template_says() {
        let message = Message::with_code(&SmsSettings::default(), "1", "code %s, not %s", "123456");
        assert_eq!(message.text, "code 123456, not %s");
    }
}
