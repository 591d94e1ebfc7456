//! What nobody asked to change is in the new versions of items, too.

use serde_json::{Value, json};
use testkit::on_both_databases;

use super::{decide, good, other_provider, post_as, provider, region_root, root, stage};
use crate::world::{APP, OTHER_APP, REGION, REGION_ROOT, SERVICE};

on_both_databases! {
    async fn attributes_and_own_properties_stay_whatever_changes(database: Database) {
        let (bench, world) = stage(database).await;
        let own = [REGION_ROOT, REGION, APP, OTHER_APP, SERVICE];
        let attribute = |code: i64| json!({"objects": [], "tags": [{"ns": "n", "values": [{"_value": code, "_ver": 1}]}]});
        let prop = |code: i64| json!([{"key": format!("p{code}"), "type": {"of": "string"}, "description": null}]);
        for code in own {
            let mut state = world.state();
            let item = state.items.get_mut(&code).unwrap();
            (item.attribute, item.prop) = (attribute(code), prop(code));
            item.template["kept"] = json!([{"some": null, "words": ["a", "b"]}]);
        }
        let code = |code: i64| json!({"code": code, "version": 1});
        let join = json!({"region": code(REGION), "isDraft": false,
            "actor": {"code": APP, "version": 1, "app": [code(SERVICE)]}});
        good(post_as(&bench, &provider(), "/join", join.clone()).await);
        good(decide(&bench, &world, &region_root(), 1).await);
        good(post_as(&bench, &provider(), "/join/remove", join).await);
        good(decide(&bench, &world, &region_root(), 1).await);
        good(post_as(&bench, &region_root(), "/region/status/start", json!({"regionCode": {"_value": REGION, "_ver": 1}})).await);
        good(decide(&bench, &world, &root(), 1).await);
        let ns = format!("catalog/ext/test-org/actor/region-root/actor_{REGION_ROOT}/region");
        let creation = json!({"name": "n", "isDraft": false, "catalog": [{"template": {
            "catalogItem": {"ns": ns, "name": "n"}, "template": {"value": []}}}]});
        good(post_as(&bench, &region_root(), "/region", creation).await);
        good(post_as(&bench, &provider(), "/actor/remove", json!({"migrationActorCode": OTHER_APP, "isDraft": false})).await);
        good(decide(&bench, &world, &other_provider(), 1).await);
        good(decide(&bench, &world, &root(), 1).await);
        for code in own {
            let item = world.state().items[&code].clone();
            assert!(item.ver > 1, "{code} changed");
            assert_eq!((item.attribute, item.prop), (attribute(code), prop(code)));
            // As the catalog would read them back: texts stay whole, nothing stays nothing.
            let kept = &item.template["kept"];
            assert_eq!((&kept["some"], &kept["words"]), (&Value::Null, &json!("b")), "{kept}");
        }
    }
}
