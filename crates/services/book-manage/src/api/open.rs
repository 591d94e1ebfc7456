//! Opening a book (spec: book-manage 4.1.1).

use axum::{Json, extract::State};
use contract::{CallFailure, operator::NewResident};
use http::StatusCode;
use platform::{
    ApiError, Author, Call, Incoming, Input,
    fields::{Complaint, any, array, code_version, short_text, text},
    new_row,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Serialize;
use serde_json::Value;
use vocabulary::{CodeVersion, Session, stringify};

use crate::{
    Books,
    document::Document,
    first_password::FirstPassword,
    neighbours::{of_catalog, of_item, of_operator},
    opening::{Worth, is_identification, phone, unknown_kinds},
    refusal::Refusal,
    store::{self, identification, my_condition_book, tou_consent},
    terms::TermsType,
    who::Registrar,
};

/// Any number of its own: only one book is entered at a time, for PXR-IDs have no unique key.
const OPENING: i64 = 300501;

#[derive(Debug)]
pub(super) struct NewBook {
    pxr_id: Option<String>,
    login_id: Option<String>,
    user_id: Option<String>,
    /// Whether the person is known to the ID service already.
    known_to_id_service: bool,
    attributes: Value,
    appendix: Value,
    identification: Vec<Document>,
    profile: Document,
    terms: CodeVersion,
}

impl Input for NewBook {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = incoming.fields();
        let pxr_id = fields.optional("pxrId", short_text);
        let login_id = fields.optional("loginId", short_text);
        let user_id = fields.optional("userId", text);
        let flag = fields
            .optional("idServiceFlg", |flag| flag.as_bool().ok_or(Complaint::from("真偽値ではありません")));
        let attributes = fields.optional("attributes", any).unwrap_or_default();
        let appendix = fields.optional("appendix", any).unwrap_or_default();
        let identification = fields.required("identification", |documents| {
            let documents = array(Document::rule)(documents)?;
            if documents.is_empty() { Err("空にはできません".into()) } else { Ok(documents) }
        });
        let profile = fields.required("userInformation", Document::rule);
        let terms = fields.required("platform_terms_of_use", code_version);
        fields.build(|| {
            Some(Self {
                pxr_id,
                login_id,
                user_id,
                known_to_id_service: flag == Some(true),
                attributes,
                appendix,
                identification: identification?,
                profile: profile?,
                terms: terms?,
            })
        })
    }
}

/// The answer, its members in the order of the spec.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Opened {
    pxr_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    login_id: Option<String>,
    initial_password: FirstPassword,
    attributes: Value,
    appendix: Value,
    identify_code: Option<String>,
}

/// Opens a book, and lets its resident log in. **Members who may add members.**
///
/// First the operator and the profile, then the book, in one transaction: whatever is interrupted, there is never a
/// book nobody can log in to. An operator without a book, left by an attempt that was killed, is taken over by the
/// next attempt.
pub(super) async fn open(
    State(service): State<Books>,
    call: Call<Registrar, NewBook>,
) -> Result<Json<Opened>, ApiError> {
    let (session, new) = (call.who.0, call.input);
    let sms_auth = phone(&new.profile, service.settings.phone_number_code)?;
    if let Some(pxr_id) = &new.pxr_id {
        refuse_taken(service.ground.store.read(), pxr_id).await?;
    }
    check_documents(&service, &session, &new.identification).await?;
    let pxr_id = pxr_id(&service, &session, &new).await?;
    check_registrar(&service, &session, &new).await?;
    check_terms(&service, &session, new.terms).await?;

    let password = FirstPassword::new(&service.settings);
    admit(&service, &session, &pxr_id, &new, (&password, sms_auth)).await?;
    let author = Author::new(&service.ground, &session);
    let book = enter(&service, &pxr_id, &new, &author).await?;
    tracing::info!(target: "audit", what = "book opened", by = author.login_id, book);
    Ok(Json(Opened {
        pxr_id,
        login_id: new.login_id,
        initial_password: password,
        attributes: new.attributes,
        appendix: new.appendix,
        identify_code: None,
    }))
}

