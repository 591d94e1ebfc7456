//! What one request writes is there as a whole, before anybody hears of it.

use serde_json::{Value, json};
use testkit::{Bench, on_both_databases};
use vocabulary::Session;

use super::{certification, count, execute, good, newcomer, post_as, provider, region_root, stage};
use crate::world::{APP, REGION, REGION_ROOT, SERVICE, World};

/// An application, the table that it is written into and that of its approval.
struct Application {
    by: Session,
    path: &'static str,
    body: Value,
    table: &'static str,
    approvals: &'static str,
}

impl Application {
    async fn send(&self, bench: &Bench) -> testkit::Reply {
        post_as(bench, &self.by, self.path, self.body.clone()).await
    }
}

fn join(service: i64) -> Application {
    let code = |code: i64| json!({"code": code, "version": 1});
    let body = json!({"region": code(REGION), "isDraft": false,
        "actor": {"code": APP, "version": 1, "app": [code(service)]}});
    Application {
        by: provider(),
        path: "/join",
        body,
        table: "join_manage",
        approvals: "join_approval_manage",
    }
}

fn start(region: i64) -> Application {
    Application {
        by: region_root(),
        path: "/region/status/start",
        body: json!({"regionCode": {"_value": region, "_ver": 1}}),
        table: "region_status_manage",
        approvals: "region_status_approval_manage",
    }
}

fn certify() -> Application {
    Application {
        by: newcomer(),
        path: "/actor",
        body: certification("app"),
        table: "actor_manage",
        approvals: "actor_approval_manage",
    }
}

fn end() -> Application {
    let body = json!({"migrationActorCode": null, "isDraft": false});
    Application { by: provider(), path: "/actor/remove", body, ..certify() }
}

fn region(name: &str) -> Application {
    let ns = format!("catalog/ext/test-org/actor/region-root/actor_{REGION_ROOT}/region");
    let body = json!({"name": name, "isDraft": false, "catalog": [{"template": {
        "catalogItem": {"ns": ns, "name": name}, "template": {"value": []}}}]});
    let (table, approvals) = ("region_manage", "region_approval_manage");
    Application { by: region_root(), path: "/region", body, table, approvals }
}

fn more(world: &World) {
    world.put(SERVICE + 1, &format!("actor/app/actor_{APP}/application"), json!({"region-alliance": null}));
    world.put(REGION + 1, &format!("actor/region-root/actor_{REGION_ROOT}/region"), json!({"status": null}));
}

on_both_databases! {
    async fn an_application_is_there_before_its_approver_hears_of_it(database: Database) {
        let (bench, world) = stage(database).await;
        let heard = world.state().heard.clone();
        for application in [certify(), end(), join(SERVICE), start(REGION)] {
            let before = count(&bench, application.table).await;
            // Killed as soon as the notice is sent.
            let ended = tokio::select! {
                biased;
                () = heard.notified() => None,
                reply = application.send(&bench) => Some(reply.body),
            };
            assert_eq!(ended, None, "{}", application.path);
            assert_eq!(count(&bench, application.table).await, before + 1, "{}", application.path);
            let approvals = count(&bench, &format!("{} where auth_code is not null", application.approvals)).await;
            assert_eq!(approvals, before + 1, "{}", application.path);
        }
        assert_eq!(world.notices().len(), 4);
    }

    async fn an_application_is_written_with_its_approval_or_not_at_all(database: Database) {
        let (bench, world) = stage(database).await;
        more(&world);
        for (first, second) in [
            (certify(), end()), (join(SERVICE), join(SERVICE + 1)), (start(REGION), start(REGION + 1)),
            (region("a"), region("b")),
        ] {
            good(first.send(&bench).await);
            let notices = world.notices().len();
            // From now on a second approval cannot be written.
            execute(&bench, &format!("create unique index obstacle on {} (is_disabled)", first.approvals)).await;
            let failed = second.send(&bench).await;
            assert!(failed.status >= 500, "{}: {}", second.path, failed.body);
            assert_eq!(count(&bench, second.table).await, 1, "{}", second.path);
            assert_eq!(world.notices().len(), notices, "{}", second.path);
            execute(&bench, "drop index obstacle").await;
            good(second.send(&bench).await);
        }
    }

    async fn every_table_of_the_reference_is_there(database: Database) {
        let (bench, _) = stage(database).await;
        for table in ["alliance_manage", "alliance_approval_manage", "audit_report_manage"] {
            assert_eq!(count(&bench, table).await, 0, "{table}");
        }
    }
}
