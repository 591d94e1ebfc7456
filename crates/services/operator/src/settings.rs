//! What an installation may change (spec: operator 5).

use platform::SmsDriver;
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How long a session lasts, in minutes.
    pub session_minutes: i64,
    /// A session may be extended when less than this remains, in minutes.
    pub session_extension_minutes: i64,
    /// How long the session cookie lasts, in hours; the session's own end is what counts.
    pub session_cookie_hours: i64,
    /// Cookies only over HTTPS.
    pub secure_cookies: bool,
    pub password_storage: PasswordStorage,
    /// Whether sessions lie in the database under the ids that clients send, for a database that a reference block
    /// still uses. Otherwise whoever reads the database can use none of them.
    pub plain_session_ids: bool,
    /// How long a one-time login code works when the global setting does not say, in minutes.
    pub login_code_minutes: i64,
    /// How long a resident may log in with a password that a member set, in days.
    pub initial_password_days: i64,
    /// The catalog item of the profile item that holds the phone number.
    pub phone_number_code: i64,
    /// The catalog item that says what a profile consists of, and what of it residents may change.
    pub profile_code: i64,
    /// How long the code works that verifies a phone number, in minutes.
    pub verification_code_minutes: i64,
    /// How long a verified phone number may wait to be written to the profile, in minutes.
    pub verified_phone_minutes: i64,
    pub sms: SmsSettings,
}

/// How passwords lie in the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PasswordStorage {
    /// A salted slow hash over what clients send.
    #[default]
    Argon2id,
    /// What clients send, for a database that a reference block still uses.
    Legacy,
}

/// Messages to phones.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SmsSettings {
    pub driver: SmsDriver,
    /// Replaces the leading zero of a phone number.
    pub country_code: String,
    /// The text with a login code when the global setting has none; `%s` is the code.
    pub login_message: String,
    /// The text with a code that verifies a phone number; `%s` is the code.
    pub verification_message: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            session_minutes: 180,
            session_extension_minutes: 30,
            session_cookie_hours: 168,
            secure_cookies: false,
            password_storage: PasswordStorage::default(),
            plain_session_ids: false,
            login_code_minutes: 10,
            initial_password_days: 7,
            phone_number_code: 30036,
            profile_code: 1000373,
            verification_code_minutes: 10,
            verified_phone_minutes: 60,
            sms: SmsSettings::default(),
        }
    }
}

impl Default for SmsSettings {
    fn default() -> Self {
        Self {
            driver: SmsDriver::default(),
            country_code: "+81-".to_owned(),
            login_message: "PXRポータルのワンタイムログインコードは%sです。".to_owned(),
            verification_message: "電話番号の確認コードは%sです。".to_owned(),
        }
    }
}
