//! Telling the root's ledger (spec: local-ctoken 4.2, 4.3).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Incoming, Input, Institution,
    fields::{Complaint, number},
};
use serde_json::{Value, json};

use crate::{LocalCtoken, batch::Batch, outbox, refusal::Refusal, store};

/// Which of the unsent rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    offset: u64,
    count: u64,
}

impl Input for Page {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let fields = incoming.fields();
        let offset = fields.required("offset", |value| within(value, 0, i64::MAX));
        let count = fields.required("count", |value| within(value, 1, 1000));
        fields.build(|| Some(Self { offset: offset?, count: count? }))
    }
}

fn within(value: &Value, least: i64, most: i64) -> Result<u64, Complaint> {
    let number = number(value)?;
    let fits = (least..=most).contains(&number);
    u64::try_from(number).ok().filter(|_| fits).ok_or("指定できない値です".into())
}

/// Sends unsent rows to the ledger, the oldest first. **Applications and managing members (the link batch).**
///
/// Rows count as sent only after the ledger said so. Whatever goes wrong between its answer and the mark, the same
/// rows are sent again, and the ledger applies them once.
pub(super) async fn forward(
    State(service): State<LocalCtoken>,
    call: Call<Institution, Page>,
) -> Result<Json<Value>, ApiError> {
    let (session, page) = (call.who.0, call.input);
    // Other processes may send the same rows at the same time; that does no harm, it is only of no use.
    let turn = service.sending.lock().await;
    let store = &service.ground.store;
    let unsent = store::unsent(store.read(), page.offset, page.count).await?;
    let batch = Batch::of(unsent, |column| store.instant(column));
    if !batch.ids.is_empty() {
        let zone = service.ground.zone;
        let differences = batch.differences.with_times(|time| zone.text(time));
        service.ledger.apply(&session, &differences).await.map_err(|failure| {
            tracing::warn!(%failure, rows = batch.ids.len(), "the ledger did not take the differences");
            Refusal::of_ledger(&failure)
        })?;
        store::mark_sent(&service.ground, &batch.ids).await?;
    }
    drop(turn);
    outbox::deliver_soon(&service);
    Ok(Json(json!({"result": "success"})))
}

/// How many rows the ledger does not know yet. **Any operator.**
pub(super) async fn count(
    State(service): State<LocalCtoken>,
    _: Call<AnyOperator>,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(json!({"count": store::count_unsent(service.ground.store.read()).await?})))
}
