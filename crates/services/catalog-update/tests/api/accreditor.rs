//! Who certifies.

use serde_json::{Value, json};
use testkit::on_both_databases;

use super::{get_as, good, newcomer, stage};
use crate::world::{REGION_ROOT, ROOT};

on_both_databases! {
    async fn the_root_certifies_what_it_has_standards_for(database: Database) {
        let (bench, world) = stage(database).await;
        let ask = |kind: &str| {
            let path = format!("/actor/accreditor?actorType={kind}");
            let bench = &bench;
            async move { good(get_as(bench, &newcomer(), &path).await) }
        };
        assert_eq!(ask("pxr-root").await, json!([]));
        let by_root = json!({"name": format!("n{ROOT}"), "approvalActor": {"_value": ROOT, "_ver": 1}});
        assert_eq!(ask("region-root").await, json!({"approvalActors": [by_root]}));
        assert_eq!(ask("app").await, json!({"approvalActors": []}));
        world.set(ROOT, "app-cert", json!({"cert": [1]}));
        assert_eq!(ask("app").await, json!({"approvalActors": [by_root]}));
    }

    async fn regions_certify_providers_when_their_settings_say_so(database: Database) {
        let (bench, world) = stage(database).await;
        world.put(
            1_000_700,
            &format!("setting/actor/region-root/actor_{REGION_ROOT}"),
            json!({"certify-app": true}),
        );
        let found = good(get_as(&bench, &newcomer(), "/actor/accreditor?actorType=app").await);
        assert_eq!(found["approvalActors"][0]["approvalActor"]["_value"], json!(REGION_ROOT));
        world.set(1_000_700, "certify-app", json!(false));
        let found = good(get_as(&bench, &newcomer(), "/actor/accreditor?actorType=app").await);
        assert_eq!(found["approvalActors"], json!([]));
        // No region at all is no failure.
        world.state().items.retain(|_, item| !item.ns.contains("region-root"));
        let found = good(get_as(&bench, &newcomer(), "/actor/accreditor?actorType=app").await);
        assert_eq!(found["approvalActors"], Value::Array(Vec::new()));
    }

    async fn many_regions_are_asked_about_at_once(database: Database) {
        let (bench, world) = stage(database).await;
        let calls = || async {
            bench.neighbours.suffer(None);
            let found = good(get_as(&bench, &newcomer(), "/actor/accreditor?actorType=app").await);
            (found["approvalActors"].as_array().unwrap().len(), bench.neighbours.asked().len())
        };
        for number in 1..=3 {
            let code = REGION_ROOT + 1000 * number;
            world.put(code, "actor/region-root", json!({}));
            let settings = json!({"certify-app": number != 2});
            world.put(code + 1, &format!("setting/actor/region-root/actor_{code}"), settings);
        }
        let (found, asked) = calls().await;
        assert_eq!(found, 2);
        for number in 4..=9 {
            world.put(REGION_ROOT + 1000 * number, "actor/region-root", json!({}));
        }
        assert_eq!(calls().await, (2, asked));
    }

    async fn only_types_that_can_be_certified_are_asked_for(database: Database) {
        let (bench, _) = stage(database).await;
        for kind in ["", "?actorType=", "?actorType=wf", "?actorType=x", "?actorType=app&actorType=app"] {
            let reply = get_as(&bench, &newcomer(), &format!("/actor/accreditor{kind}")).await;
            assert_eq!((reply.status, reply.refused_fields()), (400, vec!["actorType"]), "{kind}");
        }
        let anonymous = bench.get("/catalog-update/actor/accreditor?actorType=app").send().await;
        assert_eq!(anonymous.status, 401);
    }
}
