//! What a resident's books say about the link that a code is wanted for (spec: identity-verificate 2.2, 4.1).

use contract::linking::{FoundBook, Partner};
use vocabulary::CodeVersion;

/// How a link that the book calls unavailable (3) counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unavailable {
    /// As none: the resident may ask for a link.
    Ignored,
    /// As one: what remains to be done is its release.
    Linked,
}

/// Where a link stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The link or its end was asked for already.
    pub(crate) requested: bool,
    pub(crate) linked: bool,
    /// By which the organisation knows the resident of a link.
    pub(crate) user_id: Option<String>,
}

impl Standing {
    pub(crate) fn of(books: &[FoundBook], partner: Partner, unavailable: Unavailable) -> Self {
        let mut standing = Self::default();
        let links = books.iter().flat_map(|book| book.cooperation.iter().flatten());
        for link in links.filter(|link| concerns(Partner::new(link.actor, link.region, link.app), partner)) {
            let status = link.status;
            standing.requested |= matches!(status, Some(0 | 2));
            if matches!(status, Some(1 | 2)) || status == Some(3) && unavailable == Unavailable::Linked {
                standing.linked = true;
                standing.user_id.clone_from(&link.user_id);
            }
        }
        standing
    }
}

/// Whether a link is the wanted one. One that names neither region nor application is with the whole actor.
fn concerns(link: Partner, wanted: Partner) -> bool {
    let same = |link: Option<CodeVersion>, wanted: Option<CodeVersion>| {
        link.zip(wanted).is_some_and(|(link, wanted)| link.value == wanted.value)
    };
    let whole = link.region.is_none() && link.app.is_none();
    link.actor.value == wanted.actor.value
        && (whole || same(link.region, wanted.region) || same(link.app, wanted.app))
}

#[cfg(test)]
mod tests {
    use contract::linking::FoundLink;
    use serde_json::Value;

    use super::*;

    const fn code(number: i64) -> CodeVersion {
        CodeVersion::new(number, 1)
    }

    fn standing(link: (i64, Option<i64>, Option<i64>, i64), unavailable: Unavailable) -> Standing {
        let (actor, region, app, status) = link;
        let cooperation = FoundLink {
            actor: CodeVersion::new(actor, 9),
            region: region.map(code),
            app: app.map(code),
            status: Some(status),
            user_id: Some("u".to_owned()),
        };
        let nothing = FoundBook { cooperation: None, user_information: Value::Null };
        let book = FoundBook { cooperation: Some(vec![cooperation]), user_information: Value::Null };
        Standing::of(&[nothing, book], Partner::new(CodeVersion::new(5, 1), None, Some(code(8))), unavailable)
    }

    #[test]
    fn the_status_of_a_link_says_what_remains_to_be_asked() {
        let linked = |requested| Standing { requested, linked: true, user_id: Some("u".to_owned()) };
        let of = |status| standing((5, None, Some(8), status), Unavailable::Ignored);
        assert_eq!(of(0), Standing { requested: true, ..Standing::default() });
        assert_eq!(of(1), linked(false));
        assert_eq!(of(2), linked(true));
        assert_eq!(of(3), Standing::default());
        assert_eq!(standing((5, None, Some(8), 3), Unavailable::Linked), linked(false));
    }

    #[test]
    fn only_the_same_partner_counts() {
        let is_linked = |link| standing(link, Unavailable::Ignored).linked;
        assert!(is_linked((5, None, Some(8), 1)), "versions do not matter");
        assert!(is_linked((5, None, None, 1)), "a link with the whole actor");
        assert!(!is_linked((6, None, Some(8), 1)), "another actor");
        assert!(!is_linked((5, None, Some(7), 1)), "another application");
        assert!(!is_linked((5, Some(8), None, 1)), "a region of the same number");
    }
}
