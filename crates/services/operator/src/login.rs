//! Judging one attempt to log in with a password (spec: operator 2.4, 2.6, 4.11).

use chrono::NaiveDateTime;
use platform::{ApiError, Author, Transaction, new_row, update_rows};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;
use vocabulary::{Instant, OperatorType, Session};

use crate::{
    Operators,
    catalog_failure::{first_template, of_code},
    global_setting::{GlobalSetting, is_truthy},
    lock::LockRule,
    refusal::Refusal,
    span::Span,
    store::{self, login_history, operator},
};

/// One attempt to log in.
#[derive(Debug)]
pub(crate) struct Attempt<'a> {
    pub(crate) service: &'a Operators,
    /// The identity that reads the catalog meanwhile.
    pub(crate) session: Session,
    pub(crate) now: Instant,
}

impl Attempt<'_> {
    pub(crate) async fn setting(&self) -> Result<GlobalSetting, ApiError> {
        self.service.global.read(&self.service.catalog, &self.session).await
    }

    async fn lock_rule(&self) -> Result<LockRule, ApiError> {
        let setting = self.setting().await?;
        let release = setting.span("account-lock-release-time");
        Ok(LockRule {
            count: setting.number("account-lock-count").unwrap_or(0),
            release: release.unwrap_or(Span::Fixed(chrono::TimeDelta::zero())),
        })
    }

    /// A locked account costs no hash, and takes its time all the same.
    pub(crate) async fn refuse_locked(&self, row: &operator::Model) -> Result<(), ApiError> {
        if row.lock_flg && self.is_locked(row, Some(&self.lock_rule().await?)) {
            self.service.passwords.pause().await;
            return Err(Refusal::Credentials.into());
        }
        Ok(())
    }

    /// Notes an attempt and what follows from it; gives the operator when it may go on. Attempts at once are
    /// judged one after the other, so that guessing in parallel wins nothing.
    pub(crate) async fn judge(&self, row: operator::Model, right: bool) -> Result<operator::Model, ApiError> {
        let service = self.service;
        let rule = if row.lock_flg || !right { Some(self.lock_rule().await?) } else { None };
        let expiration = if right && row.password_changed_flg {
            self.setting().await?.span("password-expiration")
        } else {
            None
        };
        let author = Author::named(&service.ground, &row.login_id);
        let tx = service.ground.store.write().await?;
        let mut row = store::locked(&tx, row.id).await?.ok_or(Refusal::Credentials)?;
        if self.is_locked(&row, rule.as_ref()) {
            return Err(Refusal::Credentials.into());
        }
        new_row!(author, login_history { operator_id: row.id, login_at: author.now, result: right })
            .insert(&tx)
            .await?;
        let was_locked = row.lock_flg;
        if was_locked {
            update_rows!(&tx, author, operator, { LockFlg: false }, operator::Column::Id.eq(row.id))?;
            row.lock_flg = false;
        }
        if let Some(rule) = rule.filter(|_| !right && !was_locked) {
            self.lock_after_failures(&tx, &row, rule, &author).await?;
        }
        if expiration.is_some_and(|expiration| self.has_expired(&row, expiration)) {
            update_rows!(&tx, author, operator, { PasswordChangedFlg: false }, operator::Column::Id.eq(row.id))?;
            row.password_changed_flg = false;
        }
        tx.commit().await?;
        if right { Ok(row) } else { Err(Refusal::Credentials.into()) }
    }

    fn is_locked(&self, row: &operator::Model, rule: Option<&LockRule>) -> bool {
        let Some(started) = row.lock_start_at.filter(|_| row.lock_flg) else { return false };
        let started = self.service.ground.store.instant(started);
        // No rule was read: the lock began after the row was looked at, hence it holds.
        rule.is_none_or(|rule| rule.holds(started, self.now))
    }

    async fn lock_after_failures(
        &self,
        tx: &Transaction,
        row: &operator::Model,
        rule: LockRule,
        author: &Author,
    ) -> Result<(), ApiError> {
        let since = rule.release.before(self.now).unwrap_or(self.now);
        let since = self.service.ground.store.column(since);
        if rule.is_reached(&newest_attempts(tx, row.id, since, rule.count).await?) {
            tracing::warn!(operator = row.id, "locked after failed logins");
            update_rows!(
                tx, author, operator, { LockFlg: true, LockStartAt: author.now },
                operator::Column::Id.eq(row.id),
            )?;
        }
        Ok(())
    }

    fn has_expired(&self, row: &operator::Model, expiration: Span) -> bool {
        let updated = row.password_updated_at.map(|column| self.service.ground.store.instant(column));
        updated.and_then(|updated| expiration.after(updated)).is_some_and(|end| end < self.now)
    }

    /// A resident's initial password works for some days only.
    pub(crate) fn refuse_expired_initial_password(&self, row: &operator::Model) -> Result<(), ApiError> {
        let attributes = row.attributes().unwrap_or_default();
        let Some(expire) = attributes["initialPasswordExpire"].as_str().filter(|_| row.is_individual())
        else {
            return Ok(());
        };
        let expired = match Instant::parse(expire) {
            Some(expire) => expire < self.now,
            // Texts of other forms are compared as such.
            None => expire < self.service.ground.zone.text(self.now).as_str(),
        };
        if expired { Err(Refusal::InitialPasswordExpired.into()) } else { Ok(()) }
    }

    /// A member whose actor wants it, or anybody who asked for it.
    pub(crate) async fn needs_second_factor(&self, row: &operator::Model) -> Result<bool, ApiError> {
        if row.operator_type()? == OperatorType::Member && self.actor_wants_it().await? {
            return if row.mobile_phone.is_some() { Ok(true) } else { Err(Refusal::NoPhone.into()) };
        }
        let attributes = row.attributes().unwrap_or_default();
        Ok(attributes["smsAuth"] == Value::Bool(true) && row.mobile_phone.is_some())
    }

    async fn actor_wants_it(&self) -> Result<bool, ApiError> {
        let block = &self.service.ground.block;
        let catalog = &self.service.catalog;
        let item = catalog.item(&self.session, block.code.value).await.map_err(of_code)?;
        let Some((actor_type, actor)) = item.text("actor-type").zip(block.actor) else { return Ok(false) };
        let ns =
            format!("catalog/ext/{}/setting/actor-own/{actor_type}/actor_{}", block.ext_name, actor.value);
        let setting = first_template(catalog.in_namespace(&self.session, &ns).await)?.unwrap_or_default();
        Ok(is_truthy(&setting["use_multifactor_authentication"]))
    }
}

async fn newest_attempts(
    tx: &Transaction,
    operator: i64,
    since: NaiveDateTime,
    count: i64,
) -> Result<Vec<bool>, ApiError> {
    let rows = login_history::Entity::find()
        .filter(login_history::Column::OperatorId.eq(operator))
        .filter(login_history::Column::IsDisabled.eq(false))
        .filter(login_history::Column::LoginAt.gte(since))
        .order_by_desc(login_history::Column::LoginAt)
        .order_by_desc(login_history::Column::Id)
        .limit(count.try_into().unwrap_or(0))
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| row.result).collect())
}
