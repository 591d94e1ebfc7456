//! A resident's own book (spec: book-manage 4.2.1).

use std::collections::HashMap;

use axum::{Json, extract::State};
use platform::{ApiError, Call, Individual};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use serde_json::Value;
use vocabulary::{Code, CodeVersion, Session};

use crate::{
    Books,
    neighbours::of_catalog,
    refusal::Refusal,
    regions::Regions,
    store::{self, identification, json_of, tou_consent, user_id_cooperate},
    terms::TermsType,
    who::pxr_id,
};

/// The book as its owner sees it; while something must be done about it first, only its status.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Shown {
    Stopped { status: i16 },
    Whole(Box<Whole>),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Whole {
    status: i16,
    identification: Vec<Value>,
    cooperation: Vec<Link>,
    terms_of_use: TermsOfUse,
    appendix: Value,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    actor: CodeVersion,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<CodeVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<CodeVersion>,
    user_id: Option<String>,
    status: i16,
}

#[derive(Debug, Serialize)]
struct TermsOfUse {
    platform: Platform,
    region: Vec<RegionTerms>,
}

/// A code, or nothing at all.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Platform {
    Agreed(CodeVersion),
    None {},
}

#[derive(Debug, Serialize)]
struct RegionTerms {
    actor: CodeVersion,
    region: CodeVersion,
    #[serde(rename = "_code")]
    code: CodeVersion,
}

/// The caller's own book. **Residents.**
pub(super) async fn read(
    State(service): State<Books>,
    call: Call<Individual>,
) -> Result<Json<Shown>, ApiError> {
    let session = &call.who.0;
    let connection = service.ground.store.read();
    let pxr_id = pxr_id(session).ok_or(Refusal::NoOwnBook)?;
    let book = store::book(connection, pxr_id).await?.ok_or(Refusal::NoOwnBook)?;
    if book.status != 0 {
        return Ok(Json(Shown::Stopped { status: book.status }));
    }
    let consents = consents(connection, book.id).await?;
    Ok(Json(Shown::Whole(Box::new(Whole {
        status: book.status,
        identification: documents(connection, book.id).await?,
        cooperation: links(connection, book.id).await?,
        terms_of_use: TermsOfUse {
            platform: platform_terms(&consents).map_or(Platform::None {}, Platform::Agreed),
            region: region_terms(&service, session, &consents).await?,
        },
        appendix: json_of(book.appendix.as_deref()),
    }))))
}

/// The identity documents of a book.
pub(super) async fn documents(connection: &impl ConnectionTrait, book: i64) -> Result<Vec<Value>, ApiError> {
    let rows = identification::Entity::find()
        .filter(identification::Column::BookId.eq(book))
        .filter(identification::Column::IsDisabled.eq(false))
        .order_by_asc(identification::Column::Id)
        .all(connection)
        .await?;
    Ok(rows.iter().map(|row| json_of(Some(&row.template))).collect())
}

async fn links(connection: &impl ConnectionTrait, book: i64) -> Result<Vec<Link>, ApiError> {
    let rows = store::links().filter(user_id_cooperate::Column::BookId.eq(book)).all(connection).await?;
    let link = |row: user_id_cooperate::Model| Link {
        actor: row.actor(),
        region: row.region(),
        app: row.app(),
        status: row.status,
        user_id: row.user_id,
    };
    Ok(rows.into_iter().map(link).collect())
}

async fn consents(connection: &impl ConnectionTrait, book: i64) -> Result<Vec<tou_consent::Model>, ApiError> {
    let query = tou_consent::Entity::find()
        .filter(tou_consent::Column::BookId.eq(book))
        .filter(tou_consent::Column::IsDisabled.eq(false))
        .order_by_asc(tou_consent::Column::Id);
    Ok(query.all(connection).await?)
}

/// The highest versions that were agreed to, one for each code, in the order of the first agreement.
fn agreed(consents: &[tou_consent::Model], kind: TermsType) -> Vec<CodeVersion> {
    let mut agreed: Vec<CodeVersion> = Vec::new();
    for consent in consents.iter().filter(|consent| consent.terms_type == kind.number()) {
        let code = CodeVersion::new(consent.terms_of_use_code, consent.terms_of_use_version);
        match agreed.iter_mut().find(|earlier| earlier.value == code.value) {
            Some(earlier) => earlier.ver = earlier.ver.max(code.ver),
            None => agreed.push(code),
        }
    }
    agreed
}

fn platform_terms(consents: &[tou_consent::Model]) -> Option<CodeVersion> {
    agreed(consents, TermsType::Platform).into_iter().next()
}

/// The regions' terms with the regions they are for. Terms of no region of today are left out.
async fn region_terms(
    service: &Books,
    session: &Session,
    consents: &[tou_consent::Model],
) -> Result<Vec<RegionTerms>, ApiError> {
    let agreed = agreed(consents, TermsType::Region);
    if agreed.is_empty() {
        return Ok(Vec::new());
    }
    let codes: Vec<Code> = agreed.iter().map(|code| code.value).collect();
    let mut regions = Regions::new(service, session).await?;
    let items = service.catalog.items(session, &codes).await.map_err(of_catalog)?;
    let items: HashMap<Code, _> = items.into_iter().map(|item| (item.head.code.value, item)).collect();
    let mut shown = Vec::new();
    for code in agreed {
        let Some(item) = items.get(&code.value) else { continue };
        let actor = Regions::actor_of(item)?;
        let found = regions.of(actor).await?;
        let region = found
            .iter()
            .find(|region| region.code("terms-of-use").is_some_and(|terms| terms.value == code.value));
        if let Some(region) = region.map(|region| region.head.code) {
            shown.push(RegionTerms { actor: regions.actor(actor).await?, region, code });
        }
    }
    Ok(shown)
}