/// A PXR-ID is never used twice, closed books included.
pub(super) async fn is_taken(connection: &impl ConnectionTrait, pxr_id: &str) -> Result<bool, ApiError> {
    let used = my_condition_book::Entity::find().filter(my_condition_book::Column::PxrId.eq(pxr_id));
    Ok(used.count(connection).await? > 0)
}

async fn refuse_taken(connection: &impl ConnectionTrait, pxr_id: &str) -> Result<(), ApiError> {
    if is_taken(connection, pxr_id).await? { Err(Refusal::Registered.into()) } else { Ok(()) }
}

/// Documents that prove who it is, made of items that the catalog knows (steps 3 and 4).
async fn check_documents(service: &Books, session: &Session, documents: &[Document]) -> Result<(), ApiError> {
    let settings = service.catalog.in_namespace(session, &service.documents_ns()).await.map_err(of_item)?;
    let worth = Worth::of(settings.first().ok_or(Refusal::NoSetting)?);
    let mut codes: Vec<_> = documents.iter().map(|document| document.code).collect();
    codes.dedup();
    for code in &codes {
        let item = service.catalog.item_at(session, code.value, code.ver).await.map_err(of_item)?;
        if !is_identification(&item) {
            return Err(Refusal::NotADocument.into());
        }
    }
    if !worth.suffices(&codes) {
        return Err(Refusal::DocumentsInsufficient.into());
    }
    let built_in = "catalog/built_in/person/item-type";
    let mut known = service.catalog.in_namespace(session, built_in).await.map_err(of_item)?;
    if unknown_kinds(documents, &known).is_empty() {
        return Ok(());
    }
    let ns = format!("catalog/ext/{}/person/item-type", service.ext_segment());
    known.extend(service.catalog.in_namespace(session, &ns).await.map_err(of_item)?);
    if unknown_kinds(documents, &known).is_empty() { Ok(()) } else { Err(Refusal::ItemType.into()) }
}

/// The PXR-ID of the new book. Where an ID service is used, it would give one to a person it does not know yet; none is
/// connected.
async fn pxr_id(service: &Books, session: &Session, new: &NewBook) -> Result<String, ApiError> {
    let uses_id_service = service.global_setting(session).await?.get("use_id_connect") == Some(&true.into());
    if uses_id_service && !new.known_to_id_service {
        let refusal = if new.login_id.is_some() { Refusal::NoIdService } else { Refusal::LoginIdNeeded };
        return Err(refusal.into());
    }
    Ok(new.pxr_id.clone().ok_or(Refusal::PxrIdNeeded)?)
}

/// Data traders are no longer supported: their user ids cannot be linked (step 12).
async fn check_registrar(service: &Books, session: &Session, new: &NewBook) -> Result<(), ApiError> {
    if let (Some(_), Some(actor)) = (&new.user_id, session.actor) {
        let item = service.catalog.item(session, actor.value).await.map_err(of_item)?;
        if item.head.ns.contains("/data-trader") {
            return Err(Refusal::Workflow.into());
        }
    }
    Ok(())
}

/// The platform's terms of use in their newest version (step 10).
async fn check_terms(service: &Books, session: &Session, terms: CodeVersion) -> Result<(), ApiError> {
    let newest = service.catalog.item(session, terms.value).await.map_err(|failure| {
        tracing::warn!(%failure, "the terms of use cannot be read");
        Refusal::OldTerms
    })?;
    if newest.head.code.ver == terms.ver { Ok(()) } else { Err(Refusal::OldTerms.into()) }
}

/// Gives the resident an operator and a profile (step 11).
async fn admit(
    service: &Books,
    session: &Session,
    pxr_id: &str,
    new: &NewBook,
    (password, sms_auth): (&FirstPassword, bool),
) -> Result<(), ApiError> {
    let (hpassword, expire_at) = (password.hashed(&service.settings), service.password_expiry());
    let resident = NewResident::new(pxr_id, &hpassword, &expire_at, sms_auth);
    if let Err(failure) = service.operators.add_resident(session, &resident).await {
        take_over(service, session, pxr_id, &hpassword, failure).await?;
    }
    if let Err(failure) = service.operators.write_profile(session, pxr_id, &new.profile.json).await {
        dismiss(service, session, pxr_id).await;
        return Err(of_operator(failure));
    }
    Ok(())
}

