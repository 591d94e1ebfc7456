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
    /// The certificate is there; the approver was not told of it yet.
    Issued(Issue),
    Finished(Issue),
}

/// An actor and its certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issue {
    pub(super) actor: Code,
    pub(super) serial_no: String,
    pub(super) finger_print: String,
}

impl Issue {
    pub(super) fn new(actor: Code, certificate: &Certificate) -> Self {
        let (serial_no, finger_print) = (certificate.serial_no.clone(), certificate.finger_print.clone());
        Self { actor, serial_no, finger_print }
    }

    fn to_value(&self) -> Value {
        json!({"actorCode": self.actor, "serialNo": self.serial_no, "fingerPrint": self.finger_print})
    }
}

impl Progress {
    pub(crate) fn of(row: &actor_manage::Model) -> Self {
        Self::read(row.attributes.as_deref())
    }

    fn read(attributes: Option<&str>) -> Self {
        let Some(text) = attributes else { return Self::Untouched };
        let noted: Value = serde_json::from_str(text).unwrap_or_default();
        let text = |key: &str| noted[key].as_str().map(str::to_owned);
        match (noted["actorCode"].as_i64(), text("serialNo"), text("fingerPrint")) {
            (None, ..) => Self::Begun,
            (Some(code), Some(serial_no), Some(finger_print)) => {
                let issue = Issue { actor: Code(code), serial_no, finger_print };
                if noted["told"] == json!(false) { Self::Issued(issue) } else { Self::Finished(issue) }
            }
            (Some(code), ..) => Self::Made(Code(code)),
        }
    }

    pub(super) fn to_text(&self) -> Option<String> {
        match self {
            Self::Untouched => None,
            Self::Begun => Some("{}".to_owned()),
            Self::Made(code) => Some(json!({"actorCode": code}).to_string()),
            Self::Issued(issue) => {
                let mut noted = issue.to_value();
                noted["told"] = json!(false);
                Some(noted.to_string())
            }
            Self::Finished(issue) => Some(issue.to_value().to_string()),
        }
    }

    /// What the API shows, once all is done.
    pub(crate) fn finished(&self) -> Option<Value> {
        if let Self::Finished(issue) = self { Some(issue.to_value()) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_read_back_as_it_was_noted() {
        let issue = || Issue { actor: Code(7), serial_no: "a".to_owned(), finger_print: "b".to_owned() };
        let steps = [
            Progress::Untouched,
            Progress::Begun,
            Progress::Made(Code(7)),
            Progress::Issued(issue()),
            Progress::Finished(issue()),
        ];
        for step in steps {
            assert_eq!(Progress::read(step.to_text().as_deref()), step);
        }
    }
}
