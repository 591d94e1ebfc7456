//! Which services a call from outside may reach at all, whatever its token says (spec: block-proxy 6.3 #22).

use http::Method;
use vocabulary::ServiceName;

/// Where a call comes from, as its connection proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CameFrom {
    OwnBlock,
    Root,
    OtherBlock,
}

/// Tokens are a matter between access controls; certificates are issued inside the root and given up on its order.
pub(crate) fn may_arrive(from: CameFrom, method: &Method, service: ServiceName) -> bool {
    match service {
        ServiceName::AccessControl | ServiceName::AccessControlManage => false,
        ServiceName::CertificationAuthority => method == Method::GET,
        ServiceName::CertificateManage => match from {
            CameFrom::OwnBlock => true,
            CameFrom::Root => method == Method::DELETE,
            CameFrom::OtherBlock => false,
        },
        _ => true,
    }
}

/// What members of any block may do to certificates from there, which the authority judges by its own rules: order and
/// give up those of the block that they belong to.
pub(crate) fn looks_after_certificates(method: &Method, path: &str, is_of_sender: bool) -> bool {
    let path: Vec<_> = path.trim_matches('/').split('/').collect();
    let is_known = match path.as_slice() {
        ["certification-authority", "certificates"] => method == Method::POST,
        ["certification-authority", "certificates", _] => method == Method::DELETE,
        _ => false,
    };
    is_known && is_of_sender
}

/// Who was given a resident's data is shown to whoever names his user id: so it is asked for by the root's books, which
/// name the resident's own, and by nobody else (spec: book-operate D3).
pub(crate) fn may_see_shares(from: CameFrom, path: &str, sender: Option<&str>) -> bool {
    let path = path.split('?').next().unwrap_or_default().trim_matches('/');
    let shows_shares = matches!(path, "book-operate/accesslog" | "book-operate/ind/accesslog");
    let is_books = sender.is_some_and(|sender| sender.trim_matches('/') == "book-manage");
    !shows_shares || from == CameFrom::Root && is_books
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_asked_for_by_the_books_of_the_root() {
        use CameFrom::{OtherBlock, OwnBlock, Root};
        for (from, path, sender, allowed) in [
            (Root, "/book-operate/accesslog", Some("/book-manage"), true),
            (Root, "/book-operate/accesslog", Some("/book-manage/"), true),
            (Root, "/book-operate/accesslog", None, false),
            (Root, "/book-operate/ind/accesslog/?a=1", Some("/pxr-block-proxy"), false),
            (OwnBlock, "/book-operate/accesslog/", Some("/book-manage"), false),
            (OtherBlock, "book-operate/accesslog", Some("/book-manage"), false),
            (OtherBlock, "/book-operate/share/search", Some("/book-operate"), true),
            (OwnBlock, "/book-operate/user/list", None, true),
        ] {
            assert_eq!(may_see_shares(from, path, sender), allowed, "{from:?} {path} {sender:?}");
        }
    }

    #[test]
    fn a_block_looks_after_its_own_certificates_only() {
        let (post, delete) = (Method::POST, Method::DELETE);
        for (method, path, is_of_sender, allowed) in [
            (&post, "/certification-authority/certificates", true, true),
            (&post, "certification-authority/certificates/", true, true),
            (&post, "/certification-authority/certificates", false, false),
            (&delete, "/certification-authority/certificates/1F", true, true),
            (&delete, "/certification-authority/certificates", true, false),
            (&delete, "/certification-authority/client/1F/AA", true, false),
            (&post, "/certification-authority/client", true, false),
            (&post, "/certification-authority/root", true, false),
        ] {
            assert_eq!(looks_after_certificates(method, path, is_of_sender), allowed, "{method} {path}");
        }
    }

    #[test]
    fn the_services_of_trust_are_reached_by_few() {
        use CameFrom::{OtherBlock, OwnBlock, Root};
        use ServiceName::{
            AccessControl, AccessControlManage, Catalog, CertificateManage, CertificationAuthority,
        };
        let (get, post, delete) = (Method::GET, Method::POST, Method::DELETE);
        for (from, method, service, allowed) in [
            (OwnBlock, &post, AccessControl, false),
            (Root, &post, AccessControl, false),
            (OwnBlock, &post, AccessControlManage, false),
            (OwnBlock, &get, CertificationAuthority, true),
            (OtherBlock, &get, CertificationAuthority, true),
            (OwnBlock, &post, CertificationAuthority, false),
            (OtherBlock, &delete, CertificationAuthority, false),
            (OwnBlock, &post, CertificateManage, true),
            (Root, &delete, CertificateManage, true),
            (Root, &post, CertificateManage, false),
            (OtherBlock, &delete, CertificateManage, false),
            (OtherBlock, &post, Catalog, true),
        ] {
            assert_eq!(may_arrive(from, method, service), allowed, "{from:?} {method} {service}");
        }
    }
}
