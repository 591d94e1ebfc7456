//! How far a certification came: the column `attributes` of its application.

use contract::certification_authority::Certificate;
use serde_json::{Value, json};
use vocabulary::Code;

use crate::store::actor_manage;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    Untouched,
    /// The item of the actor may have been made.
    Begun,
    /// The item is there.
    Made(Code),
    Finished {
        actor: Code,
        serial_no: String,
        finger_print: String,
    },
}

impl Progress {
    pub(crate) fn of(row: &actor_manage::Model) -> Self {
        let Some(text) = &row.attributes else { return Self::Untouched };
        let noted: Value = serde_json::from_str(text).unwrap_or_default();
        let text = |key: &str| noted[key].as_str().map(str::to_owned);
        match (noted["actorCode"].as_i64(), text("serialNo"), text("fingerPrint")) {
            (None, ..) => Self::Begun,
            (Some(code), Some(serial_no), Some(finger_print)) => {
                Self::Finished { actor: Code(code), serial_no, finger_print }
            }
            (Some(code), ..) => Self::Made(Code(code)),
        }
    }

    pub(super) fn finished_with(actor: Code, certificate: &Certificate) -> Self {
        let (serial_no, finger_print) = (certificate.serial_no.clone(), certificate.finger_print.clone());
        Self::Finished { actor, serial_no, finger_print }
    }

    pub(super) fn to_text(&self) -> Option<String> {
        match self {
            Self::Untouched => None,
            Self::Begun => Some("{}".to_owned()),
            Self::Made(code) => Some(json!({"actorCode": code}).to_string()),
            Self::Finished { .. } => self.finished().map(|noted| noted.to_string()),
        }
    }

    /// What the API shows, once all is done.
    pub(crate) fn finished(&self) -> Option<Value> {
        let Self::Finished { actor, serial_no, finger_print } = self else { return None };
        Some(json!({"actorCode": actor, "serialNo": serial_no, "fingerPrint": finger_print}))
    }
}
