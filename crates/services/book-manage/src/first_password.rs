//! First passwords of residents (spec: book-manage 4.1.1 step 5).

use std::fmt;

use chrono::TimeDelta;
use serde::Serialize;
use vocabulary::random;

use crate::{Books, settings::Settings};

/// A first password, shown once to whoever hands it over.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct FirstPassword(String);

impl fmt::Debug for FirstPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FirstPassword")
    }
}

impl FirstPassword {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self(random::letters_and_digits(settings.initial_password_length))
    }

    /// As clients hash it: nothing else of it leaves this process but the answer.
    pub(crate) fn hashed(&self, settings: &Settings) -> String {
        settings.client_hash.of(&self.0)
    }
}

impl Books {
    /// Until when a password that is given out now can be used.
    pub(crate) fn password_expiry(&self) -> String {
        let days = TimeDelta::days(self.settings.initial_password_expire_days);
        self.ground.zone.text(self.ground.clock.now() + days)
    }
}
