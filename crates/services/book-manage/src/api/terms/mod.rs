//! Terms of use: consents of residents, and what the batches do to get them (spec: book-manage 4.7).

mod consent;
mod manage;
mod overdue;
mod questions;

use platform::Routes;

use crate::{Books, terms::TermsType};

pub(super) fn routes() -> Routes<Books> {
    let routes = Routes::new()
        .post("/book-manage/term_of_use/platform", consent::platform)
        .post("/book-manage/ind/term_of_use/platform", consent::platform)
        .post("/book-manage/term_of_use/region", consent::region)
        .post("/book-manage/ind/term_of_use/region", consent::region)
        .get("/book-manage/term_of_use/request/list", questions::list)
        .get("/book-manage/ind/term_of_use/request/list", questions::list)
        .get("/book-manage/term_of_use/platform/deletion/target", overdue::of_platform)
        .get("/book-manage/term_of_use/region/deletion/target", overdue::of_region);
    let routes = management::<{ TermsType::PLATFORM }>(routes, "platform");
    management::<{ TermsType::REGION }>(routes, "region")
}

/// What is alike for the platform's terms and for those of regions.
fn management<const KIND: i64>(routes: Routes<Books>, kind: &str) -> Routes<Books> {
    let path = |rest: &str| format!("/book-manage/term_of_use/{kind}/{rest}");
    routes
        .post(&path("update"), manage::announce::<KIND>)
        .get(&path("target"), manage::due::<KIND>)
        .post(&path("target"), manage::distribute::<KIND>)
        .get(&path("target/find"), manage::distribute::<KIND>)
        .post(&path("notification/complete"), manage::sent::<KIND>)
}
