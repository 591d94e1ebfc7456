//! What an installation decides about its initial catalog (spec: catalog-data-model 6), with good defaults.

mod list;

use std::collections::BTreeMap;

use serde_json::Value;

use list::all;

/// A setting that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// There is no setting of this name.
    #[error("there is no setting {key:?}{}", hint(.near))]
    Unknown {
        /// The name that was given.
        key: String,
        /// Names that may have been meant.
        near: Vec<&'static str>,
    },
    /// The value is not of the setting's kind.
    #[error("the setting {key:?} is {wanted}, not {found:?}")]
    Type {
        /// The setting.
        key: String,
        /// What its values are.
        wanted: &'static str,
        /// What was given.
        found: String,
    },
}

fn hint(near: &[&str]) -> String {
    if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) }
}

/// The settings of one installation. Their names are those of the placeholders (spec: catalog-data-model 6).
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    values: BTreeMap<&'static str, Value>,
}

impl Default for Settings {
    fn default() -> Self {
        let values = all().map(|(key, kind, text)| (key, kind.read(text).unwrap_or(Value::Null))).collect();
        Self { values }
    }
}

impl Settings {
    /// Makes a setting from text, as a command line gives it.
    ///
    /// # Errors
    /// The name is unknown, or the value is not of the setting's kind.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), SettingError> {
        let Some((name, kind, _)) = all().find(|(name, ..)| *name == key) else {
            return Err(SettingError::Unknown { key: key.to_owned(), near: near(key) });
        };
        let read = kind.read(value).ok_or_else(|| SettingError::Type {
            key: key.to_owned(),
            wanted: kind.wanted(),
            found: value.to_owned(),
        })?;
        self.values.insert(name, read);
        Ok(())
    }

    /// The names of all settings.
    pub fn keys() -> impl Iterator<Item = &'static str> {
        all().map(|(key, ..)| key)
    }

    /// A setting; null is a setting's value, too. None: there is no such setting.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    /// The installation's short name, a part of its namespaces.
    #[must_use]
    pub fn ext_name(&self) -> &str {
        self.text("ext_name")
    }

    /// The DNS domain of the installation's blocks.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.text("domain")
    }

    /// The name of the root operator.
    #[must_use]
    pub fn root_name(&self) -> &str {
        self.text("pxr_root_name")
    }

    /// The code of the root operator.
    #[must_use]
    pub fn root_actor_code(&self) -> i64 {
        self.code("pxr_root_actor_code")
    }

    /// The code of the root block.
    #[must_use]
    pub fn root_block_code(&self) -> i64 {
        self.code("pxr_root_block_code")
    }

    /// The code of the global setting.
    #[must_use]
    pub fn global_setting_code(&self) -> i64 {
        self.code("global_setting_code")
    }

    /// The code of the platform's terms of use.
    #[must_use]
    pub fn platform_terms_code(&self) -> i64 {
        self.code("pf_terms_code")
    }

    /// The code of the root operator's actor setting.
    #[must_use]
    pub fn actor_setting_code(&self) -> i64 {
        self.code("actor_setting_code")
    }

    /// The code of the root operator's own setting.
    #[must_use]
    pub fn actor_own_setting_code(&self) -> i64 {
        self.code("actor_own_setting_code")
    }

    /// The code of the item type "address" of the user information.
    #[must_use]
    pub fn address_code(&self) -> i64 {
        self.code("person_item_type_address_code")
    }

    /// The code of the item type "year of birth" of the user information.
    #[must_use]
    pub fn year_of_birth_code(&self) -> i64 {
        self.code("person_item_type_yob_code")
    }

    /// The code of the user information that the root operator collects.
    #[must_use]
    pub fn user_information_code(&self) -> i64 {
        self.code("pxr_root_user_information_code")
    }

    fn text(&self, key: &str) -> &str {
        self.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    fn code(&self, key: &str) -> i64 {
        self.get(key).and_then(Value::as_i64).unwrap_or_default()
    }
}

/// Names that a mistyped one may have meant.
fn near(key: &str) -> Vec<&'static str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_'], "");
    let wanted = plain(key);
    let close = |name: &&str| {
        let name = plain(name);
        name.contains(&wanted)
            || wanted.contains(&name)
            || name.get(..5).is_some_and(|begin| wanted.starts_with(begin))
    };
    Settings::keys().filter(close).take(4).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_of_its_kind() {
        for (key, kind, text) in all() {
            assert!(kind.read(text).is_some(), "{key}");
        }
    }

    #[test]
    fn a_setting_is_what_it_was_set_to() {
        let mut settings = Settings::default();
        settings.set("pxr_root_actor_code", "1000999").unwrap();
        settings.set("use_share", "false").unwrap();
        settings.set("period-of-re-consent", "\"2030-01-01T00:00:00.000+0900\"").unwrap();
        assert_eq!(settings.root_actor_code(), 1_000_999);
        assert_eq!(settings.get("use_share"), Some(&Value::Bool(false)));
        assert_eq!(settings.get("period-of-re-consent"), Some(&Value::from("2030-01-01T00:00:00.000+0900")));
    }

    #[test]
    fn every_code_of_the_installation_has_its_getter() {
        let settings = Settings::default();
        let got = [
            settings.address_code(),
            settings.year_of_birth_code(),
            settings.user_information_code(),
            settings.global_setting_code(),
            settings.root_block_code(),
            settings.root_actor_code(),
            settings.actor_setting_code(),
            settings.actor_own_setting_code(),
            settings.platform_terms_code(),
        ];
        assert_eq!(
            got,
            [
                1_000_371, 1_000_372, 1_000_373, 1_000_374, 1_000_401, 1_000_431, 1_000_731, 1_000_781,
                1_000_782
            ]
        );
    }

    #[test]
    fn a_mistyped_name_is_answered_with_near_ones() {
        let error = Settings::default().set("ext-name", "a").unwrap_err();
        assert_eq!(error, SettingError::Unknown { key: "ext-name".into(), near: vec!["ext_name"] });
    }

    #[test]
    fn a_wrong_type_is_named() {
        let error = Settings::default().set("account-lock-count", "six").unwrap_err().to_string();
        assert!(error.contains("account-lock-count") && error.contains("whole number"), "{error}");
        for (key, value) in [
            ("ext_name", "a/b"),
            ("password-expiration_type", "week"),
            ("use_share", "yes"),
            ("account-lock-count", "-1"),
            ("period-of-re-consent", "soon"),
            ("pxr_root_actor_code", "50"),
        ] {
            let error = Settings::default().set(key, value);
            assert!(matches!(error, Err(SettingError::Type { .. })), "{key} = {value}");
        }
    }
}
