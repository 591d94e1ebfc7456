//! The offices, each a route (spec: access-control-manage 4.1).

mod offices;
mod share;
mod store;
mod temporary;

use contract::access_control_manage::Office;
use platform::Routes;

use crate::Offices;

pub(crate) fn routes() -> Routes<Offices> {
    Office::ALL.into_iter().fold(Routes::new(), |routes, office| {
        let path = format!("/access-control-manage/{}", office.path());
        match office {
            Office::Store => routes.post(&path, store::judge),
            Office::ShareContinuous => routes.post(&path, share::judge),
            Office::ShareTemp => routes.post(&path, temporary::judge),
            by_rights => routes.post(&path, move |state, call| offices::judge(by_rights, state, call)),
        }
    })
}
