//! Making an output when somebody leaves a region, or the platform (spec: book-manage 4.9.6).

use std::collections::HashSet;

use axum::{Json, extract::State};
use contract::{catalog::Item, data_output::OutputType};
use platform::{
    ApiError, Author, Call, Incoming, Input,
    fields::{any_text, boolean, code_version, number},
};
use serde_json::{Map, Value, json};
use vocabulary::{Code, CodeVersion, OperatorType, Session, random};

use crate::{
    Books, audit, body,
    consent::{is_true, regions_of},
    neighbours::{of_catalog, of_item},
    refusal::Refusal,
    store::{
        self, my_condition_book,
        outputs::{self, NewOutput, NewSource},
        user_id_cooperate, users,
    },
    who::{IndividualOrMember, pxr_id},
};

#[derive(Debug)]
pub(super) struct Wish {
    kind: OutputType,
    pxr_id: Option<String>,
    actor: Option<CodeVersion>,
    region: Option<CodeVersion>,
    releases: bool,
    raw: Map<String, Value>,
}

impl Input for Wish {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let kind = fields.required("type", |value| {
            OutputType::try_from(number(value)?)
                .ok()
                .filter(|kind| *kind != OutputType::Disclosure)
                .ok_or_else(|| "指定できない値です".into())
        });
        let pxr_id = fields.optional("pxrId", any_text);
        let actor = fields.optional("actor", code_version);
        let region = fields.optional("region", code_version);
        let releases = fields.optional("cooperationRelease", boolean);
        if kind.is_some_and(|kind| !kind.closes_the_book()) {
            for name in ["actor", "region"] {
                if fields.raw(name).is_none() {
                    fields.refuse(name, platform::fields::REQUIRED);
                }
            }
        }
        if fields.raw("region").is_some() && fields.raw("cooperationRelease").is_none() {
            fields.refuse("cooperationRelease", platform::fields::REQUIRED);
        }
        let mut raw = incoming.body().as_object().cloned().unwrap_or_default();
        fields.build(|| {
            let kind = kind?;
            convert(&mut raw, kind, [("actor", actor), ("region", region)], releases);
            Some(Self { kind, pxr_id, actor, region, releases: releases.unwrap_or(false), raw })
        })
    }
}

/// Numbers and flags that came as texts are answered as what they are.
fn convert(
    raw: &mut Map<String, Value>,
    kind: OutputType,
    codes: [(&str, Option<CodeVersion>); 2],
    releases: Option<bool>,
) {
    raw.insert("type".to_owned(), json!(kind));
    for (name, code) in codes {
        if let Some(code) = code {
            raw.insert(name.to_owned(), json!(code));
        }
    }
    if let Some(releases) = releases {
        raw.insert("cooperationRelease".to_owned(), json!(releases));
    }
}

/// Makes an output with the applications to collect from. Asking again for the same ending gives the same output.
/// **Residents about themselves, members about anybody.**
pub(super) async fn prepare(
    State(service): State<Books>,
    call: Call<IndividualOrMember, Wish>,
) -> Result<Json<Value>, ApiError> {
    let (session, wish) = (&call.who.0, call.input);
    let pxr_id = concerned(session, &wish)?;
    let known = store::book(service.ground.store.read(), pxr_id).await?.ok_or(Refusal::NoBook)?;
    let plan = Plan::make(&service, session, &wish, &known).await?;

    let author = Author::new(&service.ground, session);
    let tx = service.ground.store.write().await?;
    let book = store::locked_book(&tx, pxr_id).await?.ok_or(Refusal::NoBook)?;
    let links = links(&tx, book.id).await?;
    let new = NewOutput {
        book: book.id,
        code: random::uuid().to_string(),
        kind: wish.kind.into(),
        actor: wish.actor,
        region: wish.region,
        release: i16::from(!wish.releases),
        sources: links.iter().filter(|link| plan.concerns(link)).map(|link| plan.source(link)).collect(),
    };
    let code = match outputs::known(&tx, &new).await? {
        Some(output) => output.code.unwrap_or_default(),
        None => {
            let (code, is_empty) = (new.code.clone(), new.sources.is_empty());
            let id = outputs::insert(&tx, &author, new).await?;
            if wish.kind.closes_the_book() {
                outputs::end_book(&tx, &author, book.id, is_empty.then_some(id)).await?;
            }
            code
        }
    };
    tx.commit().await?;
    audit::decided("prepared a data output", session, pxr_id, wish.kind.into());
    let mut answer = wish.raw;
    answer.insert("code".to_owned(), json!(code));
    Ok(Json(Value::Object(answer)))
}

