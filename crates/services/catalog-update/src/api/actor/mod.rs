//! Certification of actors and its end (spec: catalog-update 4.1).

mod accreditor;
mod apply;
mod certify;
mod decide;
mod list;
mod record;
mod removal;
mod remove;
mod view;

pub(super) use accreditor::accreditors;
pub(super) use apply::apply;
pub(super) use decide::decide;
pub(super) use list::list;
pub(super) use remove::remove;

use crate::notices::{Matter, Text};

/// What `actor_manage.type` says of an application for certification.
const CERTIFICATION: i16 = 1;

/// What `actor_manage.type` says of an application for its end.
const REMOVAL: i16 = 2;

const CERTIFYING: Matter = Matter {
    applying: Text::new(117, "アクター認定申請", "アクターの認定が申請されました。"),
    approved: Text::new(118, "アクター認定承認結果[承認]", "アクターの認定が承認されました。"),
    denied: Text::new(119, "アクター認定承認結果[否認]", "アクターの認定が否認されました。"),
};

const REMOVING: Matter = Matter {
    applying: Text::new(117, "アクター認定解除申請", "アクターの認定解除が申請されました。"),
    approved: Text::new(118, "アクター認定解除承認結果[承認]", "アクターの認定解除が承認されました。"),
    denied: Text::new(119, "アクター認定解除承認結果[否認]", "アクターの認定解除が否認されました。"),
};

/// Another actor takes over the blocks of one that ends.
const TAKING_OVER: Text = Text::new(157, "ブロック管理移行申請", "ブロックの管理の移行が申請されました。");
const TAKES_OVER: Text =
    Text::new(118, "ブロック管理移行承認結果[承認]", "ブロックの管理の移行が承認されました。");
const TAKEN_OVER: Text =
    Text::new(118, "ブロック管理移行完了", "承認したブロックの管理の移行が完了しました。");

/// Where the decision about an application is posted.
fn decided_at(approval: &crate::store::actor_approval_manage::Model) -> String {
    format!("/catalog-update/actor/approval?code={}", approval.auth_code.as_deref().unwrap_or_default())
}
