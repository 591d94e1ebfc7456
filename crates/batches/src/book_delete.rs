//! Deletes closed books whose pending term is over (spec: batches 3.7). Every kind of block, every morning.
//!
//! A block deletes its own users of such a book; the root deletes the book once no block has users left. So the
//! batches of all blocks come to an end together, over several days. A link that has ended is not found again, and
//! a code for ending one can be had again, so every run completes the one before.

use contract::{CallFailure, endings::Past, identity_verificate::VerifiedCode, linking::FoundLink};
use serde_json::Value;

use crate::{BatchError, error::told, place::Place, run::Run};

pub(crate) async fn run(run: &mut Run<'_>) -> Result<(), BatchError> {
    let physically = run.platform_deletes().await;
    let physically = physically.map_err(BatchError::while_("reading the platform's terms of use"))?;
    let is_root = run.block().is_root();
    let mut place = Place::first();
    loop {
        let closed = run.books().books_to_delete(&run.session, place.offset()).await;
        let closed = closed.map_err(BatchError::while_("looking for closed books"))?;
        if closed.is_empty() {
            return Ok(());
        }
        for book in closed {
            if !place.is_new(book.pxr_id.clone()) {
                continue;
            }
            if is_root {
                let is_gone = delete_book(run, &book.pxr_id, physically).await;
                if !is_gone? {
                    place.stays();
                }
            } else {
                delete_users(run, &book.pxr_id, physically).await;
                place.stays();
            }
        }
    }
}

/// Links with a user that were more than asked for.
fn is_user(link: &FoundLink) -> bool {
    link.user_id.is_some() && link.status != Some(0)
}

async fn links(run: &Run<'_>, pxr_id: &str) -> Result<Vec<FoundLink>, CallFailure> {
    let found = run.books().books_of(&run.session, pxr_id, Past::LeftOut).await?;
    Ok(found.into_iter().flat_map(|book| book.cooperation.unwrap_or_default()).filter(is_user).collect())
}

fn order<'a>(pxr_id: &'a str, link: &'a FoundLink) -> VerifiedCode<'a> {
    let user_id = link.user_id.as_deref().unwrap_or_default();
    VerifiedCode { pxr_id, user_id, actor: link.actor, region: link.region, app: link.app }
}

/// Deletes the users that this block has of a book.
async fn delete_users(run: &mut Run<'_>, pxr_id: &str, physically: bool) {
    let what = "the users of a closed book";
    let links = match links(run, pxr_id).await {
        Ok(links) => links,
        Err(failure) => return run.failed(what, told(&failure)),
    };
    let own = run.session.actor.map(|actor| actor.value);
    for link in links.iter().filter(|link| Some(link.actor.value) == own) {
        match delete_user(run, &order(pxr_id, link), physically).await {
            Ok(()) => run.done(1),
            Err(failure) => run.left(what, told(&failure)),
        }
    }
}

async fn delete_user(run: &Run<'_>, order: &VerifiedCode<'_>, physically: bool) -> Result<(), CallFailure> {
    let code = run.identities().verified_code(&run.session, order).await?;
    run.users().delete_user(&run.session, &code, physically).await
}

/// Deletes a book that no block has users of; whether it is gone.
async fn delete_book(run: &mut Run<'_>, pxr_id: &str, physically: bool) -> Result<bool, BatchError> {
    let what = "a closed book";
    let links = match links(run, pxr_id).await {
        Ok(links) => links,
        Err(failure) => {
            run.failed(what, told(&failure));
            return Ok(false);
        }
    };
    let mut remaining = 0;
    for link in &links {
        match release_trader(run, pxr_id, link).await? {
            Ok(true) => {}
            Ok(false) => remaining += 1,
            Err(failure) => {
                remaining += 1;
                run.left(what, told(&failure));
            }
        }
    }
    if remaining > 0 {
        run.left(what, format!("{remaining} links remain; the blocks that have them end them first"));
        return Ok(false);
    }
    match run.books().delete_book(&run.session, pxr_id, physically).await {
        Ok(()) => run.done(1),
        Err(failure) => {
            run.left(what, told(&failure));
            return Ok(false);
        }
    }
    Ok(true)
}

/// Ends a link with a data trader, who has no block to do it. Whether the link has ended.
async fn release_trader(
    run: &Run<'_>,
    pxr_id: &str,
    link: &FoundLink,
) -> Result<Result<bool, CallFailure>, BatchError> {
    let trader = run.acting_for(link.actor, &Value::Null)?;
    let release = async {
        let actor = run.catalog().item(&run.session, link.actor.value).await?;
        if !actor.head.ns.contains("/data-trader") {
            return Ok(false);
        }
        let code = run.identities().verified_code(&run.session, &order(pxr_id, link)).await?;
        run.books().release(&trader, &code).await.map(|_| true)
    };
    Ok(release.await)
}
