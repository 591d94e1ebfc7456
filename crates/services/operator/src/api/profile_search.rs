//! Finding residents by their profiles (spec: operator 4.26, D7, D9, D10).

use std::collections::{BTreeSet, HashMap, hash_map::Entry};

use axum::{Json, extract::State};
use platform::{
    ApiError, Call, Fields, Incoming, Input, Institution,
    fields::{Complaint, array, code_version, nested, number},
};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};
use serde::Serialize;
use serde_json::{Value, json};
use vocabulary::{Code, CodeVersion, Session};

use crate::{
    Operators,
    catalog_failure::of_code,
    refusal::Refusal,
    store::{operator, user_information},
};

/// Each is answered by itself.
#[derive(Debug)]
pub(super) struct Searches(Vec<Wanted>);

/// Residents who meet all conditions, if they are neither too few nor too many.
#[derive(Debug)]
struct Wanted {
    conditions: Vec<OneCondition>,
    min: i64,
    max: Option<i64>,
}

/// What an item of the profile must say: the name of a catalog item, or a number between bounds.
#[derive(Debug)]
struct OneCondition {
    kind: CodeVersion,
    target: Option<Code>,
    min: Option<f64>,
    max: Option<f64>,
}

impl Input for Searches {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if !incoming.body().is_array() {
            return Err(Refusal::NoArray.into());
        }
        let whole = json!({"body": incoming.body()});
        let fields = Fields::of(&whole);
        let searches = fields.required("body", array(|wanted| nested(wanted, wanted_of)));
        fields.build(|| searches.map(Self))
    }
}

fn wanted_of(fields: &Fields<'_>) -> Result<Wanted, Complaint> {
    let conditions = fields.required("condition", array(|condition| nested(condition, condition_of)));
    let min = fields.required("min", number);
    let max = fields.optional("max", number);
    fields.inside(|| Some(Wanted { conditions: conditions?, min: min?, max }))
}

fn condition_of(fields: &Fields<'_>) -> Result<OneCondition, Complaint> {
    let kind = fields.required("type", code_version);
    let target = fields.optional("target", code_version);
    let min = fields.optional("min", bound);
    let max = fields.optional("max", bound);
    fields.inside(|| Some(OneCondition { kind: kind?, target: target.map(|code| code.value), min, max }))
}

/// A number, fractions too, or a text of digits.
#[expect(clippy::cast_precision_loss, reason = "nobody bounds profiles by numbers of sixteen digits")]
fn bound(value: &Value) -> Result<f64, Complaint> {
    value.as_f64().map_or_else(|| number(value).map(|whole| whole as f64), Ok)
}

impl Wanted {
    fn is_met_by(&self, count: usize) -> bool {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        count >= self.min && self.max.is_none_or(|max| max == 0 || count <= max)
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Found {
    /// Null: too few or too many.
    pxr_id: Option<BTreeSet<String>>,
}

/// The residents whose profiles meet conditions. **Members and applications.**
pub(super) async fn search(
    State(service): State<Operators>,
    call: Call<Institution, Searches>,
) -> Result<Json<Vec<Found>>, ApiError> {
    let (Institution(session), Searches(searches)) = (call.who, call.input);
    let names = names(&service, &session, &searches).await?;
    let mut answers = Vec::with_capacity(searches.len());
    for wanted in &searches {
        let found = find(&service, wanted, &names).await?;
        answers.push(Found { pxr_id: Some(found).filter(|found| wanted.is_met_by(found.len())) });
    }
    Ok(Json(answers))
}

/// The names of the targets; each is asked for once.
async fn names(
    service: &Operators,
    session: &Session,
    searches: &[Wanted],
) -> Result<HashMap<Code, String>, ApiError> {
    let conditions = searches.iter().flat_map(|wanted| &wanted.conditions);
    let mut names = HashMap::new();
    for target in conditions.filter_map(|condition| condition.target) {
        if let Entry::Vacant(unknown) = names.entry(target) {
            let item = service.catalog.item(session, target).await.map_err(of_code)?;
            unknown.insert(item.head.name.unwrap_or_default());
        }
    }
    Ok(names)
}

/// One query, however many conditions there are; without any, nobody is looked for.
async fn find(
    service: &Operators,
    wanted: &Wanted,
    names: &HashMap<Code, String>,
) -> Result<BTreeSet<String>, ApiError> {
    if wanted.conditions.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut query = operator::Entity::find()
        .filter(operator::Column::IsDisabled.eq(false))
        .filter(operator::Column::PxrId.is_not_null());
    for condition in &wanted.conditions {
        let items = user_information::Entity::find()
            .filter(condition.holds(names, service.ground.store.backend()))
            .select_only()
            .column(user_information::Column::OperatorId);
        query = query.filter(operator::Column::Id.in_subquery(items.into_query()));
    }
    let query = query.select_only().column(operator::Column::PxrId).into_tuple::<String>();
    Ok(query.all(service.ground.store.read()).await?.into_iter().collect())
}

impl OneCondition {
    fn holds(&self, names: &HashMap<Code, String>, backend: DbBackend) -> Condition {
        let item = Condition::all()
            .add(user_information::Column::IsDisabled.eq(false))
            .add(user_information::Column::CatalogCode.eq(self.kind.value.0))
            .add(user_information::Column::CatalogVersion.eq(self.kind.ver.0));
        if let Some(target) = self.target {
            let name = names.get(&target).map(String::as_str).unwrap_or_default();
            return item.add(user_information::Column::Value.eq(name));
        }
        item.add_option(self.min.map(|min| as_number(backend).gte(min)))
            .add_option(self.max.map(|max| as_number(backend).lte(max)))
    }
}

/// A value as a number; null, which no bound holds, for other texts.
fn as_number(backend: DbBackend) -> SimpleExpr {
    Expr::cust(if backend == DbBackend::Postgres {
        "case when value ~ '^-?[0-9]+([.][0-9]+)?$' then cast(value as double precision) end"
    } else {
        "case when value glob '*[0-9]*' and not value glob '*[^0-9.-]*' then cast(value as real) end"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_too_few_nor_too_many() {
        let wanted = |min, max| Wanted { conditions: Vec::new(), min, max };
        let met: Vec<_> = (0..4).map(|count| wanted(1, Some(2)).is_met_by(count)).collect();
        assert_eq!(met, [false, true, true, false]);
        // No bound above: none, or 0.
        assert!(wanted(0, None).is_met_by(9) && wanted(0, Some(0)).is_met_by(9));
    }

    #[test]
    fn bounds_are_numbers_in_whichever_form() {
        assert_eq!(bound(&json!(1.5)), Ok(1.5));
        assert_eq!(bound(&json!("-20")), Ok(-20.0));
        assert!(bound(&json!("")).is_err() && bound(&json!("x")).is_err() && bound(&json!(true)).is_err());
    }
}
