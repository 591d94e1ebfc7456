//! Proving that a phone number is one's own: a code is sent to it and comes back (spec: operator 2.2, 2.10, D8, D11).

use chrono::TimeDelta;
use platform::{ApiError, Author, Transaction, new_row, update_rows};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use subtle::ConstantTimeEq;
use vocabulary::random;

use crate::{
    Operators,
    refusal::Refusal,
    sms::CODES_AN_HOUR,
    store::{phone_verification, sms_verification_code},
};

/// States of a code, as its column holds them.
const SENT: i16 = 1;
const VERIFIED: i16 = 2;
const USED: i16 = 3;

/// A code is worth nothing after that many wrong guesses.
const GUESSES: i64 = 5;

/// Makes a code for a phone number; only the newest one of an operator counts. The operator's row is locked.
pub(crate) async fn issue(
    service: &Operators,
    tx: &Transaction,
    operator: i64,
    phone: &str,
    author: &Author,
) -> Result<String, ApiError> {
    let column = |delta| service.ground.store.column(service.ground.clock.now() + delta);
    let lately = sms_verification_code::Entity::find()
        .filter(sms_verification_code::Column::OperatorId.eq(operator))
        .filter(sms_verification_code::Column::CreatedAt.gt(column(TimeDelta::hours(-1))));
    if lately.count(tx).await? >= CODES_AN_HOUR {
        return Err(Refusal::TooManyCodes.into());
    }
    expire(tx, operator, author).await?;
    let code = random::digits(6);
    let end = column(TimeDelta::minutes(service.settings.verification_code_minutes));
    let row = new_row!(
        author,
        sms_verification_code {
            operator_id: operator,
            verification_code: code.clone(),
            verification_code_expiration: end,
            verification_result: SENT,
        }
    );
    let code_id = row.insert(tx).await?.id;
    let phone = phone.to_owned();
    new_row!(
        author,
        phone_verification { code_id: code_id, operator_id: operator, phone: phone, failures: 0 }
    )
    .insert(tx)
    .await?;
    Ok(code)
}

/// Whether this is the code that was sent last. A wrong guess is counted. The operator's row is locked.
pub(crate) async fn verify(
    tx: &Transaction,
    operator: i64,
    code: &str,
    author: &Author,
) -> Result<bool, ApiError> {
    let newest = sms_verification_code::Entity::find()
        .filter(sms_verification_code::Column::OperatorId.eq(operator))
        .filter(sms_verification_code::Column::IsDisabled.eq(false))
        .filter(sms_verification_code::Column::VerificationResult.eq(SENT))
        .filter(sms_verification_code::Column::VerificationCodeExpiration.gte(author.now))
        .order_by_desc(sms_verification_code::Column::Id)
        .one(tx)
        .await?;
    let Some(sent) = newest else { return Ok(false) };
    let guesses = phone_verification::Entity::find()
        .filter(phone_verification::Column::CodeId.eq(sent.id))
        .one(tx)
        .await?
        .map_or(0, |row| row.failures);
    let right: bool = sent.verification_code.as_bytes().ct_eq(code.as_bytes()).into();
    if guesses >= GUESSES || !right {
        update_rows!(
            tx, author, phone_verification, { Failures: guesses.saturating_add(1) },
            phone_verification::Column::CodeId.eq(sent.id),
        )?;
        return Ok(false);
    }
    update_rows!(
        tx, author, sms_verification_code, { VerificationResult: VERIFIED },
        sms_verification_code::Column::Id.eq(sent.id),
    )?;
    expire(tx, operator, author).await?;
    Ok(true)
}

/// All codes that still work.
async fn expire(tx: &Transaction, operator: i64, author: &Author) -> Result<(), ApiError> {
    update_rows!(
        tx, author, sms_verification_code, { VerificationCodeExpiration: author.now },
        sms_verification_code::Column::OperatorId.eq(operator),
        sms_verification_code::Column::VerificationCodeExpiration.gt(author.now),
    )?;
    Ok(())
}

/// Uses up the proof that this number was verified lately; whether there was one. The operator's row is locked.
pub(crate) async fn consume(
    service: &Operators,
    tx: &Transaction,
    operator: i64,
    phone: &str,
    author: &Author,
) -> Result<bool, ApiError> {
    let now = service.ground.clock.now();
    let since = now - TimeDelta::minutes(service.settings.verified_phone_minutes);
    let about = phone_verification::Entity::find()
        .filter(phone_verification::Column::OperatorId.eq(operator))
        .filter(phone_verification::Column::Phone.eq(phone))
        .order_by_desc(phone_verification::Column::Id)
        .one(tx)
        .await?;
    let Some(about) = about else { return Ok(false) };
    let used = update_rows!(
        tx, author, sms_verification_code, { VerificationResult: USED },
        sms_verification_code::Column::Id.eq(about.code_id),
        sms_verification_code::Column::VerificationResult.eq(VERIFIED),
        sms_verification_code::Column::UpdatedAt.gte(service.ground.store.column(since)),
    )?;
    Ok(used > 0)
}