/// An operator is there already, and no book: an earlier attempt was killed in between, or another one is on its way.
/// One on its way is given the time to come through; then its book is there.
async fn take_over(
    service: &Books,
    session: &Session,
    pxr_id: &str,
    hpassword: &str,
    failure: CallFailure,
) -> Result<(), ApiError> {
    if failure.status() != Some(StatusCode::BAD_REQUEST) {
        return Err(of_operator(failure));
    }
    let Ok(operator) = service.operators.resident(session, pxr_id).await else {
        return Err(of_operator(failure));
    };
    tokio::time::sleep(service.settings.take_over_after()).await;
    refuse_taken(service.ground.store.read(), pxr_id).await?;
    service.operators.reset_password(session, operator.operator_id, hpassword).await.map_err(of_operator)
}

/// Takes the operator away that an attempt made which failed. If that fails, too, the next attempt takes it over.
async fn dismiss(service: &Books, session: &Session, pxr_id: &str) {
    let removed = match service.operators.resident(session, pxr_id).await {
        Ok(operator) => service.operators.delete(session, operator.operator_id).await,
        Err(failure) => Err(failure),
    };
    if let Err(failure) = removed {
        tracing::warn!(%failure, "an operator without a book is left");
    }
}

/// Enters the book with its documents and the consent to the terms of use (steps 7 to 10).
async fn enter(service: &Books, pxr_id: &str, new: &NewBook, author: &Author) -> Result<i64, ApiError> {
    let tx = service.ground.store.write().await?;
    store::one_at_a_time(&tx, OPENING).await?;
    refuse_taken(&tx, pxr_id).await?;
    let book = new_row!(
        author,
        my_condition_book {
            pxr_id: pxr_id.to_owned(),
            status: 0,
            book_close_available: false,
            attributes: Some(stringify(&new.attributes)),
            appendix: Some(stringify(&new.appendix)),
            force_deletion_flag: false,
        }
    );
    let book = book.insert(&tx).await?.id;
    let documents = new.identification.iter().map(|document| {
        new_row!(
            author,
            identification {
                book_id: book,
                identification_code: document.code.value.0,
                identification_version: document.code.ver.0,
                template: document.text(),
                template_hash: document.hash(),
            }
        )
    });
    identification::Entity::insert_many(documents).exec_without_returning(&tx).await?;
    let consent = new_row!(
        author,
        tou_consent {
            book_id: book,
            terms_type: TermsType::Platform.number(),
            terms_of_use_code: new.terms.value.0,
            terms_of_use_version: new.terms.ver.0,
        }
    );
    consent.insert(&tx).await?;
    tx.commit().await?;
    Ok(book)
}

impl Books {
    /// The setting of the root's actor that lists the identity documents.
    fn documents_ns(&self) -> String {
        self.settings.documents_ns.clone().unwrap_or_else(|| {
            let actor = self.ground.block.actor.map_or(0, |actor| actor.value.0);
            format!("catalog/ext/{}/setting/actor/pxr-root/actor_{actor}", self.ground.block.ext_name)
        })
    }

    pub(crate) fn ext_segment(&self) -> &str {
        self.settings.ext_name.as_deref().unwrap_or(&self.ground.block.ext_name)
    }

    /// The settings of the whole platform.
    pub(crate) async fn global_setting(
        &self,
        session: &Session,
    ) -> Result<contract::catalog::Item, ApiError> {
        let ext_name = self.catalog.ext_name(session).await.map_err(of_catalog)?;
        let ns = format!("catalog/ext/{ext_name}/setting/global");
        let items = self.catalog.in_namespace(session, &ns).await.map_err(of_item)?;
        Ok(items.into_iter().next().ok_or(Refusal::NoSetting)?)
    }
}
