//! What every certified actor gets in the catalog, by its type (spec: catalog-update 5.3).

use contract::catalog::Item;
use serde_json::{Value, json};
use vocabulary::{ActorType, Code};

use crate::{items::Place, refusal::Refusal};

/// Namespaces below `catalog/ext/{ext_name}/`, `{A}` standing for the actor, with what they hold.
type Namespaces = &'static [(&'static str, &'static str)];

const ROOT: Namespaces = &[
    ("setting/actor/pxr-root/{A}", "の設定"),
    ("setting/actor-own/pxr-root/{A}", "の自由な設定"),
    ("url-mapping/{A}/create-html-function", "の画面生成機能のURL"),
];

const REGION_ROOT: Namespaces = &[
    ("setting/actor/region-root/{A}", "の設定"),
    ("setting/actor-own/region-root/{A}", "の自由な設定"),
    ("actor/region-root/{A}", "の定義"),
    ("actor/region-root/{A}/region", "の領域"),
    ("terms-of-use/region/{A}", "の領域の利用規約"),
];

const APP: Namespaces = &[
    ("actor/app/{A}", "の定義"),
    ("actor/app/{A}/application", "のアプリケーション"),
    ("actor/app/{A}/store", "の蓄積の定義"),
    ("actor/app/{A}/share", "の共有の定義"),
    ("actor/app/{A}/share/notification", "の蓄積の通知の定義"),
    ("actor/app/{A}/share/trigger", "の共有の契機の定義"),
    ("actor/app/{A}/share/trigger/decision-api", "の共有を判断するAPI"),
    ("actor/app/{A}/sharing-restriction", "の共有の制限の定義"),
    ("actor/app/{A}/verify-access-token", "のアクセストークン検証の定義"),
    ("document/{A}", "のドキュメント"),
    ("env/{A}", "の環境"),
    ("event/{A}", "のイベント"),
    ("qualitative/{A}", "の定性データ"),
    ("qualitative/{A}/qa", "の質問と回答の定性データ"),
    ("setting/actor/app/{A}", "の設定"),
    ("setting/actor-own/app/{A}", "の自由な設定"),
    ("thing/{A}", "のモノ"),
    ("thing/{A}/qa", "の質問と回答のモノ"),
    ("url-mapping/{A}/create-html-function", "の画面生成機能のURL"),
];

/// The namespaces and the settings of one actor.
#[derive(Debug)]
pub(super) struct Blueprint {
    pub(super) namespaces: Vec<(String, String)>,
    pub(super) settings_ns: String,
    pub(super) settings: Value,
}

impl Blueprint {
    pub(super) fn of(actor: &Item, ext_name: &str, root_name: &str) -> Result<Self, Refusal> {
        let code = actor.head.code.value;
        let kind = Place::of(&actor.head.ns).and_then(|place| place.actors());
        let kind = kind.ok_or(Refusal::NotAnActor(code))?;
        let name = actor.head.name.as_deref().unwrap_or_default();
        let (namespaces, parent, values) = match kind {
            ActorType::PxrRoot => (ROOT, 130, Value::Null),
            ActorType::RegionRoot => {
                let may = [
                    json!({"key": "certify-app", "value": false}),
                    json!({"key": "certify-wf", "value": false}),
                ];
                (REGION_ROOT, 132, may.into_iter().collect())
            }
            ActorType::App => (APP, 127, Value::Null),
            kind => return Err(Refusal::Unsupported(kind)),
        };
        let settings_ns = format!("catalog/ext/{ext_name}/setting/actor/{kind}/actor_{code}");
        let settings = json!({
            "catalogItem": {
                "ns": settings_ns,
                "name": format!("{name}の設定"),
                "description": format!("{root_name}の基盤における{name}の設定です。"),
                "_code": null,
                "inherit": {"_value": parent, "_ver": 1},
            },
            "template": {"prop": null, "value": values},
            "inner": null,
            "attribute": null,
        });
        Ok(Self { namespaces: named(namespaces, ext_name, code, name), settings_ns, settings })
    }
}

fn named(namespaces: Namespaces, ext_name: &str, code: Code, name: &str) -> Vec<(String, String)> {
    let named = namespaces.iter().map(|(path, what)| {
        let path = path.replace("{A}", &format!("actor_{code}"));
        (format!("catalog/ext/{ext_name}/{path}"), format!("{name}{what}です。"))
    });
    named.collect()
}
