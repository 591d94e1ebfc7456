//! Which right a call needs (spec: access-control-manage 5.1).

use std::sync::LazyLock;

use contract::{access_control_manage::Office, path_pattern::PathPattern};
use http::Method;
use vocabulary::{RightsArea, Session};

use crate::refusal::Refusal;

/// Method, pattern, and the actions of which one is enough. The first row that matches counts.
const TABLE: &[(&str, &str, &[&str])] = &[
    ("GET", "/identity-verificate/acquisition/identification/{+}", &["create"]),
    ("POST", "/operator", &["add"]),
    ("POST", "/book-manage", &["create"]),
    ("POST", "/book-manage/login-code", &["create"]),
    ("POST", "/book-manage/search", &["create"]),
    ("POST", "/book-manage/sms/open", &["create"]),
    ("POST", "/identity-verificate/user/settings", &["create"]),
    ("POST", "/book-operate/user", &["create"]),
    ("POST", "/book-operate/user/delete", &["create"]),
    ("POST", "/catalog-update/actor", &["application"]),
    ("POST", "/catalog-update/actor/approval[/]{+}", &["approval"]),
    ("POST", "/catalog-update/join", &["application"]),
    ("POST", "/catalog-update/join/approval/{+}", &["approval"]),
    ("POST", "/catalog/(model|built_in|ext)", &["create", "update"]),
    ("POST", "/catalog/updateSet/register", &["create", "update"]),
    ("PUT", "/operator/{n}", &["update"]),
    ("PUT", "/operator/password/{n}", &["add"]),
    ("PUT", "/catalog/(model|built_in|ext)/{n}", &["create"]),
    ("PUT", "/catalog/updateSet/register/{n}", &["create", "update"]),
    ("PUT", "/book-manage/force-deletion", &["create"]),
    ("PUT", "/book-manage/force-enable", &["create"]),
    ("PUT", "/identity-verificate/verify/others/{+}", &["create"]),
    ("DELETE", "/operator/{n}", &["delete"]),
    ("DELETE", "/catalog/(model|built_in|ext)/{n}", &["create"]),
];

type Row = (&'static str, PathPattern, &'static [&'static str]);

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    TABLE
        .iter()
        .filter_map(|(method, pattern, actions)| Some((*method, PathPattern::new(pattern).ok()?, *actions)))
        .collect()
});

/// The area of rights that an office judges by; none where it judges otherwise.
pub(crate) const fn area(office: Office) -> Option<RightsArea> {
    Some(match office {
        Office::Operator => RightsArea::Member,
        Office::Book => RightsArea::Book,
        Office::AppWfUser => RightsArea::AppWfUser,
        Office::Actor => RightsArea::Actor,
        Office::Join => RightsArea::Join,
        Office::Catalog => RightsArea::Catalog,
        Office::Setting => RightsArea::Setting,
        Office::Block | Office::Store | Office::ShareContinuous | Office::ShareTemp => return None,
    })
}

/// Refuses an operator that lacks the right.
pub(crate) fn check(office: Office, session: &Session, method: &Method, url: &str) -> Result<(), Refusal> {
    let Some(area) = area(office) else { return Ok(()) };
    let row =
        ROWS.iter().find(|(row_method, pattern, _)| method.as_str() == *row_method && pattern.matches(url));
    let (_, _, actions) = row.ok_or(Refusal::NoRule)?;
    if actions.iter().any(|action| session.may(area, action)) { Ok(()) } else { Err(Refusal::NotPermitted) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_row_can_be_read() {
        assert_eq!(ROWS.len(), TABLE.len());
    }

    #[test]
    fn the_right_of_the_area_decides() {
        let session = Session::from_json(
            json!({"type": 3, "auth": {"member": {"add": true}, "catalog": {"create": true}}}),
        )
        .unwrap();
        let check = |office, method: Method, url| super::check(office, &session, &method, url);
        assert_eq!(check(Office::Operator, Method::POST, "/operator"), Ok(()));
        assert_eq!(check(Office::Operator, Method::DELETE, "/operator/1"), Err(Refusal::NotPermitted));
        assert_eq!(check(Office::Catalog, Method::POST, "/catalog/ext/"), Ok(()));
        assert_eq!(check(Office::Book, Method::POST, "/book-manage"), Err(Refusal::NotPermitted));
        assert_eq!(check(Office::Actor, Method::POST, "/elsewhere"), Err(Refusal::NoRule));
        assert_eq!(check(Office::Block, Method::POST, "/elsewhere"), Ok(()));
    }
}
