//! Links the residents that asked for a region (spec: batches 3.12). Region-root blocks, every five minutes.
//!
//! A resident's request is an unread notice with an identification code. It is marked as read last, so a run that
//! was cut off is taken up by the next one: a user id that nobody confirmed is given anew, a code that was confirmed
//! can be collated, a user that exists is not created twice. Without end no notice is tried: codes expire.

use contract::{CallFailure, identity_verificate::EXPIRED};
use http::StatusCode;
use vocabulary::random;

use crate::{
    BatchError,
    error::told,
    run::{Run, truthy},
};

/// The category of notices that ask for the end of a link.
const END_OF_LINK: i64 = 181;

/// Why a resident is not linked in this run.
enum Hindrance {
    /// The code is too old; the resident has to ask again.
    Expired,
    /// A later run may succeed.
    Later(CallFailure),
    /// Nothing that should happen.
    Broken(CallFailure),
}

pub(crate) async fn run(run: &mut Run<'_>) -> Result<(), BatchError> {
    if !run.regions_are_operated().await? {
        return Ok(());
    }
    let notices =
        run.notices().unread(&run.session).await.map_err(BatchError::while_("reading the notices"))?;
    for notice in notices {
        let Some(code) = notice.attribute["identifyCode"].as_str() else { continue };
        if notice.category.value.0 == END_OF_LINK {
            continue;
        }
        let what = format!("notice {}", notice.id);
        let is_verified = truthy(&notice.attribute["verifiedFlg"]);
        match link(run, code, is_verified).await {
            Ok(()) | Err(Hindrance::Expired) => {
                match run.notices().mark_read(&run.session, notice.id).await {
                    Ok(()) => run.done(1),
                    Err(failure) => run.failed(what, told(&failure)),
                }
            }
            Err(Hindrance::Later(failure)) => run.left(what, told(&failure)),
            Err(Hindrance::Broken(failure)) => run.failed(what, told(&failure)),
        }
    }
    Ok(())
}

async fn link(run: &Run<'_>, code: &str, is_verified: bool) -> Result<(), Hindrance> {
    if !is_verified {
        verify(run, code).await?;
    }
    match run.users().create_user(&run.session, code).await {
        // An earlier run came this far.
        Err(failure) if failure.status() == Some(StatusCode::CONFLICT) => Ok(()),
        created => created.map_err(Hindrance::of),
    }
}

/// Gives the resident a user id and confirms who he is.
async fn verify(run: &Run<'_>, code: &str) -> Result<(), Hindrance> {
    let identities = run.identities();
    let user_id = random::uuid().to_string();
    match identities.set_user(&run.session, code, &user_id).await.map_err(Hindrance::of) {
        Ok(()) => identities.confirm(&run.session, code).await.map_err(Hindrance::Broken),
        // A code that an earlier run confirmed takes no user id any more, and can be collated.
        Err(Hindrance::Later(failure)) if failure.status() == Some(StatusCode::BAD_REQUEST) => {
            identities.collate(&run.session, code).await.map(drop).map_err(|_| Hindrance::Later(failure))
        }
        Err(hindrance) => Err(hindrance),
    }
}

impl Hindrance {
    fn of(failure: CallFailure) -> Self {
        if failure.message() == Some(EXPIRED) { Self::Expired } else { Self::Later(failure) }
    }
}
