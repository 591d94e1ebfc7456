//! Creating the users of links that the root has confirmed (spec: book-operate 4.4).

use axum::{Json, extract::State};
use chrono::TimeDelta;
use contract::book_manage::{Link, LinkedUser};
use platform::{ApiError, Author, Call, Incoming, Input};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use vocabulary::{CodeVersion, Instant, Session};

use crate::{
    BookOperate, image::iso, neighbours, refusal::Refusal, store::my_condition_book, users::established,
    who::Provider,
};

/// How many links are asked for at once, and created at most where nobody says otherwise.
const PAGE: i64 = 1000;

#[derive(Debug)]
pub(in crate::api) struct Extent {
    max_count: Option<i64>,
    day_back: i64,
}

impl Input for Extent {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let number = |name, most| match incoming.query(name).filter(|text| !text.is_empty()) {
            None => Ok(None),
            Some(text) => match text.parse::<i64>() {
                Ok(number) if (0..=most).contains(&number) => Ok(Some(number)),
                _ => Err(ApiError::bad_request("ParamNormalizationError")),
            },
        };
        let max_count = number("maxCount", 1_000_000)?.filter(|count| *count > 0);
        Ok(Self { max_count, day_back: number("dayBack", 36_500)?.unwrap_or_default() })
    }
}

/// Creates a user for every confirmed link that has no book here, and completes what an earlier creation left.
/// **Applications and managing members**, by the batch mostly.
pub(in crate::api) async fn create_confirmed(
    State(service): State<BookOperate>,
    call: Call<Provider, Extent>,
) -> Result<Json<Value>, ApiError> {
    let (Provider(session), extent) = (call.who, call.input);
    // What could not be delivered when it was stored.
    service.deliver().await;
    let actor = session.actor.ok_or(Refusal::NotPermitted)?;
    let since = service.base_date(&session).await? - TimeDelta::days(extent.day_back);
    let limit = extent.max_count.unwrap_or(PAGE);
    let (mut offset, mut created) = (0, 0);
    loop {
        let condition = json!({
            "pxrId": null, "createdAt": null, "coopStartAt": iso(since), "actor": actor.value,
            "limit": limit, "offset": offset,
        });
        let books = service.books.links(&session, &condition).await.map_err(neighbours::standard)?;
        let links: Vec<Link> =
            books.into_iter().flat_map(|book| book.cooperation.unwrap_or_default()).collect();
        let count = i64::try_from(links.len()).unwrap_or(i64::MAX);
        for link in links {
            if extent.max_count.is_some_and(|most| created >= most) {
                return Ok(Json(json!({"result": "success"})));
            }
            created += i64::from(service.create_linked(&session, actor, link).await?);
        }
        if count < limit {
            return Ok(Json(json!({"result": "success"})));
        }
        offset += limit;
    }
}

impl BookOperate {
    /// When the caller created its newest user.
    async fn base_date(&self, session: &Session) -> Result<Instant, ApiError> {
        use my_condition_book::{Column, Entity};
        let newest = Entity::find()
            .filter(Column::CreatedBy.eq(session.login_id.as_str()))
            .order_by_desc(Column::OpenStartAt)
            .one(self.ground.store.read())
            .await?;
        let first = || Instant::parse("2020-01-01T00:00:00.000+0900");
        Ok(newest.map(|book| established(&book)).or_else(first).ok_or(Refusal::NoSuchUser)?)
    }

    /// Whether a link led to a new user. One that cannot be created is left for the next run.
    async fn create_linked(
        &self,
        session: &Session,
        actor: CodeVersion,
        link: Link,
    ) -> Result<bool, ApiError> {
        let Link {
            actor: Some(linked),
            app: Some(app),
            user_id: Some(user_id),
            start_at,
            status: Some(1),
            ..
        } = link
        else {
            return Ok(false);
        };
        if linked.value != actor.value || user_id.is_empty() || self.has_book(&user_id, app).await? {
            return Ok(false);
        }
        let user = LinkedUser { user_id, actor: linked, region: None, app: Some(app), wf: None };
        if let Err(failure) = self.create_operator(session, &user).await {
            tracing::warn!(%failure, user = user.user_id, "the operator of a user was not created");
            return Ok(false);
        }
        let started = start_at.as_deref().and_then(Instant::parse);
        let started = started.unwrap_or_else(|| self.ground.clock.now());
        let author = Author::new(&self.ground, session);
        let tx = self.ground.store.write().await?;
        let opened = self.open_book(&tx, &author, &user, started, None, true).await?;
        tx.commit().await?;
        if opened.is_some() {
            tracing::info!(target: "audit", operator = session.login_id, user = user.user_id, "a user was created");
        }
        Ok(opened.is_some())
    }

    /// A closed book counts: who ended his link does not come back by himself.
    async fn has_book(&self, user_id: &str, app: CodeVersion) -> Result<bool, ApiError> {
        use my_condition_book::{Column, Entity};
        let books =
            Entity::find().filter(Column::UserId.eq(user_id)).filter(Column::AppCatalogCode.eq(app.value.0));
        Ok(books.one(self.ground.store.read()).await?.is_some())
    }
}
