//! The routes, one file a matter.

mod ledger;
mod register;

use platform::Routes;

use crate::LocalCtoken;

pub(crate) fn routes() -> Routes<LocalCtoken> {
    Routes::new()
        .post("/local-ctoken", register::register)
        .post("/local-ctoken/ledger", ledger::forward)
        .get("/local-ctoken/ledger/count", ledger::count)
}
