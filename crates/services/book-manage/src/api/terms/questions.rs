//! What a resident was asked to agree to, and has not answered (spec: book-manage 4.7.11, 4.7.12).

use std::collections::{HashMap, hash_map::Entry};

use axum::{Json, extract::State};
use contract::catalog::Item;
use platform::{AnyOperator, ApiError, Call};
use serde::Serialize;
use serde_json::Value;
use vocabulary::{Code, CodeVersion, Session, Version};

use crate::{
    Books,
    neighbours::{of_catalog, of_item},
    refusal::Refusal,
    regions::Regions,
    store::terms::{Open, unanswered, unanswered_definitions},
    terms::TermsType,
    who::pxr_id,
};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Questions {
    terms_of_use: TermsOfUse,
    store: Option<Vec<Definition>>,
    share: Option<Vec<Definition>>,
}

#[derive(Debug, Serialize)]
struct TermsOfUse {
    platform: Option<PlatformTerms>,
    region: Option<Vec<RegionTerms>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PlatformTerms {
    #[serde(rename = "_code")]
    code: CodeVersion,
    expire_at: Value,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RegionTerms {
    actor: CodeVersion,
    region: CodeVersion,
    #[serde(rename = "_code")]
    code: CodeVersion,
    expire_at: Value,
}

/// A definition of an application that changed.
#[derive(Debug, Serialize)]
struct Definition {
    actor: CodeVersion,
    app: CodeVersion,
    #[serde(rename = "_code")]
    code: CodeVersion,
}

/// What the caller was asked to agree to. **Anybody with a book: for it.**
pub(super) async fn list(
    State(service): State<Books>,
    call: Call<AnyOperator>,
) -> Result<Json<Questions>, ApiError> {
    let session = &call.who.0;
    let connection = service.ground.store.read();
    let pxr_id = pxr_id(session).ok_or(Refusal::NoPxrId)?;
    let platform = unanswered(connection, pxr_id, TermsType::Platform).await?;
    let region = unanswered(connection, pxr_id, TermsType::Region).await?;
    let definitions = unanswered_definitions(connection, pxr_id).await?;
    let items = Items::read(&service, session, [&platform[..], &region]).await?;
    let terms_of_use = TermsOfUse {
        platform: platform
            .iter()
            .rev()
            .find_map(|open| items.get(open))
            .map(|item| PlatformTerms { code: item.head.code, expire_at: expire_at(item) }),
        region: some(of_regions(&service, session, &items, &region).await?),
    };
    let items = Items::read(&service, session, [&definitions[..], &[]]).await?;
    let (store, share) = of_applications(&service, session, &items, &definitions).await?;
    Ok(Json(Questions { terms_of_use, store: some(store), share: some(share) }))
}

fn expire_at(terms: &Item) -> Value {
    terms.get("period-of-re-consent").cloned().unwrap_or_default()
}

/// An empty list is null.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    Some(list).filter(|list| !list.is_empty())
}

/// The items that questions are about, read at once.
struct Items(HashMap<CodeVersion, Item>);

impl Items {
    async fn read(service: &Books, session: &Session, open: [&[Open]; 2]) -> Result<Self, ApiError> {
        let codes: Vec<_> = open.into_iter().flatten().filter_map(code).collect();
        if codes.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let items = service.catalog.items_at(session, &codes).await.map_err(of_catalog)?;
        Ok(Self(items.into_iter().map(|item| (item.head.code, item)).collect()))
    }

    fn get(&self, open: &Open) -> Option<&Item> {
        self.0.get(&code(open)?)
    }
}

fn code(open: &Open) -> Option<CodeVersion> {
    Some(CodeVersion { value: Code(open.value), ver: Version(open.ver?) })
}

async fn of_regions(
    service: &Books,
    session: &Session,
    items: &Items,
    open: &[Open],
) -> Result<Vec<RegionTerms>, ApiError> {
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let mut regions = Regions::new(service, session).await?;
    let mut found = Vec::new();
    for item in open.iter().filter_map(|open| items.get(open)) {
        let actor = Regions::actor_of(item)?;
        let is_for = |region: &&Item| region.code("terms-of-use") == Some(item.head.code);
        let region = regions.of(actor).await?.iter().find(is_for).map(|region| region.head.code);
        if let Some(region) = region {
            let (code, expire_at) = (item.head.code, expire_at(item));
            found.push(RegionTerms { actor: regions.actor(actor).await?, region, code, expire_at });
        }
    }
    Ok(found)
}

/// Definitions to store and to share, each with the application that offers it.
async fn of_applications(
    service: &Books,
    session: &Session,
    items: &Items,
    open: &[Open],
) -> Result<(Vec<Definition>, Vec<Definition>), ApiError> {
    let (mut store, mut share) = (Vec::new(), Vec::new());
    if open.is_empty() {
        return Ok((store, share));
    }
    let mut actors = Regions::new(service, session).await?;
    let mut applications: HashMap<Code, Vec<Item>> = HashMap::new();
    for item in open.iter().filter_map(|open| items.get(open)) {
        let Some((actor, kind)) = owner(&item.head.ns) else { continue };
        if let Entry::Vacant(place) = applications.entry(actor) {
            let ns = format!("catalog/ext/{}/actor/app/actor_{actor}/application", actors.ext_name());
            place.insert(service.catalog.in_namespace(session, &ns).await.map_err(of_item)?);
        }
        let offers = |application: &&Item| {
            application.codes(kind).iter().any(|offered| offered.value == item.head.code.value)
        };
        let of_actor = applications.get(&actor).map_or(&[][..], Vec::as_slice);
        let Some(app) = of_actor.iter().find(offers).map(|application| application.head.code) else {
            continue;
        };
        let definition = Definition { actor: actors.actor(actor).await?, app, code: item.head.code };
        if kind == "store" { store.push(definition) } else { share.push(definition) }
    }
    Ok((store, share))
}

/// The actor of a definition, and what it is for: `…/app/actor_{code}/…/store` or `…/share`.
fn owner(ns: &str) -> Option<(Code, &'static str)> {
    let segments: Vec<_> = ns.split('/').collect();
    let kind = ["store", "share"].into_iter().find(|kind| segments.last() == Some(kind))?;
    let position = segments.windows(2).position(|pair| pair[0] == "app" && pair[1].starts_with("actor_"))?;
    let code = segments.get(position + 1)?.strip_prefix("actor_")?.parse().ok()?;
    Some((Code(code), kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_segments_of_a_namespace_say_whose_a_definition_is() {
        let owned = owner("catalog/ext/my_app/actor/app/actor_1000437/store");
        assert_eq!(owned, Some((Code(1000437), "store")));
        assert_eq!(owner("catalog/ext/app/actor/app/actor_7/share"), Some((Code(7), "share")));
        assert_eq!(owner("catalog/ext/app/actor/wf/actor_7/share"), None);
        assert_eq!(owner("catalog/ext/x/actor/app/actor_7/storage"), None);
    }
}
