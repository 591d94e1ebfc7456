//! Applications of providers joining and leaving a region (spec: catalog-update 4.2).

mod application;
mod apply;
mod decide;
mod list;
mod record;

pub(super) use apply::{apply_to_join, apply_to_leave};
pub(super) use decide::decide;
pub(super) use list::list;

use crate::notices::{Matter, Text};

/// What an application wants, as `join_manage.type` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Join = 1,
    Leave = 2,
}

impl Wish {
    const fn of(kind: i16) -> Self {
        if kind == Self::Leave as i16 { Self::Leave } else { Self::Join }
    }

    const fn notices(self) -> &'static Matter {
        match self {
            Self::Join => &JOINING,
            Self::Leave => &LEAVING,
        }
    }
}

const JOINING: Matter = Matter {
    applying: Text::new(120, "領域参加申請", "領域への参加が申請されました。"),
    approved: Text::new(121, "領域参加承認結果[承認]", "領域への参加が承認されました。"),
    denied: Text::new(122, "領域参加承認結果[否認]", "領域への参加が否認されました。"),
};

const LEAVING: Matter = Matter {
    applying: Text::new(120, "領域離脱申請", "領域からの離脱が申請されました。"),
    approved: Text::new(121, "領域離脱承認結果[承認]", "領域からの離脱が承認されました。"),
    denied: Text::new(122, "領域離脱承認結果[否認]", "領域からの離脱が否認されました。"),
};
