//! Operators, and what they are told.

use serde_json::{Value, json};
use vocabulary::{ServiceName, Session};

use super::{Cast, Good, code};

fn hash(sign: char) -> String {
    sign.to_string().repeat(64)
}

pub(super) fn routes(cast: &Cast<'_>) -> Vec<Good> {
    operators(cast).into_iter().chain(profiles(cast)).chain(notices(cast)).collect()
}

fn operator(by: &Session, call: &str, body: Value) -> Good {
    Good::new(ServiceName::Operator, by, call, body)
}

fn operators(cast: &Cast<'_>) -> Vec<Good> {
    let call = |call: &str, body: Value| operator(&cast.root, call, body);
    let auth = json!({"member": {"add": true, "update": true, "delete": true}});
    let resident = json!({
        "type": 0, "loginId": "spoilt-r", "hpassword": hash('a'), "pxrId": "pxr-spoilt", "mobilePhone": "09011112222",
        "attributes": {"initialPasswordExpire": "2099-02-01T00:00:00.000+0900", "smsAuth": true},
        "userInfo": null, "regionCatalogCode": null});
    let user = json!({"type": 0, "loginId": "spoilt-u", "userId": "spoilt-u", "loginProhibitedFlg": true,
                      "appCatalogCode": cast.number("app.app1"), "regionCatalogCode": null});
    let application = json!({"type": 2, "loginId": "spoilt-app", "hpassword": hash('a'), "name": "a",
                             "roles": [code(cast.number("app.app1"), 1)]});
    let id = cast.number("resident1_operator");
    let login = |kind: i64| json!({"type": kind, "loginId": "nobody", "hpassword": hash('a')});
    let onetime = |kind: i64| json!({"type": kind, "loginId": "nobody", "loginCode": "123456"});
    vec![
        call(
            "POST /operator",
            json!({"type": 3, "loginId": "spoilt-m", "hpassword": hash('a'), "name": "M", "auth": auth}),
        ),
        call("POST /operator", resident),
        call("POST /operator", user),
        call("POST /operator", application),
        call("GET /operator?type=3", Value::Null).reading(&[
            "type",
            "loginId",
            "pxrId",
            "userId",
            "appCode",
            "regionCode",
        ]),
        call("POST /operator/list", json!({"operatorId": [id]})),
        call("POST /operator/list", json!({"pxrId": [cast.platform.known("resident1_login")]})),
        call("POST /operator/login", login(3)).anonymous().refused(),
        call("POST /operator/ind/login", login(0)).anonymous().refused(),
        call("POST /operator/login/sso", json!({"access-token": "t"})).anonymous().refused(),
        call("POST /operator/ind/login/sso", json!({"authorizationCode": "c"})).anonymous().refused(),
        call("POST /operator/login/onetime", onetime(3)).anonymous().refused(),
        call("POST /operator/ind/login/onetime", onetime(0)).anonymous().refused(),
        call("POST /operator/session", json!({"sessionId": "nobody's", "extendFlg": true}))
            .anonymous()
            .refused(),
        call("POST /operator/ind/session", json!({"sessionId": "nobody's", "extendFlg": true}))
            .anonymous()
            .refused(),
        call("PUT /operator/cancelDelete/1?register=root01", json!({})).reading(&["register"]),
        operator(&cast.resident, &format!("PUT /operator/{id}"), json!({"attributes": {"smsAuth": false}})),
        call(
            "PUT /operator/1",
            json!({"name": "m", "auth": {"member": {"add": true, "update": true, "delete": true}}}),
        ),
        call(&format!("PUT /operator/password/{id}"), json!({"newHpassword": hash('b')})),
        operator(
            &cast.resident,
            "POST /operator/identifyCode",
            json!({"identifyCode": "c", "expirationAt": "2099-01-01T00:00:00.000+0900"}),
        ),
        operator(
            &cast.resident,
            "POST /operator/ind/identifyCode",
            json!({"identifyCode": "c", "expirationAt": "2099-01-01T00:00:00.000+0900"}),
        ),
    ]
}

