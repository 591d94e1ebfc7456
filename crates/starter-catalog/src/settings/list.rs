//! All settings with their kinds and defaults.

use serde_json::{Value, json};

/// The kinds of values that settings have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters and digits.
    Name,
    Text,
    Number,
    /// A code of an installation's own item.
    Code,
    Flag,
    /// A date and time, or null.
    Moment,
    /// month, day, hour, minute or second.
    Span,
}

impl Kind {
    pub(super) const fn wanted(self) -> &'static str {
        match self {
            Self::Name => "a name of letters, digits, '-' and '_'",
            Self::Text => "a text",
            Self::Number => "a whole number",
            Self::Code => "a code between 1000001 and 10000000",
            Self::Flag => "true or false",
            Self::Moment => "a date and time or null",
            Self::Span => "month, day, hour, minute or second",
        }
    }

    pub(super) fn read(self, text: &str) -> Option<Value> {
        match self {
            Self::Name => {
                let plain = |sign: char| sign.is_ascii_alphanumeric() || sign == '-' || sign == '_';
                (!text.is_empty() && text.chars().all(plain)).then(|| json!(text))
            }
            Self::Text => Some(json!(text)),
            Self::Number => text.parse::<u32>().ok().map(Value::from),
            Self::Code => {
                let (first, last) = crate::Kind::Ext.codes();
                text.parse::<i64>().ok().filter(|code| (first..=last).contains(code)).map(Value::from)
            }
            Self::Flag => text.parse::<bool>().ok().map(Value::from),
            Self::Moment if text == "null" => Some(Value::Null),
            Self::Moment => {
                // The reference's guide writes the quotes into the setting.
                let moment = text.trim_matches('"');
                moment.starts_with(|sign: char| sign.is_ascii_digit()).then(|| json!(moment))
            }
            Self::Span => ["month", "day", "hour", "minute", "second"].contains(&text).then(|| json!(text)),
        }
    }
}

/// Every setting with its kind and default. Durations follow in [`DURATIONS`].
const SETTINGS: &[(&str, Kind, &str)] = &[
    ("ext_name", Kind::Name, "pxross1"),
    ("catalog_description", Kind::Text, "A市データ連携基盤のカタログ"),
    ("domain", Kind::Text, "pxross1.example.org"),
    ("pxr_root_name", Kind::Text, "A市データ連携基盤サービス運営事業者"),
    ("pxr_root_actor_code", Kind::Code, "1000431"),
    ("pxr_root_block_code", Kind::Code, "1000401"),
    ("global_setting_code", Kind::Code, "1000374"),
    ("pf_terms_code", Kind::Code, "1000782"),
    ("actor_setting_code", Kind::Code, "1000731"),
    ("actor_own_setting_code", Kind::Code, "1000781"),
    ("person_item_type_address_code", Kind::Code, "1000371"),
    ("person_item_type_yob_code", Kind::Code, "1000372"),
    ("pxr_root_user_information_code", Kind::Code, "1000373"),
    ("pf_description_title", Kind::Text, "A市データ連携基盤"),
    ("pf_description_subtitle", Kind::Text, "概要"),
    ("pf_description_sentence", Kind::Text, "住民の同意のもとで、住民のデータを安全に連携する基盤です。"),
    ("region_certification_criteria_title", Kind::Text, "領域運営者の認定基準"),
    ("region_certification_criteria_sentence", Kind::Text, "組織の実在と運営体制を確認します。"),
    ("region_audit_procedure_title", Kind::Text, "領域運営者の監査手順"),
    ("region_audit_procedure_sentence", Kind::Text, "年に一度、運営状況を確認します。"),
    ("app_certification_criteria_title", Kind::Text, "アプリケーションプロバイダーの認定基準"),
    ("app_certification_criteria_sentence", Kind::Text, "組織の実在と安全管理措置を確認します。"),
    ("app_audit_procedure_title", Kind::Text, "アプリケーションプロバイダーの監査手順"),
    ("app_audit_procedure_sentence", Kind::Text, "年に一度、データの取扱いを確認します。"),
    ("organization_statement_title", Kind::Text, "組織の紹介"),
    ("organization_statement_subtitle", Kind::Text, "ごあいさつ"),
    ("organization_statement_sentence", Kind::Text, "A市のデータ連携基盤を運営しています。"),
    ("email-address", Kind::Text, "contact@example.org"),
    ("tel-number", Kind::Text, "00-0000-0000"),
    ("address", Kind::Text, "A市中央区1-1-1"),
    ("information-site", Kind::Text, "https://example.org/"),
    ("pf_terms_title", Kind::Text, "A市データ連携基盤 利用規約"),
    ("pf_terms_subtitle", Kind::Text, "総則"),
    ("pf_terms_sentence", Kind::Text, "この基盤を利用する住民と運営者の約束を定めます。"),
    ("re-consent-flag", Kind::Flag, "false"),
    ("period-of-re-consent", Kind::Moment, "null"),
    ("deleting-data-flag", Kind::Flag, "true"),
    ("returning-data-flag", Kind::Flag, "true"),
    ("management_password_similarity_check", Kind::Flag, "true"),
    ("pxr_id_prefix", Kind::Text, "AAAA"),
    ("pxr_id_suffix", Kind::Text, "BBBB"),
    ("pxr_id_password_similarity_check", Kind::Flag, "true"),
    ("personal_disassociation", Kind::Flag, "true"),
    ("personal_two-step_verification", Kind::Flag, "true"),
    ("personal_share_basic_policy", Kind::Flag, "false"),
    ("personal_account_delete", Kind::Flag, "false"),
    ("use_app-p", Kind::Flag, "true"),
    ("use_share", Kind::Flag, "true"),
    ("use_region_service_operation", Kind::Flag, "true"),
    ("password-generations-number", Kind::Number, "4"),
    ("account-lock-count", Kind::Number, "6"),
    ("login_sms_message", Kind::Text, "ログインコード: %s"),
    ("book_create_sms_message", Kind::Text, "Bookを開設しました。%s からログインしてください。ID: %s"),
];

/// Each is two settings: `<name>_type` and `<name>_value`.
const DURATIONS: &[(&str, &str, &str, &str)] = &[
    ("identity-verification-expiration_type", "identity-verification-expiration_value", "day", "7"),
    ("password-expiration_type", "password-expiration_value", "day", "90"),
    ("session-expiration_type", "session-expiration_value", "hour", "3"),
    ("account-lock-release-time_type", "account-lock-release-time_value", "minute", "30"),
    (
        "region-tou_re-consent_notification_interval_type",
        "region-tou_re-consent_notification_interval_value",
        "day",
        "3",
    ),
    (
        "platform-tou_re-consent_notification_interval_type",
        "platform-tou_re-consent_notification_interval_value",
        "day",
        "3",
    ),
    (
        "min_period_for_platform-tou_re-consent_type",
        "min_period_for_platform-tou_re-consent_value",
        "day",
        "7",
    ),
    ("min_period_for_region-tou_re-consent_type", "min_period_for_region-tou_re-consent_value", "day", "7"),
    ("book_deletion_pending_term_type", "book_deletion_pending_term_value", "day", "14"),
    ("data_download_term_expiration_type", "data_download_term_expiration_value", "day", "14"),
];

pub(super) fn all() -> impl Iterator<Item = (&'static str, Kind, &'static str)> {
    let durations = DURATIONS.iter().flat_map(|(span, number, unit, amount)| {
        [(*span, Kind::Span, *unit), (*number, Kind::Number, *amount)]
    });
    SETTINGS.iter().copied().chain(durations)
}
