//! What an installation may change (spec: book-manage 5.2).

use std::time::Duration;

use platform::SmsDriver;
use serde::Deserialize;
use vocabulary::password::ClientHash;

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The item type under which a profile holds the phone number.
    pub phone_number_code: i64,
    /// How long a first password can be used, in days.
    pub initial_password_expire_days: i64,
    /// How many letters and digits a first password has.
    pub initial_password_length: usize,
    /// How clients hash passwords. The block's own `[password]` counts.
    #[serde(skip)]
    pub client_hash: ClientHash,
    /// The segment of `catalog/ext/{ext_name}/…` of item types; default: the block's.
    pub ext_name: Option<String>,
    /// Where the identity documents that open a book are listed; default: the setting of the block's actor.
    pub documents_ns: Option<String>,
    pub sms: SmsSettings,
    /// How long another opening of the same book may still be on its way, in milliseconds.
    pub take_over_after_ms: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            phone_number_code: 30036,
            initial_password_expire_days: 7,
            initial_password_length: 12,
            client_hash: ClientHash::default(),
            ext_name: None,
            documents_ns: None,
            sms: SmsSettings::default(),
            take_over_after_ms: 1000,
        }
    }
}

/// How residents are told of a first password.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SmsSettings {
    pub driver: SmsDriver,
    /// What replaces the leading zero of a phone number.
    pub country_code: String,
    /// Where residents log in.
    pub portal_url: String,
    /// The first message: `%s` becomes the portal's address, then the PXR-ID. The password follows in one of its own.
    pub guidance: String,
}

impl Default for SmsSettings {
    fn default() -> Self {
        Self {
            driver: SmsDriver::default(),
            country_code: "+81-".to_owned(),
            portal_url: String::new(),
            guidance: "%s?ID=%s パスワードは次のメッセージでお送りします".to_owned(),
        }
    }
}

impl Settings {
    pub(crate) const fn take_over_after(&self) -> Duration {
        Duration::from_millis(self.take_over_after_ms)
    }
}
