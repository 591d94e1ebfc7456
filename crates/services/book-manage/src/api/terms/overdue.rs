//! Who was told of new terms and did not agree in time (spec: book-manage 4.7.17, 4.7.18).

use std::collections::HashMap;

use axum::{Json, extract::State};
use contract::catalog::Item;
use platform::{ApiError, Call, Member};
use sea_orm::{ColumnTrait, QueryFilter};
use serde::Serialize;
use vocabulary::{Code, CodeVersion, Session, Version};

use crate::{
    Books,
    api::paging::Page,
    link::LinkStatus,
    neighbours::of_item,
    regions::Regions,
    store::{self, terms::Open, user_id_cooperate},
    terms::{TermsType, is_over},
};

/// A part of the targets, and where the next one begins.
#[derive(Debug, Serialize)]
pub(super) struct Targets<T> {
    offset: u64,
    targets: Option<Vec<T>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BookTarget {
    book_id: i64,
    pxr_id: String,
}

/// The residents whose books end, because they did not agree to the platform's terms. **Members of the root.**
pub(super) async fn of_platform(
    State(service): State<Books>,
    call: Call<Member, Page>,
) -> Result<Json<Targets<BookTarget>>, ApiError> {
    service.of_root(&call.who.0)?;
    let mut late = Late::new(&service, &call.who.0);
    let mut scan = Scan::new(TermsType::Platform, call.input);
    let mut targets = Vec::new();
    while let Some(open) = scan.next(&service, targets.len()).await? {
        if late.terms(&open).await?.is_some() {
            targets.push(BookTarget { book_id: open.book_id, pxr_id: open.pxr_id });
        }
    }
    Ok(Json(scan.answer(targets)))
}

#[derive(Debug, Serialize)]
pub(super) struct RegionTarget {
    #[serde(rename = "bookId")]
    book_id: i64,
    #[serde(rename = "pxrId")]
    pxr_id: String,
    cooperation_release: bool,
    actor: CodeVersion,
    region: CodeVersion,
    app: Vec<CodeVersion>,
}

/// The residents whose links to a region end, because they did not agree to its terms. **Members of the root.**
pub(super) async fn of_region(
    State(service): State<Books>,
    call: Call<Member, Page>,
) -> Result<Json<Targets<RegionTarget>>, ApiError> {
    let session = &call.who.0;
    service.of_root(session)?;
    let mut late = Late::new(&service, session);
    let mut regions = Regions::new(&service, session).await?;
    let mut scan = Scan::new(TermsType::Region, call.input);
    let mut targets = Vec::new();
    while let Some(open) = scan.next(&service, targets.len()).await? {
        let Some(terms) = late.terms(&open).await? else { continue };
        if let Some(target) = region_target(&service, &mut regions, &mut late, &terms, open).await? {
            targets.push(target);
        }
    }
    Ok(Json(scan.answer(targets)))
}

/// Goes through the rows page by page, until enough targets are found. Every row that was looked at counts.
struct Scan {
    kind: TermsType,
    offset: u64,
    limit: u64,
    rows: std::vec::IntoIter<Open>,
    ended: bool,
}

impl Scan {
    fn new(kind: TermsType, page: Page) -> Self {
        Self { kind, offset: page.offset, limit: page.limit, rows: Vec::new().into_iter(), ended: false }
    }

    async fn next(&mut self, service: &Books, found: usize) -> Result<Option<Open>, ApiError> {
        if found as u64 >= self.limit {
            return Ok(None);
        }
        if self.rows.len() == 0 && !self.ended {
            let page = (self.offset, self.limit);
            let rows = store::terms::reminded(service.ground.store.read(), self.kind, page).await?;
            self.ended = (rows.len() as u64) < self.limit;
            self.rows = rows.into_iter();
        }
        let row = self.rows.next();
        self.offset += u64::from(row.is_some());
        Ok(row)
    }

    fn answer<T>(self, targets: Vec<T>) -> Targets<T> {
        Targets { offset: self.offset, targets: Some(targets).filter(|targets| !targets.is_empty()) }
    }
}

/// Items of the catalog, each asked once, and what of their terms is over.
struct Late<'a> {
    service: &'a Books,
    session: &'a Session,
    items: HashMap<(Code, Option<Version>), Item>,
}

