//! Changing passwords: none that was used lately comes back (spec: operator 2.6).

use platform::{ApiError, Author, Transaction, new_row, update_rows};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use vocabulary::Session;

use crate::{
    Operators,
    refusal::Refusal,
    store::{operator, password_history},
};

/// A password that may be stored.
#[derive(Debug)]
pub(crate) struct NewPassword {
    stored: String,
    replaced: Option<String>,
    /// The replaced one as the history keeps it.
    kept: Option<String>,
}

impl Operators {
    /// Refuses a password that equals one of the last generations. The current one has been looked at before.
    pub(crate) async fn new_password(
        &self,
        session: &Session,
        row: &operator::Model,
        received: &str,
    ) -> Result<NewPassword, ApiError> {
        let generations =
            self.global.read(&self.catalog, session).await?.number("password-generations-number");
        let earlier = generations.and_then(|all| u64::try_from(all - 1).ok()).unwrap_or(0);
        let history = password_history::Entity::find()
            .filter(password_history::Column::OperatorId.eq(row.id))
            .filter(password_history::Column::IsDisabled.eq(false))
            .order_by_desc(password_history::Column::UpdatedAt)
            .order_by_desc(password_history::Column::Id)
            .limit(earlier)
            .all(self.ground.store.read())
            .await?;
        for used in history {
            if self.passwords.verify(Some(&used.hpassword), received).await? {
                return Err(Refusal::PasswordUsedBefore.into());
            }
        }
        let (stored, replaced) = (self.passwords.stored(received).await?, row.hpassword.clone());
        let kept = match &replaced {
            Some(old) if self.passwords.is_outdated(old) => {
                // Once the row is in the new form, nobody looks at the history again.
                self.upgrade_history(row.id).await?;
                Some(self.passwords.stored(old).await?)
            }
            other => other.clone(),
        };
        Ok(NewPassword { stored, replaced, kept })
    }

    /// What lies in the history of an operator as clients sent it gets the new form of storage (spec: operator D1): it
    /// is what would have to be hashed anyway.
    pub(crate) async fn upgrade_history(&self, operator: i64) -> Result<(), ApiError> {
        let connection = self.ground.store.read();
        let history =
            password_history::Entity::find().filter(password_history::Column::OperatorId.eq(operator));
        for used in history.all(connection).await? {
            if self.passwords.is_outdated(&used.hpassword) {
                let stored = self.passwords.stored(&used.hpassword).await?;
                // Nobody changed anything, and the order of the history is that of its times.
                password_history::Entity::update_many()
                    .col_expr(password_history::Column::Hpassword, Expr::value(stored))
                    .filter(password_history::Column::Id.eq(used.id))
                    .exec(connection)
                    .await?;
            }
        }
        Ok(())
    }
}

impl NewPassword {
    /// Replaces the password that the change was checked against; of two changes at once only one goes through.
    /// `own`: chosen by its owner, or set by a member and to be changed at the next login.
    pub(crate) async fn write(
        self,
        tx: &Transaction,
        row: &operator::Model,
        own: bool,
        author: &Author,
    ) -> Result<(), ApiError> {
        let as_checked = match &self.replaced {
            Some(replaced) => operator::Column::Hpassword.eq(replaced),
            None => operator::Column::Hpassword.is_null(),
        };
        let changed = update_rows!(
            tx, author, operator,
            { Hpassword: self.stored, PasswordChangedFlg: own, PasswordUpdatedAt: author.now },
            operator::Column::Id.eq(row.id), as_checked,
        )?;
        if changed == 0 {
            return Err(Refusal::CurrentPassword.into());
        }
        if let Some(kept) = self.kept {
            // The history belongs to the operator, whoever changed the password (spec: operator 4.8 j).
            let owner = Author { login_id: row.login_id.clone(), now: author.now };
            new_row!(owner, password_history { operator_id: row.id, hpassword: kept }).insert(tx).await?;
        }
        Ok(())
    }
}
