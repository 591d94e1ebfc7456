//! Certification of actors (spec: catalog-update 4.1).

mod apply;
mod decide;
mod list;
mod view;

pub(super) use apply::apply;
pub(super) use decide::decide;
pub(super) use list::list;

use crate::notices::{Matter, Text};

/// What `actor_manage.type` says of an application for certification.
const CERTIFICATION: i16 = 1;

const NOTICES: Matter = Matter {
    applying: Text::new(117, "アクター認定申請", "アクターの認定が申請されました。"),
    approved: Text::new(118, "アクター認定承認結果[承認]", "アクターの認定が承認されました。"),
    denied: Text::new(119, "アクター認定承認結果[否認]", "アクターの認定が否認されました。"),
};
