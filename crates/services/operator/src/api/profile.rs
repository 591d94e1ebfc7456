//! Profiles of residents (spec: operator 4.23, 4.24).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Author, Call, Fields, Incoming, Input, fields::short_text, update_rows,
};
use sea_orm::{ColumnTrait, QueryFilter};
use serde::Serialize;
use serde_json::Value;
use vocabulary::{OperatorType, Session};

use crate::{
    Operators,
    authority::Within,
    body::object,
    profile::Profile,
    refusal::Refusal,
    store::{self, operator, user_information},
    who::{MayDelete, MayUpdate},
};

/// Whose profile: a resident of the platform, or a user of an application or region.
#[derive(Clone, Debug)]
pub(super) struct Whose {
    pxr_id: Option<String>,
    user_id: Option<String>,
    within: Within,
}

impl Whose {
    fn read(fields: &Fields<'_>) -> Self {
        Self {
            pxr_id: fields.optional("pxrId", short_text),
            user_id: fields.optional("userId", short_text),
            within: Within::read(fields),
        }
    }

    /// Exactly one person.
    fn check(self) -> Result<Self, Refusal> {
        if self.pxr_id.is_some() == self.user_id.is_some() {
            return Err(Refusal::Input("PXR-IDまたは利用者IDのどちらか一方を指定してください"));
        }
        if self.user_id.is_some() && self.within.is_anywhere() {
            return Err(Refusal::CodeNeeded);
        }
        self.within.one_at_most()?;
        Ok(self)
    }
}

impl Input for Whose {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let whose = Self::read(&fields);
        fields.build(|| Some(whose))
    }
}

/// Exactly one person, which is checked before anybody asks who calls.
#[derive(Debug)]
pub(super) struct OnePerson(Whose);

impl Input for OnePerson {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        Ok(Self(<Whose as Input>::read(incoming)?.check()?))
    }
}

/// A member of an answer that names the person as the row does.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Person {
    PxrId(String),
    UserId(Option<String>),
}

impl From<Whose> for Person {
    fn from(whose: Whose) -> Self {
        whose.pxr_id.map_or(Self::UserId(whose.user_id), Self::PxrId)
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown {
    #[serde(flatten)]
    person: Person,
    user_info: Option<Value>,
}

/// Somebody's profile; residents see their own. **Any operator.**
pub(super) async fn read(
    State(service): State<Operators>,
    call: Call<AnyOperator, Whose>,
) -> Result<Json<Shown>, ApiError> {
    let session = &call.who.0;
    let whose = if session.operator_type == OperatorType::Individual {
        own(session, &call.input)?
    } else {
        call.input.check()?
    };
    let row = find(&service, session, &whose).await?.ok_or(ApiError::NoContent)?;
    Ok(Json(Shown::of(row)))
}

impl Shown {
    pub(super) fn of(row: operator::Model) -> Self {
        let user_info = row.profile();
        let person = match row.pxr_id {
            Some(pxr_id) => Person::PxrId(pxr_id),
            None => Person::UserId(row.user_id),
        };
        Self { person, user_info }
    }
}

/// The caller's own profile. **Residents.**
pub(super) async fn read_own(
    state: State<Operators>,
    call: Call<AnyOperator, Whose>,
) -> Result<Json<Shown>, ApiError> {
    if call.who.0.operator_type != OperatorType::Individual {
        call.input.check()?;
        return Err(Refusal::NotPermitted.into());
    }
    read(state, call).await
}

fn own(session: &Session, asked: &Whose) -> Result<Whose, ApiError> {
    if asked.pxr_id.is_some() || asked.user_id.is_some() {
        return Err(Refusal::Input("個人は自分の情報のみ取得できます").into());
    }
    let pxr_id = session.pxr_id.clone().filter(|pxr_id| !pxr_id.is_empty()).ok_or(ApiError::NoContent)?;
    Ok(Whose { pxr_id: Some(pxr_id), user_id: None, within: Within::default() })
}

async fn find(
    service: &Operators,
    session: &Session,
    whose: &Whose,
) -> Result<Option<operator::Model>, ApiError> {
    let mut query = store::live();
    if let Some(pxr_id) = &whose.pxr_id {
        query = query.filter(operator::Column::PxrId.eq(pxr_id));
    }
    if let Some(user_id) = &whose.user_id {
        query = query.filter(operator::Column::UserId.eq(user_id));
        if let Some(condition) = service.within(session, whose.within).await? {
            query = query.filter(condition);
        }
    }
    Ok(query.one(service.ground.store.read()).await?)
}

/// A profile to be written.
#[derive(Debug)]
pub(super) struct NewProfile {
    whose: Whose,
    profile: Profile,
}

impl Input for NewProfile {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        let whose = Whose::read(&fields);
        let profile = fields.required("userInfo", Profile::rule);
        let new = fields.build(|| Some(Self { whose, profile: profile? }))?;
        Ok(Self { whose: new.whose.check()?, ..new })
    }
}

/// Writes somebody's profile, whole. **Members who may update members.**
pub(super) async fn write(
    State(service): State<Operators>,
    call: Call<MayUpdate, NewProfile>,
) -> Result<Json<Person>, ApiError> {
    let NewProfile { whose, profile } = call.input;
    let session = &call.who.0;
    let row = find(&service, session, &whose).await?.ok_or(Refusal::NoSuchOperator)?;
    let phone = short_phone(profile.phone(service.settings.phone_number_code))?;
    service.check_profile(session, &profile).await?;
    let author = Author::new(&service.ground, session);
    let json = profile.json.to_string();
    let tx = service.ground.store.write().await?;
    // Locks the operator's row: two profiles at once are written one after the other.
    update_rows!(
        &tx, author, operator, { UserInformation: json, MobilePhone: phone },
        operator::Column::Id.eq(row.id),
    )?;
    user_information::replace(&tx, row.id, &profile.items, &author).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", what = "profile written", by = author.login_id, operator = row.id);
    Ok(Json(whose.into()))
}

/// A phone number that its column can hold.
pub(super) fn short_phone(phone: Option<String>) -> Result<Option<String>, Refusal> {
    if phone.as_ref().is_some_and(|phone| phone.chars().count() > 255) {
        return Err(Refusal::Input("電話番号は255文字以内で指定してください"));
    }
    Ok(phone)
}

/// Takes somebody's profile away; the phone number stays. **Members who may delete members.**
pub(super) async fn remove(
    State(service): State<Operators>,
    call: Call<MayDelete, OnePerson>,
) -> Result<Json<Person>, ApiError> {
    let (MayDelete(session), OnePerson(whose)) = (call.who, call.input);
    let row = find(&service, &session, &whose).await?.ok_or(Refusal::NoSuchOperator)?;
    let author = Author::new(&service.ground, &session);
    let tx = service.ground.store.write().await?;
    update_rows!(
        &tx, author, operator, { UserInformation: None::<String> },
        operator::Column::Id.eq(row.id),
    )?;
    user_information::replace(&tx, row.id, &[], &author).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", what = "profile deleted", by = author.login_id, operator = row.id);
    Ok(Json(whose.into()))
}
