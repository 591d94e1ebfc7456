//! The blocks of A City.

use vocabulary::BlockKind;

/// One block of the demo.
#[derive(Clone, Copy, Debug)]
pub struct Role {
    /// Its name in the story, and its folder.
    pub name: &'static str,
    pub kind: BlockKind,
    pub service_name: &'static str,
    /// Distance of its ports from the first ones.
    pub offset: u16,
    /// Who runs it.
    pub title: &'static str,
}

const fn role(
    name: &'static str,
    kind: BlockKind,
    service_name: &'static str,
    offset: u16,
    title: &'static str,
) -> Role {
    Role { name, kind, service_name, offset, title }
}

/// All of them, the root first.
pub const CAST: [Role; 5] = [
    role("root", BlockKind::Root, "root-service", 0, "流通制御（A市）"),
    role("region", BlockKind::RegionRoot, "region000001-service", 1, "健康見守りサービス"),
    role("app1", BlockKind::App, "application000001-service", 2, "運動アプリ"),
    role("app2", BlockKind::App, "application000002-service", 3, "見守りアプリ"),
    role("app3", BlockKind::App, "application000003-service", 4, "健康アプリ"),
];

impl Role {
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        CAST.iter().find(|role| role.name == name)
    }
}
