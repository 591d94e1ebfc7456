//! The offices, each a route (spec: access-control-manage 4.1).

mod consented;
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
            Office::Store => routes.post(&path, consented::judge::<store::Store>),
            Office::ShareContinuous => routes.post(&path, consented::judge::<share::Share>),
            Office::ShareTemp => routes.post(&path, consented::judge::<temporary::TemporaryShare>),
            by_rights => routes.post(&path, move |state, call| offices::judge(by_rights, state, call)),
        }
    })
}
