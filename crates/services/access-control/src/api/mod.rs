//! The routes, one file a resource.

mod collation;
mod element;
mod permissions;
mod tokens;

use platform::Routes;

use crate::{AccessControl, reduction::percent_decoded, refusal::Refusal};

pub(crate) use collation::{Permitted, Question as Presented, size as size_of_permitted};
pub(crate) use tokens::{Kept, Question as Reuse, size as size_of_kept};

pub(crate) fn routes() -> Routes<AccessControl> {
    Routes::new()
        .post("/access-control", permissions::create)
        .post("/access-control/token", tokens::tokens)
        .post("/access-control/collate", collation::collate)
}

/// A percent-encoded text, decoded up to five times, and cut before its first slash.
fn decoded(url: &str) -> Result<String, Refusal> {
    let mut url = url.to_owned();
    for _ in 0..5 {
        if !url.contains('%') {
            break;
        }
        url = percent_decoded(&url)?;
    }
    let start = url.find('/').unwrap_or(0);
    Ok(url.split_off(start))
}
