//! The routes, one file a resource.

mod collation;
mod element;
mod permissions;
mod tokens;

use platform::Routes;

use crate::AccessControl;

pub(crate) use collation::{Permitted, Question as Presented, size as size_of_permitted};
pub(crate) use tokens::{Kept, Question as Reuse, size as size_of_kept};

pub(crate) fn routes() -> Routes<AccessControl> {
    Routes::new()
        .post("/access-control", permissions::create)
        .post("/access-control/token", tokens::tokens)
        .post("/access-control/collate", collation::collate)
}

/// A percent-encoded text, decoded up to five times, and cut before its first slash.
fn decoded(url: &str) -> Result<String, crate::refusal::Refusal> {
    let mut url = url.to_owned();
    for _ in 0..5 {
        if !url.contains('%') {
            break;
        }
        let text = percent_encoding::percent_decode_str(&url).decode_utf8();
        url = text.map_err(|_| crate::refusal::Refusal::Url)?.into_owned();
    }
    let start = url.find('/').unwrap_or(0);
    Ok(url.split_off(start))
}
