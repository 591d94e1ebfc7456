//! The tokens against forged requests.

use serde_json::json;
use testkit::on_both_databases;

use super::{add, new_member, operators, session_of};

on_both_databases! {
    async fn a_handed_out_token_is_accepted_and_renewed(database: Database) {
        let bench = operators(database).await;
        let handed = bench.get("/operator/csrf/token").send().await;
        assert_eq!(handed.status, 200);
        let (secret, token) = (handed.cookie("_csrf").unwrap(), handed.cookie("XSRF-TOKEN").unwrap());
        let cookie = format!("_csrf={secret}; XSRF-TOKEN={token}");
        let checked = bench.put("/operator/csrf/check").header("cookie", &cookie).header("x-xsrf-token", token);
        let checked = checked.send().await;
        assert_eq!(checked.status, 200);
        // A new token; the secret stays.
        assert_ne!(checked.cookie("XSRF-TOKEN").unwrap(), token);
        assert_eq!(checked.cookie("_csrf"), None);
        let again = bench.get("/operator/csrf/token").header("cookie", &cookie).send().await;
        assert_eq!(again.cookie("_csrf"), None);
        assert!(again.cookie("XSRF-TOKEN").is_some());
    }

    async fn a_forged_or_missing_token_is_refused(database: Database) {
        let bench = operators(database).await;
        let check = |cookie: &'static str, token: &'static str| {
            bench.put("/operator/csrf/check").header("cookie", cookie).header("x-xsrf-token", token).send()
        };
        for (cookie, token) in [("a=b", "x-y"), ("_csrf=s", ""), ("_csrf=s", "x-y"), ("_csrf=s", "xy")] {
            let reply = check(cookie, token).await;
            assert_eq!((reply.status, &reply.body["status"]), (403, &json!(403)), "{cookie} {token}");
        }
    }

    async fn every_good_answer_to_a_cookie_brings_a_new_token(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_member("root01")).await;
        let cookie = format!("operator_type3_session={}; _csrf=s", session_of(&bench, 3, "root01").await);
        let good = bench.get(&format!("/operator/{id}")).header("cookie", &cookie).send().await;
        assert_eq!(good.status, 200);
        assert!(good.cookie("XSRF-TOKEN").is_some());
        let refused = bench.get("/operator").header("cookie", &cookie).send().await;
        assert_eq!((refused.status, refused.cookie("XSRF-TOKEN")), (400, None));
        let without = bench.get(&format!("/operator/{id}")).session(&testkit::member()).send().await;
        assert_eq!(without.cookie("XSRF-TOKEN"), None);
    }
}
