//! What goes on while the root cannot be reached (spec: trust-layer 9 #12).

use contract::access_control_manage::Office;
use vocabulary::OperatorType;

/// Whether a block may issue the token of a call itself: only what stays inside the block and about which the root
/// would judge nothing. Residents are left out, whose book the root asks for. `way`: the blocks the call comes from and
/// goes to.
pub(crate) fn goes_on_without_root(office: Office, kind: OperatorType, own: i64, way: (i64, i64)) -> bool {
    office == Office::Block && kind != OperatorType::Individual && way == (own, own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls_inside_the_block_that_nobody_judges_go_on_alone() {
        use OperatorType::{Application, Individual, Member};
        for (office, kind, way, goes_on) in [
            (Office::Block, Member, (1, 1), true),
            (Office::Block, Application, (1, 1), true),
            (Office::Block, Individual, (1, 1), false),
            (Office::Block, Member, (1, 2), false),
            (Office::Block, Member, (2, 1), false),
            (Office::Store, Application, (1, 1), false),
            (Office::Operator, Member, (1, 1), false),
            (Office::ShareContinuous, Application, (1, 1), false),
        ] {
            assert_eq!(goes_on_without_root(office, kind, 1, way), goes_on, "{office:?} {kind:?} {way:?}");
        }
    }
}
