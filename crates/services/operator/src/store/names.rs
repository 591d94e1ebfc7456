//! What an operator is known by, which means nobody else (spec: operator 3.1, 4.7 rules 9 and 10, D22).

use platform::ApiError;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, PaginatorTrait, QueryFilter, SqlErr};
use vocabulary::OperatorType;

use super::{live, operator};
use crate::{operator::unique_key, refusal::Refusal};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Names<'a> {
    pub(crate) kind: OperatorType,
    pub(crate) prohibited: bool,
    pub(crate) login_id: &'a str,
    pub(crate) user_id: Option<&'a str>,
    pub(crate) pxr_id: Option<&'a str>,
    pub(crate) app: Option<i64>,
    pub(crate) region: Option<i64>,
}

impl<'a> Names<'a> {
    pub(crate) fn of(row: &'a operator::Model) -> Result<Self, ApiError> {
        Ok(Self {
            kind: row.operator_type()?,
            prohibited: row.login_prohibited_flg,
            login_id: &row.login_id,
            user_id: row.user_id.as_deref(),
            pxr_id: row.pxr_id.as_deref(),
            app: row.app_catalog_code,
            region: row.region_catalog_code,
        })
    }

    pub(crate) fn key(&self) -> String {
        unique_key(self.login_id, self.kind, self.prohibited, self.app, self.region)
    }

    /// Refuses names that a living operator has.
    pub(crate) async fn refuse_taken(&self, connection: &impl ConnectionTrait) -> Result<(), ApiError> {
        let same_kind = live().filter(operator::Column::Kind.eq(self.kind.number()));
        let same_login = operator::Column::LoginId.eq(self.login_id);
        if self.prohibited {
            let place = match self.app {
                Some(app) => operator::Column::AppCatalogCode.eq(app),
                None => operator::Column::RegionCatalogCode.eq(self.region),
            };
            let there = same_kind.filter(operator::Column::LoginProhibitedFlg.eq(true)).filter(place);
            let same_user = there.clone().filter(operator::Column::UserId.eq(self.user_id));
            if same_user.count(connection).await? > 0 {
                return Err(Refusal::UserIdTaken.into());
            }
            if there.filter(same_login).count(connection).await? > 0 {
                return Err(Refusal::LoginIdTaken.into());
            }
        } else if same_kind.filter(same_login).count(connection).await? > 0 {
            return Err(Refusal::LoginIdTaken.into());
        }
        // Whoever may not log in brings none, as a rule; but it means one person all the same.
        if let Some(pxr_id) = self.pxr_id
            && live().filter(operator::Column::PxrId.eq(pxr_id)).count(connection).await? > 0
        {
            return Err(Refusal::PxrIdTaken.into());
        }
        Ok(())
    }
}

/// A key that somebody else took meanwhile is no failure of ours.
pub(crate) fn or_taken(error: DbErr) -> ApiError {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Refusal::LoginIdTaken.into(),
        _ => ApiError::from(error),
    }
}
