//! The routes, one file a matter.

mod add;
mod decide;
mod keep;
mod list;
mod read;

use platform::Routes;

use crate::Notifications;

pub(crate) use add::Recipients;

pub(crate) fn routes() -> Routes<Notifications> {
    Routes::new()
        .get("/notification", list::list)
        .post("/notification", add::add)
        .put("/notification", read::mark_read)
        .post("/notification/transfer", add::transfer)
        .put("/notification/approval", decide::decide)
}