/// Whose ending it is.
fn concerned<'a>(session: &'a Session, wish: &'a Wish) -> Result<&'a str, Refusal> {
    if session.operator_type == OperatorType::Individual {
        let is_own = matches!(wish.kind, OutputType::AutomaticRegionEnd | OutputType::BookClose);
        if !is_own || wish.pxr_id.is_some() {
            return Err(Refusal::Input("個人が指定できない内容です"));
        }
        return pxr_id(session).ok_or(Refusal::NoBook);
    }
    wish.pxr_id.as_deref().filter(|pxr_id| !pxr_id.is_empty()).ok_or(Refusal::NoPxrId)
}

/// The confirmed links of a book, to regions and to applications.
async fn links(
    connection: &impl sea_orm::ConnectionTrait,
    book: i64,
) -> Result<Vec<user_id_cooperate::Model>, ApiError> {
    use sea_orm::{ColumnTrait, QueryFilter};

    let links = store::links()
        .filter(user_id_cooperate::Column::BookId.eq(book))
        .filter(user_id_cooperate::Column::Status.eq(users::LINKED));
    Ok(links.all(connection).await?)
}

/// Which links an ending concerns, and what becomes of their data.
struct Plan {
    /// The applications that serve the resident in the ending region only; every link when the book is closed.
    only: Option<HashSet<i64>>,
    returns: bool,
    deletes: bool,
}

impl Plan {
    async fn make(
        service: &Books,
        session: &Session,
        wish: &Wish,
        book: &my_condition_book::Model,
    ) -> Result<Self, ApiError> {
        let ext_name = service.catalog.ext_name(session).await.map_err(of_catalog)?;
        let (terms, only) = match wish.region.filter(|_| !wish.kind.closes_the_book()) {
            Some(region) => {
                let item = service.catalog.item(session, region.value).await.map_err(of_item)?;
                let terms = item.code("terms-of-use").ok_or(Refusal::NoSetting)?;
                let terms = service.catalog.item(session, terms.value).await.map_err(of_item)?;
                if item.get("wf-alliance").and_then(Value::as_array).is_some_and(|all| !all.is_empty()) {
                    return Err(Refusal::Workflow.into());
                }
                let links = links(service.ground.store.read(), book.id).await?;
                (Some(terms), Some(leaving(service, session, &item, region.value, &links).await?))
            }
            None => {
                let ns = format!("catalog/ext/{ext_name}/terms-of-use/platform");
                let terms = service.catalog.in_namespace(session, &ns).await.map_err(of_item)?;
                (terms.into_iter().next(), None)
            }
        };
        let says = |flag: &str| {
            let flag = terms.as_ref().and_then(|terms| terms.get(flag));
            flag.is_some_and(is_true)
        };
        Ok(Self { only, returns: says("returning-data-flag"), deletes: says("deleting-data-flag") })
    }

    fn concerns(&self, link: &user_id_cooperate::Model) -> bool {
        match &self.only {
            Some(apps) => link.app_catalog_code.is_some_and(|app| apps.contains(&app)),
            None => true,
        }
    }

    fn source(&self, link: &user_id_cooperate::Model) -> NewSource {
        NewSource {
            actor: CodeVersion::new(link.actor_catalog_code, link.actor_catalog_version),
            app: store::agreements::code(link.app_catalog_code, link.app_catalog_version),
            returns: self.returns,
            deletes: self.deletes,
        }
    }
}

/// The applications of a region that the resident uses in no other region.
async fn leaving(
    service: &Books,
    session: &Session,
    region_item: &Item,
    region: Code,
    links: &[user_id_cooperate::Model],
) -> Result<HashSet<i64>, ApiError> {
    let apps: Vec<_> = region_item.codes("app-alliance").into_iter().map(|app| app.value).collect();
    if apps.is_empty() {
        return Ok(HashSet::new());
    }
    let items = service.catalog.items(session, &apps).await.map_err(of_catalog)?;
    let stays =
        |other: Code| other != region && links.iter().any(|link| link.region_catalog_code == Some(other.0));
    let leaving = items.iter().filter(|item| {
        let regions = regions_of(item);
        !regions.is_empty() && !regions.into_iter().any(stays)
    });
    Ok(leaving.map(|item| item.head.code.value.0).collect())
}
