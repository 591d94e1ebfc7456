//! What an installation may change (spec: identity-verificate 5).

use platform::{Block, SmsDriver};
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The portal's page for a code, which stands where `%s` is. Default: the page of the portal on this block.
    pub redirect_url: Option<String>,
    /// How long an identification code works, in days.
    pub code_days: i64,
    /// How long the code of a portal URL works, in minutes.
    pub url_minutes: i64,
    /// The catalog item of the profile item that holds the phone number.
    pub phone_number_code: i64,
    /// What happens to messages to residents' phones.
    pub sms: SmsDriver,
    /// Replaces the leading zero of a phone number.
    pub country_code: String,
}

impl Settings {
    /// The portal's page for a code.
    pub(crate) fn url(&self, block: &Block, code: &str) -> String {
        let own = || format!("https://{}/personal-portal/enter-code/?identifyCode=%s", block.service_name);
        self.redirect_url.clone().unwrap_or_else(own).replacen("%s", code, 1)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            redirect_url: None,
            code_days: 7,
            url_minutes: 10,
            phone_number_code: 30036,
            sms: SmsDriver::default(),
            country_code: "+81-".to_owned(),
        }
    }
}
