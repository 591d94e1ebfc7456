//! Messages to phones (spec: operator 2.10).

use platform::Sms;

use crate::settings::SmsSettings;

/// An operator gets that many codes an hour of each kind: messages cost money, annoy whoever gets them, and every
/// code may be guessed (spec: operator D8).
pub(crate) const CODES_AN_HOUR: u64 = 10;

/// A code for a phone: the template's first `%s` becomes the code.
pub(crate) fn with_code(settings: &SmsSettings, phone: &str, template: &str, code: &str) -> Sms {
    Sms::new(&settings.country_code, phone, template.replacen("%s", code, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_stands_where_the_template_says() {
        let message = with_code(&SmsSettings::default(), "1", "code %s, not %s", "123456");
        assert_eq!(message.text, "code 123456, not %s");
    }
}
