//! New versions of terms of use, and who is told of them (spec: book-manage 4.7.1 to 4.7.10).

use axum::{Json, extract::State};
use platform::{
    ApiError, Author, Call, Incoming, Input, Member,
    fields::{short_text, strict_number},
    new_row,
};
use sea_orm::ActiveModelTrait;
use serde::Serialize;
use vocabulary::Span;

use crate::{
    Books,
    api::{Done, paging::Page},
    body,
    refusal::Refusal,
    store::{self, terms_of_use_notification},
    terms::TermsType,
};

#[derive(Debug)]
pub(super) struct NewVersion {
    code: i64,
    version: i64,
}

impl Input for NewVersion {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let code = fields.required("code", strict_number);
        let version = fields.required("version", strict_number);
        fields.build(|| Some(Self { code: code?, version: version? }))
    }
}

/// Notes that terms have a new version. **Members**: whoever had them changed, in the root or in a region.
pub(super) async fn announce<const KIND: i64>(
    State(service): State<Books>,
    call: Call<Member, NewVersion>,
) -> Result<Json<Done>, ApiError> {
    let author = Author::new(&service.ground, &call.who.0);
    let row = new_row!(
        author,
        terms_of_use_notification {
            terms_type: KIND,
            value: call.input.code,
            ver: Some(call.input.version),
            status: 0,
        }
    );
    row.insert(service.ground.store.read()).await?;
    Ok(Json(Done::SUCCESS))
}

/// Finds out who must agree to what was noted since the last time. **Members of the root.**
pub(super) async fn distribute<const KIND: i64>(
    State(service): State<Books>,
    call: Call<Member>,
) -> Result<Json<Done>, ApiError> {
    service.of_root(&call.who.0)?;
    let author = Author::new(&service.ground, &call.who.0);
    let tx = service.ground.store.write().await?;
    store::terms::distribute(&tx, &author, TermsType::of(KIND)).await?;
    tx.commit().await?;
    Ok(Json(Done::SUCCESS))
}

/// A resident who is to be told of new terms.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Concerned {
    pxr_id: String,
    term_of_use: Vec<Terms>,
}

#[derive(Debug, Serialize)]
struct Terms {
    #[serde(rename = "_value")]
    value: i64,
    #[serde(rename = "_ver")]
    ver: Option<i64>,
}

/// Lists who is to be told now. **Members of the root.**
pub(super) async fn due<const KIND: i64>(
    State(service): State<Books>,
    call: Call<Member, Page>,
) -> Result<Json<Vec<Concerned>>, ApiError> {
    let session = &call.who.0;
    service.of_root(session)?;
    let kind = TermsType::of(KIND);
    let setting = service.global_setting(session).await?;
    let interval = setting.get(kind.interval_setting()).and_then(Span::read).ok_or(Refusal::NoSetting)?;
    let ground = &service.ground;
    let since = interval.before(ground.clock.now()).ok_or(Refusal::NoSetting)?;
    let page = (call.input.offset, call.input.limit);
    let mut concerned: Vec<Concerned> = Vec::new();
    for open in store::terms::due(ground.store.read(), kind, ground.store.column(since), page).await? {
        let terms = Terms { value: open.value, ver: open.ver };
        match concerned.iter_mut().find(|known| known.pxr_id == open.pxr_id) {
            Some(known) => known.term_of_use.push(terms),
            None => concerned.push(Concerned { pxr_id: open.pxr_id, term_of_use: vec![terms] }),
        }
    }
    Ok(Json(concerned))
}

#[derive(Debug)]
pub(super) struct Told(String);

impl Input for Told {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = incoming.fields();
        let pxr_id = fields.required("pxrId", short_text);
        fields.build(|| pxr_id.map(Self))
    }
}

/// Notes that a resident was told. **Members of the root.**
pub(super) async fn sent<const KIND: i64>(
    State(service): State<Books>,
    call: Call<Member, Told>,
) -> Result<Json<Done>, ApiError> {
    service.of_root(&call.who.0)?;
    let author = Author::new(&service.ground, &call.who.0);
    let tx = service.ground.store.write().await?;
    store::terms::sent(&tx, &author, TermsType::of(KIND), &call.input.0).await?;
    tx.commit().await?;
    Ok(Json(Done::SUCCESS))
}
