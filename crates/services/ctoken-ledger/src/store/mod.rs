//! The tables of the service and the questions to them.

pub(crate) mod cmatrix;
pub(crate) mod counts;
pub(crate) mod ctoken;
pub(crate) mod ctoken_history;
pub(crate) mod document;
pub(crate) mod entries;
mod filter;
pub(crate) mod matrices;
pub(crate) mod row_hash;
pub(crate) mod totals;

pub(crate) use filter::{Kind, Period};

use platform::{ApiError, Author, Transaction, insert_rows, new_row, update_rows};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::chain::Chains;

/// Values of one `in (…)`; databases limit their number.
pub(crate) const AT_ONCE: usize = 500;

/// The chains of persons; those who have none yet get an empty one when asked for.
pub(crate) async fn chains(
    tx: &Transaction,
    author: &Author,
    pxr_ids: &[String],
    new: impl Fn(&str) -> bool,
) -> Result<Chains, ApiError> {
    let mut chains = Chains::default();
    for some in pxr_ids.chunks(AT_ONCE) {
        let found = ctoken::Entity::find()
            .filter(ctoken::Column::PxrId.is_in(some))
            .filter(ctoken::Column::IsDisabled.eq(false))
            .order_by_asc(ctoken::Column::Id)
            .all(tx)
            .await?;
        for row in found {
            chains.put(row.id, row.pxr_id, Some(row.ctoken));
        }
    }
    let missing: Vec<_> =
        pxr_ids.iter().filter(|pxr_id| chains.of(pxr_id).is_none() && new(pxr_id)).cloned().collect();
    let rows = missing.iter().map(|pxr_id| {
        new_row!(
            author,
            ctoken { pxr_id: pxr_id.clone(), ctoken: String::new(), ctoken_create_at: author.now }
        )
    });
    let ids = insert_rows(tx, rows.collect()).await?;
    for (id, pxr_id) in ids.into_iter().zip(missing) {
        chains.put(id, pxr_id, None);
    }
    Ok(chains)
}

/// Writes the new heads, and those that they took the place of.
pub(crate) async fn save_chains(tx: &Transaction, author: &Author, chains: &Chains) -> Result<(), ApiError> {
    let superseded = chains.changed().flat_map(|(id, chain)| {
        chain.superseded.iter().map(move |head| {
            new_row!(
                author,
                ctoken_history { ctoken_id: id, ctoken: head.clone(), ctoken_create_at: author.now }
            )
        })
    });
    insert_rows(tx, superseded.collect()).await?;
    for (id, chain) in chains.changed() {
        update_rows!(
            tx, author, ctoken, { Ctoken: chain.head.clone(), CtokenCreateAt: author.now },
            ctoken::Column::Id.eq(id),
        )?;
    }
    Ok(())
}
