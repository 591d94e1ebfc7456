//! A resident reaches nothing of another resident; what is withdrawn ends at once.

use serde_json::{Value, json};

use crate::support::{Cookies, Place, Platform};

async fn holds(place: Place) {
    let platform = Platform::built(place, "nothing: the whole story").await;
    let taro = platform.login_as(0, "root", "resident1").await;
    let hanako = platform.login_as(0, "root", "resident2").await;
    each_sees_only_what_is_theirs(&platform, &hanako).await;
    another_ones_ids_are_refused(&platform, &taro, &hanako).await;
    an_application_reaches_only_its_own_users(&platform).await;
    a_withdrawn_share_ends_at_once(&platform, &taro).await;
    platform.stage.stop().await;
}

async fn each_sees_only_what_is_theirs(platform: &Platform, hanako: &Cookies) {
    let anything = Some(json!({"type": "thing"}));
    let all_times = Some(json!({"createAt": null}));
    let today = Some(json!({"accessAt": null, "condition": []}));
    let theirs = ["resident1", "resident-1", &platform.known("resident1.vital.1.event")];
    for (call, target, body) in [
        ("GET ind", "/book-manage", None),
        ("POST ind", "/book-manage/book/search", anything),
        ("POST ind", "/book-manage/ctoken", all_times),
        ("POST ind", "/book-manage/accesslog", today),
        ("GET ind", "/book-manage/setting/share", None),
    ] {
        let (status, answer) = platform.call("root", call, target, hanako, body).await;
        assert!(status == 200 || status == 204, "{target}: {status} {answer}");
        for text in theirs {
            assert!(!answer.contains(text), "{target} shows {text}: {answer}");
        }
        let app = format!("\"_value\":{}", platform.known("app.app3"));
        assert!(!answer.contains(&app), "{target} shows an application of the other: {answer}");
    }
}

async fn another_ones_ids_are_refused(platform: &Platform, taro: &Cookies, hanako: &Cookies) {
    let user = platform.known("resident1_app1_user");
    let settings = format!("/book-manage/settings/store/{user}");
    let (status, answer) = platform.call("root", "GET ind", &settings, taro, None).await;
    assert_eq!(status, 200, "{answer}");
    let consents: Value = serde_json::from_str(&answer).unwrap();
    let id = &consents[0]["id"];

    let (status, answer) = platform.call("root", "GET ind", &settings, hanako, None).await;
    assert!(status != 200 || answer == "[]", "another one's consents: {status} {answer}");
    let delete = format!("/book-manage/settings/store/{id}");
    let code = json!({"identifyCode": platform.known("resident1_app1_code"), "path": platform.known("resident1_app1_path")});
    let operator = platform.known("resident1_operator");
    for (call, target, body) in [
        ("DELETE ind", delete.as_str(), None),
        ("POST ind", "/identity-verificate/collate", Some(code.clone())),
        ("POST ind", "/book-manage/cooperate", Some(code)),
    ] {
        let (status, answer) = platform.call("root", call, target, hanako, body).await;
        assert!((400..500).contains(&status), "{call} {target}: {status} {answer}");
    }
    for path in [
        format!("/operator/operator/user/info?pxrId={}", platform.known("resident1_login")),
        format!("/operator/operator/{operator}"),
        format!("/operator/operator?type=0&loginId={}", platform.known("resident1_login")),
    ] {
        let request = hanako.on(crate::support::client().get(format!("{}{path}", platform.url("root"))));
        let (status, _, answer) = crate::support::send(request).await.unwrap();
        assert!((400..500).contains(&status), "{path}: {status} {answer}");
    }
    let (status, after) = platform.call("root", "GET ind", &settings, taro, None).await;
    assert_eq!(
        (status, serde_json::from_str::<Value>(&after).unwrap()),
        (200, consents),
        "nothing was changed"
    );
}

async fn an_application_reaches_only_its_own_users(platform: &Platform) {
    let app2 = platform.login_as(2, "app2", "app2_app").await;
    let activity = json!([{"_value": platform.variables.get("event.activity"), "_ver": 1}]);
    for user in ["resident1_app1_user", "resident2_app1_user", "resident1_app3_user"] {
        let body = json!({"userId": platform.known(user), "event": activity});
        let (status, answer) =
            platform.call("app2", "POST own", "/book-operate/share", &app2, Some(body)).await;
        assert!((400..500).contains(&status), "{user}: {status} {answer}");
    }
    let nobody = json!({"userId": [platform.known("resident1_app1_user")], "establishAt": {"start": null, "end": null}});
    let (status, answer) =
        platform.call("app2", "POST own", "/book-operate/user/list", &app2, Some(nobody)).await;
    assert!(!answer.contains("app1_exercise"), "another application's user: {status} {answer}");
}

async fn a_withdrawn_share_ends_at_once(platform: &Platform, taro: &Cookies) {
    let app2 = platform.login_as(2, "app2", "app2_app").await;
    let user = platform.known("resident1_app2_user");
    let body =
        json!({"userId": user, "event": [{"_value": platform.variables.get("event.vital"), "_ver": 1}]});
    let share =
        async || platform.call("app2", "POST own", "/book-operate/share", &app2, Some(body.clone())).await;
    let (status, answer) = share().await;
    assert_eq!(status, 200, "{answer}");

    let target = format!("/book-manage/setting/share?app={}", platform.known("app.app2"));
    let (_, answer) = platform.call("root", "GET ind", &target, taro, None).await;
    let consents: Value = serde_json::from_str(&answer).unwrap();
    let withdraw = format!("/book-manage/setting/share/{}", consents[0]["id"]);
    let (status, answer) = platform.call("root", "DELETE ind", &withdraw, taro, None).await;
    assert_eq!(status, 200, "{answer}");

    let (status, answer) = share().await;
    assert!((400..500).contains(&status), "{status} {answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn residents_are_apart_on_sqlite() {
    holds(Place::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn residents_are_apart_on_postgres() {
    if let Some(place) = Place::on_postgres().await {
        holds(place).await;
    }
}