fn profiles(cast: &Cast<'_>) -> Vec<Good> {
    let call = |call: &str, body: Value| operator(&cast.root, call, body);
    let pxr_id = cast.platform.known("resident1_login");
    let item = json!({"title": "t", "type": code(cast.number("address_code"), 1), "content": "c", "changable-flag": true});
    let info = json!({"_code": code(cast.number("user_information_code"), 1), "item-group": [{"title": "g", "item": [item]}]});
    let condition = json!({"type": code(cast.number("address_code"), 1), "target": null, "min": 1, "max": 2});
    vec![
        call("POST /operator/user/info", json!({"pxrId": pxr_id, "userInfo": info})),
        call(&format!("GET /operator/user/info?pxrId={pxr_id}"), Value::Null).reading(&[
            "pxrId",
            "userId",
            "appCode",
            "regionCode",
        ]),
        call("POST /operator/user/info/list", json!({"pxrId": [pxr_id]})),
        call("POST /operator/user/info/search", json!([{"condition": [condition], "min": 0, "max": 5}])),
        call(&format!("DELETE /operator/user/info?pxrId={pxr_id}"), Value::Null),
        operator(&cast.resident, "PUT /operator/ind/user/info", info.clone()).refused(),
        operator(&cast.resident, "POST /operator/ind/sms-verificate", json!({"userInformation": info}))
            .refused(),
        operator(
            &cast.resident,
            "POST /operator/ind/sms-verificate/verifiy",
            json!({"smsVerificationCode": "123456"}),
        )
        .refused(),
    ]
}

const LIST: &str = "GET /notification?is_send=false&is_unread=false&is_approval=false&num=0&type=0";

fn notices(cast: &Cast<'_>) -> Vec<Good> {
    let call = |by: &Session, call: &str, body: Value| Good::new(ServiceName::Notification, by, call, body);
    let to = |block: &str, kind: i64, destination: Value| {
        let mut notice = json!({
            "type": 0, "title": "題", "content": "文", "attribute": {"a": 1}, "category": {"_value": 196, "_ver": null},
            "from": {"applicationCode": cast.number("app.app1"), "workflowCode": null},
            "destination": {"blockCode": cast.platform.code(block), "operatorType": kind, "isSendAll": false}});
        for (key, value) in destination.as_object().into_iter().flatten() {
            notice["destination"][key] = value.clone();
        }
        notice
    };
    let mut request = to("root", 3, json!({"isSendAll": true}));
    request["type"] = json!(1);
    request["approval"] = json!({"noticeBlockCode": cast.platform.code("root"), "noticeUrl": "/catalog-update/join/approval/abcd1234"});
    let by_pxr_id = json!({"pxrId": [cast.platform.known("resident1_login")]});
    let by_user = json!({"userId": [cast.platform.known("resident1_app1_user")]});
    vec![
        call(&cast.root, "POST /notification", to("root", 0, by_pxr_id)),
        call(&cast.root, "POST /notification", to("root", 0, by_user)),
        call(&cast.root, "POST /notification", to("root", 3, json!({"operatorId": [1]}))),
        call(&cast.root, "POST /notification", to("app1", 3, json!({"operatorId": [1]}))),
        call(&cast.root, "POST /notification", request.clone()),
        call(&cast.app1, "POST /notification/transfer", request),
        call(&cast.root, LIST, Value::Null).reading(&[
            "is_send",
            "is_unread",
            "is_approval",
            "num",
            "type",
            "from",
            "to",
            "category",
        ]),
        call(&cast.root, "PUT /notification", json!({"id": 999_999})).refused(),
        call(&cast.root, "PUT /notification/approval", json!({"id": 999_999, "status": 1, "comment": "c"}))
            .refused(),
    ]
}
