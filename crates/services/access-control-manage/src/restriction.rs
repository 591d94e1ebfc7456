//! What an actor that holds data forbids to be done with them (spec: access-control-manage 4.6 rule 5, 6.2 #8).

use contract::permission::DataKind;
use serde_json::Value;
use vocabulary::CodeVersion;

use crate::{application::Application, refusal::Refusal};

/// Whether an application may receive these data in spite of a restriction item: none of them may be prohibited, and
/// where some are permitted, the application must be among those.
pub(crate) fn check(
    restriction: &Value,
    kind: DataKind,
    requested: &[CodeVersion],
    to: &Application,
) -> Result<(), Refusal> {
    for entry in list(restriction, kind.word()) {
        let is_meant = CodeVersion::read(&entry["code"]).is_some_and(|code| requested.contains(&code));
        if !is_meant {
            continue;
        }
        let (permissions, prohibitions) = (list(entry, "permission"), list(entry, "prohibition"));
        if !permissions.is_empty() && !prohibitions.is_empty() {
            return Err(Refusal::Contradiction);
        }
        let is_permitted = permissions.is_empty() || permissions.iter().any(|clause| means(clause, to));
        if !is_permitted || prohibitions.iter().any(|clause| means(clause, to)) {
            return Err(Refusal::Restricted);
        }
    }
    Ok(())
}

/// A clause names services, or else a region.
fn means(clause: &Value, to: &Application) -> bool {
    let is = |value: &Value, code: i64| integer(&value["_value"]) == Some(code);
    let services = list(clause, "service");
    if services.is_empty() {
        to.regions.iter().any(|region| is(&clause["region"], region.0))
    } else {
        services.iter().any(|service| is(service, to.code.0))
    }
}

fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use vocabulary::Code;

    use super::*;

    fn check(entry: &Value) -> Result<(), Refusal> {
        let mut entry = entry.clone();
        entry["code"] = json!({"_value": 1, "_ver": 1});
        let app = Application { code: Code(7), regions: vec![Code(50), Code(51)] };
        // What nobody restricts stands before what somebody does.
        let requested = [CodeVersion::new(9, 1), CodeVersion::new(1, 1)];
        super::check(&json!({"event": [entry]}), DataKind::Event, &requested, &app)
    }

    fn region(code: i64) -> Value {
        json!({"region": {"_value": code, "_ver": 1}})
    }

    fn services(codes: &[i64]) -> Value {
        let codes: Vec<_> = codes.iter().map(|code| json!({"_value": code, "_ver": 1})).collect();
        json!({"region": {"_value": 50, "_ver": 1}, "service": codes})
    }

    #[test]
    fn permissions_and_prohibitions_decide_for_every_requested_kind() {
        for (entry, outcome) in [
            (json!({}), Ok(())),
            (json!({"permission": [region(50)]}), Ok(())),
            (json!({"permission": [region(60), region(51)]}), Ok(())),
            (json!({"permission": [region(60)]}), Err(Refusal::Restricted)),
            (json!({"permission": [services(&[6, 7])]}), Ok(())),
            (json!({"permission": [services(&[6])]}), Err(Refusal::Restricted)),
            (json!({"prohibition": [region(60)]}), Ok(())),
            (json!({"prohibition": [region(60), region(50)]}), Err(Refusal::Restricted)),
            (json!({"prohibition": [services(&[6])]}), Ok(())),
            (json!({"prohibition": [services(&[7])]}), Err(Refusal::Restricted)),
            (json!({"permission": [region(50)], "prohibition": [region(60)]}), Err(Refusal::Contradiction)),
        ] {
            assert_eq!(check(&entry), outcome, "{entry}");
        }
    }

    #[test]
    fn other_versions_and_other_kinds_are_not_meant() {
        let app = Application { code: Code(7), regions: vec![Code(50)] };
        let restriction = json!({"event": [{"code": {"_value": 1, "_ver": 1}, "prohibition": [region(50)]}]});
        let check = |kind, code| super::check(&restriction, kind, &[code], &app);
        assert_eq!(check(DataKind::Event, CodeVersion::new(1, 1)), Err(Refusal::Restricted));
        assert_eq!(check(DataKind::Event, CodeVersion::new(1, 2)), Ok(()));
        assert_eq!(check(DataKind::Thing, CodeVersion::new(1, 1)), Ok(()));
        assert_eq!(super::check(&Value::Null, DataKind::Event, &[CodeVersion::new(1, 1)], &app), Ok(()));
    }
}
