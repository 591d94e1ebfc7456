//! What is held (spec: ctoken-ledger 4.1).

use axum::{Json, extract::State};
use contract::ctoken_ledger::{Entries, Entry};
use platform::{
    AnyOperator, ApiError, Call, Incoming, Input,
    fields::{Complaint, any_text, array, nested, strict_number},
};
use serde_json::Value;
use vocabulary::{Code, CodeVersion, Version};

use super::{Lists, period};
use crate::{
    Ledger,
    refusal::Refusal,
    store::{
        Kind, Period,
        entries::{Found, Question, entries as find},
    },
};

/// How many entries are listed when nobody says it.
const DEFAULT_LIMIT: u64 = 10;

#[derive(Debug)]
pub(super) struct Wanted {
    period: Period,
    offset: u64,
    /// None: as many as allowed.
    limit: Option<u64>,
    pxr_id: Option<String>,
    /// None: nothing was asked for.
    kind: Option<Kind>,
    codes: Vec<CodeVersion>,
    identifiers: Vec<String>,
}

impl Input for Wanted {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let fields = incoming.fields();
        let period = period(&fields).unwrap_or_default();
        let offset = fields.optional("offset", natural).unwrap_or_default();
        let is_null = incoming.body().get("limit").is_some_and(Value::is_null);
        let limit = fields.optional("limit", natural).unwrap_or(if is_null { 0 } else { DEFAULT_LIMIT });
        let pxr_id = fields.optional("pxrId", any_text);
        let mut codes = Lists::read(&fields, |value| array(code)(value));
        let identifiers = fields.optional("identifier", |value| {
            nested(value, |fields| {
                let lists = Lists::read(fields, |value| array(any_text)(value));
                fields.inside(|| Some(lists))
            })
        });
        fields.build(|| Some(()))?;
        codes.check()?;
        let mut identifiers =
            identifiers.unwrap_or(Lists([(Kind::Document, None), (Kind::Event, None), (Kind::Thing, None)]));
        identifiers.check()?;
        let kind = [Kind::Document, Kind::Event, Kind::Thing]
            .into_iter()
            .find(|kind| codes.is_given(*kind) || identifiers.is_given(*kind));
        let codes = kind.map(|kind| codes.take(kind)).unwrap_or_default();
        let identifiers = kind.map(|kind| identifiers.take(kind)).unwrap_or_default();
        let limit = Some(limit).filter(|limit| *limit > 0);
        Ok(Self { period, offset, limit, pxr_id, kind, codes, identifiers })
    }
}

fn natural(value: &Value) -> Result<u64, Complaint> {
    let number = strict_number(value)?;
    u64::try_from(number).map_err(|_| "0以上の整数を指定してください".into())
}

/// A code as numbers; here digits in texts are none.
fn code(value: &Value) -> Result<CodeVersion, Complaint> {
    nested(value, |fields| {
        let code = fields.required("_value", strict_number);
        let version = fields.required("_ver", strict_number);
        fields.inside(|| Some(CodeVersion { value: Code(code?), ver: Version(version?) }))
    })
}

/// Lists documents, events or things. **Any operator: residents what is held about themselves, others what their
/// actor may see** (see `scope`).
pub(super) async fn entries(
    State(service): State<Ledger>,
    call: Call<AnyOperator, Wanted>,
) -> Result<Json<Entries>, ApiError> {
    let wanted = call.input;
    let person = wanted.pxr_id.as_deref().filter(|pxr_id| !pxr_id.is_empty());
    let scope = service.scope(&call.who.0, &call.incoming.origin, person).await?;
    let Some(kind) = wanted.kind else { return Ok(Json(Entries::default())) };
    let most = service.settings.most_entries;
    let question = Question {
        kind,
        period: wanted.period,
        codes: wanted.codes,
        identifiers: wanted.identifiers,
        offset: wanted.offset,
        limit: wanted.limit.unwrap_or(most).min(most),
    };
    let found = find(&service.ground.store, &scope, &question).await?;
    let list = Some(found.into_iter().map(|found| shown(&service, found)).collect());
    Ok(Json(match kind {
        Kind::Document => Entries { document: list, ..Entries::default() },
        Kind::Event => Entries { event: list, ..Entries::default() },
        Kind::Thing => Entries { thing: list, ..Entries::default() },
    }))
}

fn shown(service: &Ledger, found: Found) -> Entry {
    let ground = &service.ground;
    Entry {
        actor: CodeVersion::new(found.actor_code, found.actor_version),
        app: found.app_code.map(|app| CodeVersion::new(app, found.app_version.unwrap_or_default())),
        created_at: found.created_at.map(|time| ground.zone.text(ground.store.instant(time))),
        code: CodeVersion::new(found.code, found.version),
        identifier: found.identifier,
    }
}
