//! Regions and whether they are in operation (spec: catalog-update 4.3, 4.4).

mod apply;
mod create;
mod decide;
mod delete;
mod list;
mod record;
mod status_view;

pub(super) use apply::{end, start};
pub(super) use create::create;
pub(super) use decide::decide;
pub(super) use delete::delete;
pub(super) use list::{list, list_status};

use crate::notices::{Matter, Text};

/// What a region's `status` says while it is in operation.
const OPEN: &str = "open";

/// What an application wants, as `region_status_manage.type` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Start = 1,
    End = 2,
}

impl Wish {
    const fn of(kind: i16) -> Self {
        if kind == Self::End as i16 { Self::End } else { Self::Start }
    }

    const fn notices(self) -> &'static Matter {
        match self {
            Self::Start => &STARTING,
            Self::End => &ENDING,
        }
    }
}

const STARTING: Matter = Matter {
    applying: Text::new(205, "領域開始申請", "領域の運営開始が申請されました。"),
    approved: Text::new(206, "領域開始承認結果[承認]", "領域の運営開始が承認されました。"),
    denied: Text::new(207, "領域開始承認結果[否認]", "領域の運営開始が否認されました。"),
};

const ENDING: Matter = Matter {
    applying: Text::new(205, "領域終了申請", "領域の運営終了が申請されました。"),
    approved: Text::new(206, "領域終了承認結果[承認]", "領域の運営終了が承認されました。"),
    denied: Text::new(207, "領域終了承認結果[否認]", "領域の運営終了が否認されました。"),
};
