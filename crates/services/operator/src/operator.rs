//! What a row of an operator says.

use platform::ApiError;
use serde_json::{Value, json};
use vocabulary::OperatorType;

use crate::{refusal::Refusal, store::operator};

impl operator::Model {
    /// Workflow staff (1) is no longer supported.
    pub(crate) fn operator_type(&self) -> Result<OperatorType, ApiError> {
        OperatorType::try_from(i64::from(self.kind)).map_err(|_| Refusal::WorkflowStaff.into())
    }

    pub(crate) fn is_individual(&self) -> bool {
        i64::from(self.kind) == OperatorType::Individual.number()
    }

    /// The rights over everything, as they are stored; only a member's are shown.
    pub(crate) fn rights(&self) -> Option<Value> {
        json_column(self.auth.as_deref())
    }

    pub(crate) fn attributes(&self) -> Option<Value> {
        json_column(self.attributes.as_deref())
    }

    pub(crate) fn profile(&self) -> Option<Value> {
        json_column(self.user_information.as_deref())
    }
}

/// JSON in a text column: what cannot be read counts as `{}`, null stays null.
fn json_column(text: Option<&str>) -> Option<Value> {
    text.map(|text| serde_json::from_str(text).ok().filter(Value::is_object).unwrap_or_else(|| json!({})))
}

/// The key that keeps login ids apart (spec: operator 3.1).
pub(crate) fn unique_key(
    login_id: &str,
    kind: OperatorType,
    prohibited: bool,
    app: Option<i64>,
    region: Option<i64>,
) -> String {
    let code = |code: Option<i64>| code.map(|code| code.to_string()).unwrap_or_default();
    let kind = kind.number();
    if prohibited {
        format!("{login_id}{kind}{}{}true", code(app), code(region))
    } else {
        format!("{login_id}{kind}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unique_key_is_the_references() {
        assert_eq!(unique_key("root01", OperatorType::Member, false, None, None), "root013");
        let individual = OperatorType::Individual;
        assert_eq!(unique_key("ind02", individual, true, Some(1000031), None), "ind0201000031true");
        assert_eq!(unique_key("ind02", individual, true, None, Some(7)), "ind0207true");
    }

    #[test]
    fn unreadable_json_counts_as_empty_and_null_stays_null() {
        assert_eq!(json_column(Some("{format_error}")), Some(json!({})));
        assert_eq!(json_column(Some("[1]")), Some(json!({})));
        assert_eq!(json_column(None), None);
    }
}
