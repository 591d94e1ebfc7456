//! Messages to phones (spec: operator 2.10).

use platform::Sms;

use crate::settings::SmsSettings;

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
