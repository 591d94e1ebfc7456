//! Conditions on how much is held about a person (spec: ctoken-ledger 4.4 processing 4).

use vocabulary::CodeVersion;

/// How a condition goes together with the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// All of these must hold.
    And,
    /// This one alone is enough.
    Or,
    /// Neither word: it says nothing.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) link: Link,
    pub(crate) code: CodeVersion,
    pub(crate) min: i64,
    /// None or 0: no limit.
    pub(crate) max: Option<i64>,
}

/// What one actor holds of one code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holding {
    pub(crate) actor: i64,
    pub(crate) code: CodeVersion,
    pub(crate) count: i64,
}

impl Condition {
    fn holds(&self, holdings: &[Holding]) -> bool {
        let total: i64 = holdings.iter().map(|holding| holding.count).sum();
        let max = self.max.filter(|max| *max != 0);
        self.min <= total && max.is_none_or(|max| total <= max)
    }
}

/// What is shown of a person: the holdings of the conditions that hold; each condition comes with its holdings.
pub(crate) fn shown(conditions: &[(Condition, Vec<Holding>)]) -> Vec<Holding> {
    let linked = |link: Link| conditions.iter().filter(move |(condition, _)| condition.link == link);
    let all = linked(Link::And).all(|(condition, holdings)| condition.holds(holdings));
    let and = linked(Link::And).filter(|_| all);
    let or = linked(Link::Or).filter(|(condition, holdings)| condition.holds(holdings));
    and.chain(or).flat_map(|(_, holdings)| holdings).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(link: Link, min: i64, max: Option<i64>, counts: &[i64]) -> (Condition, Vec<Holding>) {
        let code = CodeVersion::new(1, 1);
        let holdings = counts.iter().zip(1..).map(|(count, actor)| Holding { actor, code, count: *count });
        (Condition { link, code, min, max }, holdings.collect())
    }

    #[test]
    fn all_and_conditions_hold_together_and_every_or_condition_alone() {
        use Link::{And, Or, Other};
        for (conditions, expected) in [
            (vec![condition(And, 3, None, &[1, 2])], 2),
            (vec![condition(And, 4, None, &[1, 2])], 0),
            (vec![condition(And, 1, Some(2), &[1, 2])], 0),
            (vec![condition(And, 1, Some(0), &[1, 2])], 2),
            (vec![condition(And, 1, None, &[1]), condition(And, 2, None, &[1])], 0),
            (vec![condition(And, 9, None, &[1]), condition(Or, 1, Some(1), &[1])], 1),
            (vec![condition(And, 1, None, &[1]), condition(Or, 9, None, &[1, 1])], 1),
            (vec![condition(Other, 0, None, &[1])], 0),
            (vec![condition(And, 0, None, &[])], 0),
        ] {
            assert_eq!(shown(&conditions).len(), expected, "{conditions:?}");
        }
    }
}
