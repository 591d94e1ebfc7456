//! Terms of use: consents of residents, and what the batches do to get them (spec: book-manage 4.7).

mod consent;
mod manage;
mod overdue;
mod questions;

use axum::{
    Router,
    routing::{get, post},
};

use crate::{Books, terms::TermsType};

pub(super) fn routes() -> Router<Books> {
    Router::new()
        .route("/book-manage/term_of_use/platform", post(consent::platform))
        .route("/book-manage/ind/term_of_use/platform", post(consent::platform))
        .route("/book-manage/term_of_use/region", post(consent::region))
        .route("/book-manage/ind/term_of_use/region", post(consent::region))
        .route("/book-manage/term_of_use/request/list", get(questions::list))
        .route("/book-manage/ind/term_of_use/request/list", get(questions::list))
        .route("/book-manage/term_of_use/platform/deletion/target", get(overdue::of_platform))
        .route("/book-manage/term_of_use/region/deletion/target", get(overdue::of_region))
        .nest("/book-manage/term_of_use/platform", management::<{ TermsType::PLATFORM }>())
        .nest("/book-manage/term_of_use/region", management::<{ TermsType::REGION }>())
}

/// What is alike for the platform's terms and for those of regions.
fn management<const KIND: i64>() -> Router<Books> {
    Router::new()
        .route("/update", post(manage::announce::<KIND>))
        .route("/target", get(manage::due::<KIND>).post(manage::distribute::<KIND>))
        .route("/target/find", get(manage::distribute::<KIND>))
        .route("/notification/complete", post(manage::sent::<KIND>))
}
