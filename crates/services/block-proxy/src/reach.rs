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

#[cfg(test)]
mod tests {
    use super::*;

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
