//! What a block may call before the actor that runs it is certified (spec: access-control-manage 5.3,
//! architecture 7.4).

use std::sync::LazyLock;

use contract::path_pattern::PathPattern;
use http::Method;

/// Whether to the own block (`self`) or to the root, method and pattern.
const TABLE: &[(bool, &str, &str)] = &[
    (true, "GET", "/operator[/]?{+}"),
    (true, "GET", "/operator/{n}"),
    (true, "GET", "/operator/user/info[/]?{+}"),
    (true, "GET", "/notification[/]?{+}"),
    (true, "POST", "/operator"),
    (true, "POST", "/operator/session"),
    (true, "PUT", "/operator/{n}"),
    (true, "PUT", "/operator/password/{n}"),
    (true, "PUT", "/notification"),
    (true, "DELETE", "/operator/{n}"),
    (true, "POST", "/certificate-manage"),
    (true, "GET", "/certificate-manage/check/client"),
    (true, "GET", "/certificate-manage/certificates"),
    (true, "DELETE", "/certificate-manage/{+}/{+}"),
    (false, "GET", "/catalog/name"),
    (false, "GET", "/catalog[/]?{+}"),
    (false, "GET", "/catalog/{n}"),
    (false, "GET", "/catalog/{n}/{n}"),
    (false, "GET", "/catalog/inner/{n}/{+}"),
    (false, "GET", "/catalog/inner/{n}/{n}/{+}"),
    (false, "GET", "/catalog/ns[/]?{+}"),
    (false, "GET", "/catalog/ns/{n}"),
    (false, "GET", "/catalog-update/actor[/]?{+}"),
    (false, "GET", "/catalog-update/actor/accreditor[/]?{+}"),
    (false, "POST", "/catalog-update/actor"),
    (false, "GET", "/certification-authority/client/{+}/{+}"),
    (false, "GET", "/certification-authority/actor/{+}/{+}"),
    // Its first certificate must be renewed, too.
    (false, "GET", "/certification-authority/certificates"),
    (false, "POST", "/certification-authority/certificates"),
    (false, "DELETE", "/certification-authority/certificates/{+}"),
    // Whom not to believe is good to know from the first day.
    (false, "GET", "/certification-authority/revoked"),
];

static ROWS: LazyLock<Vec<(bool, &'static str, PathPattern)>> = LazyLock::new(|| {
    TABLE
        .iter()
        .filter_map(|(own, method, pattern)| Some((*own, *method, PathPattern::new(pattern).ok()?)))
        .collect()
});

/// `own`: whether the call stays in the caller's block.
pub(crate) fn admits(own: bool, method: &Method, url: &str) -> bool {
    ROWS.iter().any(|(row_own, row_method, pattern)| {
        *row_own == own && method.as_str() == *row_method && pattern.matches(url)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_before_certification_reaches_its_few_calls_only() {
        assert_eq!(ROWS.len(), TABLE.len());
        assert!(admits(true, &Method::POST, "/certificate-manage"));
        assert!(admits(false, &Method::POST, "/catalog-update/actor"));
        assert!(!admits(false, &Method::POST, "/catalog/updateSet/register"));
        assert!(!admits(true, &Method::GET, "/catalog/1"));
    }
}