impl<'a> Late<'a> {
    fn new(service: &'a Books, session: &'a Session) -> Self {
        Self { service, session, items: HashMap::new() }
    }

    async fn item(&mut self, code: Code, version: Option<Version>) -> Result<&Item, ApiError> {
        if !self.items.contains_key(&(code, version)) {
            let catalog = &self.service.catalog;
            let item = match version {
                Some(version) => catalog.item_at(self.session, code, version).await,
                None => catalog.item(self.session, code).await,
            };
            self.items.insert((code, version), item.map_err(of_item)?);
        }
        self.items.get(&(code, version)).ok_or_else(|| ApiError::unexpected("an item that was just read"))
    }

    /// The terms in question, if the time to agree to them is over.
    async fn terms(&mut self, open: &Open) -> Result<Option<Item>, ApiError> {
        let (now, zone) = (self.service.ground.clock.now(), self.service.ground.zone);
        let terms = self.item(Code(open.value), open.ver.map(Version)).await?;
        Ok(is_over(terms, "period-of-re-consent", now, zone).then(|| terms.clone()))
    }

    /// Whether what terms grant a resident who did not agree is over, too.
    async fn is_released(&mut self, terms: CodeVersion) -> Result<bool, ApiError> {
        let (now, zone) = (self.service.ground.clock.now(), self.service.ground.zone);
        let terms = self.item(terms.value, Some(terms.ver)).await?;
        Ok(is_over(terms, "period-of-release", now, zone))
    }
}

/// The region whose terms they are, the link with it that ends, and the applications that end with it.
async fn region_target(
    service: &Books,
    regions: &mut Regions<'_>,
    late: &mut Late<'_>,
    terms: &Item,
    open: Open,
) -> Result<Option<RegionTarget>, ApiError> {
    let actor_code = Regions::actor_of(terms)?;
    let is_for = |region: &&Item| region.code("terms-of-use").is_some_and(|one| one.value.0 == open.value);
    let Some(region) = regions.of(actor_code).await?.iter().find(is_for).cloned() else { return Ok(None) };
    let actor = regions.actor(actor_code).await?;
    let links = store::links()
        .filter(user_id_cooperate::Column::BookId.eq(open.book_id))
        .all(service.ground.store.read())
        .await?;
    let Some(link) = links.iter().find(|link| {
        link.actor_catalog_code == actor_code.0 && link.region_catalog_code == Some(region.head.code.value.0)
    }) else {
        return Ok(None);
    };
    let lapsed = late.is_released(terms.head.code).await?;
    let mut release = lapsed && is_unavailable(link);
    let mut app = Vec::new();
    for alliance in region.codes("app-alliance") {
        let application = late.item(alliance.value, None).await?.clone();
        if is_used_elsewhere(regions, late, &links, &region, &application).await? {
            continue;
        }
        app.push(application.head.code);
        let code = application.head.code.value.0;
        release |=
            lapsed && links.iter().any(|link| link.app_catalog_code == Some(code) && is_unavailable(link));
    }
    Ok(Some(RegionTarget {
        book_id: open.book_id,
        pxr_id: open.pxr_id,
        cooperation_release: release,
        actor,
        region: region.head.code,
        app,
    }))
}

fn is_unavailable(link: &user_id_cooperate::Model) -> bool {
    link.status == LinkStatus::Unavailable.number()
}

/// Whether a resident still has an application through another of its regions.
async fn is_used_elsewhere(
    regions: &mut Regions<'_>,
    late: &mut Late<'_>,
    links: &[user_id_cooperate::Model],
    region: &Item,
    application: &Item,
) -> Result<bool, ApiError> {
    for other in application.codes("region-alliance") {
        if other.value == region.head.code.value {
            continue;
        }
        let Some(link) = links.iter().find(|link| link.region_catalog_code == Some(other.value.0)) else {
            continue;
        };
        if !is_unavailable(link) {
            return Ok(true);
        }
        let of_actor = regions.of(Code(link.actor_catalog_code)).await?;
        let terms = of_actor.iter().find(|one| one.head.code.value == other.value);
        let Some(terms) = terms.and_then(|region| region.code("terms-of-use")) else { continue };
        if !late.is_released(terms).await? {
            return Ok(true);
        }
    }
    Ok(false)
}
