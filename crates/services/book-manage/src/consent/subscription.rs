//! Who is told when data were stored (spec: E6, book-manage 4.5.2-5).

use vocabulary::{Code, CodeVersion};

/// A registered notification for one element of a share definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    /// The notification's own catalog item.
    pub notification: CodeVersion,
    /// `store-event` or `share-trigger`.
    pub kind: String,
    /// The element of the share definition.
    pub element: String,
    pub sources: Vec<Source>,
}

/// A kind of data with the actors from whom it is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    pub code: CodeVersion,
    pub actors: Vec<Code>,
}

impl Subscription {
    /// Whether it wants this kind of data from others only.
    fn objects(&self, code: CodeVersion, stored_by: Code) -> bool {
        self.sources.iter().any(|source| source.code == code && !source.actors.contains(&stored_by))
    }
}

/// The notifications to send for a stored datum, given the subscriptions to one share definition: of each
/// notification the last one registered, unless one of its subscriptions wants the data from others only.
#[must_use]
pub fn told(subscriptions: &[Subscription], code: CodeVersion, stored_by: Code) -> Vec<&Subscription> {
    let mut last: Vec<&Subscription> = Vec::new();
    for one in subscriptions {
        match last.iter_mut().find(|known| known.notification.value == one.notification.value) {
            Some(known) => *known = one,
            None => last.push(one),
        }
    }
    let objected = |notification: Code| {
        let of_it = subscriptions.iter().filter(|one| one.notification.value == notification);
        of_it.into_iter().any(|one| one.objects(code, stored_by))
    };
    last.retain(|one| !objected(one.notification.value));
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscription(notification: i64, element: &str, from: Option<&[i64]>) -> Subscription {
        let actors = |actors: &[i64]| actors.iter().copied().map(Code).collect();
        let source = from.map(|from| Source { code: CodeVersion::new(20, 1), actors: actors(from) });
        Subscription {
            notification: CodeVersion::new(notification, 1),
            kind: "store-event".to_owned(),
            element: element.to_owned(),
            sources: source.into_iter().collect(),
        }
    }

    #[test]
    fn each_notification_is_told_once_unless_it_wants_the_data_from_others() {
        let stored_by = Code(401);
        let elements = |subscriptions: &[Subscription], code| {
            let told = told(subscriptions, CodeVersion::new(code, 1), stored_by);
            told.into_iter().map(|one| one.element.clone()).collect::<Vec<_>>()
        };
        let anybody =
            [subscription(801, "a", None), subscription(801, "b", None), subscription(802, "c", None)];
        assert_eq!(elements(&anybody, 20), ["b", "c"]);
        let mine = [subscription(801, "a", Some(&[401, 402]))];
        assert_eq!(elements(&mine, 20), ["a"]);
        let others = [
            subscription(801, "a", Some(&[402])),
            subscription(801, "b", None),
            subscription(802, "c", None),
        ];
        assert_eq!(elements(&others, 20), ["c"]);
        // What is said about another kind of data does not matter.
        assert_eq!(elements(&others, 21), ["b", "c"]);
        assert_eq!(elements(&[], 20), [""; 0]);
    }
}
