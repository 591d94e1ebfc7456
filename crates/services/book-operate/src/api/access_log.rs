//! Who was given data of a user (spec: book-operate 4.12).

use std::collections::HashMap;

use axum::{Json, extract::State};
use platform::{
    ApiError, Call, Incoming, Individual, Input,
    fields::{array, nested, short_text, strict_number},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Map, Value, json};
use vocabulary::{Code, CodeVersion, Instant};

use super::input;
use crate::{
    BookOperate,
    store::{find, shared_access_log, shared_access_log_data_type},
};

const KINDS: [&str; 3] = ["document", "event", "thing"];

#[derive(Debug)]
pub(super) struct Search {
    user_id: String,
    app: Code,
    start: Option<Instant>,
    end: Option<Instant>,
    /// Codes by kind, where any are given.
    codes: Option<[Vec<i64>; 3]>,
}

impl Input for Search {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = input::object(incoming)?;
        let user_id = fields.required("userId", short_text);
        let app = fields.required("app", |value| {
            nested(value, |fields| {
                let app = fields.required("_value", strict_number);
                fields.inside(|| app)
            })
        });
        let access = fields.optional("accessAt", |value| {
            nested(value, |fields| {
                let start = fields.optional("start", input::api_time);
                let end = fields.optional("end", input::api_time);
                fields.inside(|| Some((start, end)))
            })
        });
        let (start, end) = access.unwrap_or_default();
        if start.zip(end).is_some_and(|(start, end)| start > end) {
            fields.refuse("accessAt", "開始日時は終了日時以前を指定してください");
        }
        if fields.raw("wf").is_some() {
            fields.refuse("wf", "ワークフローには対応していません");
        }
        let is_given = KINDS.iter().any(|kind| fields.raw(kind).is_some());
        let codes = KINDS.map(|kind| {
            fields
                .optional(kind, array(|value| input::exact_code(value).map(|code| code.value.0)))
                .unwrap_or_default()
        });
        fields.build(|| {
            let codes = is_given.then_some(codes);
            Some(Self { user_id: user_id?, app: Code(app?), start, end, codes })
        })
    }
}

/// Shares of a user's data, by time and code. **Residents**, through the root, which knows whose user it is.
pub(super) async fn search(
    State(service): State<BookOperate>,
    call: Call<Individual, Search>,
) -> Result<Json<Vec<Value>>, ApiError> {
    use shared_access_log::{Column, Entity};
    let search = call.input;
    let connection = service.ground.store.read();
    let books = find::books_of(&search.user_id, search.app).all(connection).await?;
    let mut logs = Entity::find()
        .filter(Column::MyConditionBookId.is_in(books.iter().map(|book| book.id)))
        .filter(Column::IsDisabled.eq(false));
    if let Some(start) = search.start {
        logs = logs.filter(Column::AccessAt.gte(service.columns((start, start)).0));
    }
    if let Some(end) = search.end {
        logs = logs.filter(Column::AccessAt.lte(service.columns((end, end)).0));
    }
    let logs = logs.order_by_asc(Column::MyConditionBookId).order_by_asc(Column::Id).all(connection).await?;
    let mut items = service.items_of(&logs, search.codes.as_ref()).await?;
    let shown = logs.iter().filter_map(|log| Some(service.logged(log, &items.remove(&log.id)?)));
    let shown: Vec<Value> = shown.collect();
    if shown.is_empty() { Err(ApiError::NoContent) } else { Ok(Json(shown)) }
}

/// How often an item was given, by kind and code.
type Counts = [Vec<(CodeVersion, u64)>; 3];

impl BookOperate {
    /// What was given in each log; only logs with something that was asked for.
    async fn items_of(
        &self,
        logs: &[shared_access_log::Model],
        codes: Option<&[Vec<i64>; 3]>,
    ) -> Result<HashMap<i64, Counts>, ApiError> {
        use shared_access_log_data_type::{Column, Entity};
        let rows = Entity::find()
            .filter(Column::ShareAccessLogId.is_in(logs.iter().map(|log| log.id)))
            .filter(Column::IsDisabled.eq(false))
            .order_by_asc(Column::Id)
            .all(self.ground.store.read())
            .await?;
        let mut found: HashMap<i64, Counts> = HashMap::new();
        for row in rows {
            let Some(kind) = usize::try_from(row.data_type - 1).ok().filter(|kind| *kind < 3) else {
                continue;
            };
            if codes.is_some_and(|codes| !codes[kind].contains(&row.data_type_catalog_code)) {
                continue;
            }
            let code = CodeVersion::new(row.data_type_catalog_code, row.data_type_catalog_version);
            let counts = &mut found.entry(row.share_access_log_id).or_default()[kind];
            match counts.iter_mut().find(|(counted, _)| counted.value == code.value) {
                Some((_, count)) => *count += 1,
                None => counts.push((code, 1)),
            }
        }
        Ok(found)
    }

    fn logged(&self, row: &shared_access_log::Model, items: &Counts) -> Value {
        let actor = CodeVersion::new(row.req_actor_catalog_code, row.req_actor_catalog_version);
        let block = CodeVersion::new(row.req_block_catalog_code, row.req_block_catalog_version);
        let mut shown = Map::new();
        shown.insert("logIdentifier".to_owned(), json!(row.log_identifier));
        shown.insert("accessAt".to_owned(), json!(self.time(Some(row.access_at))));
        shown.insert("type".to_owned(), json!(row.data_type));
        shown.insert("shareCatalogCode".to_owned(), json!(row.share_catalog_code.unwrap_or_default()));
        shown.insert("request".to_owned(), json!({"actor": actor, "block": block}));
        for (kind, counts) in KINDS.iter().zip(items).filter(|(_, counts)| !counts.is_empty()) {
            let counts = counts.iter().map(|(code, count)| json!({"_code": code, "count": count}));
            shown.insert((*kind).to_owned(), counts.collect());
        }
        Value::Object(shown)
    }
}
