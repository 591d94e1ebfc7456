//! Whole blocks on SQLite, and on PostgreSQL where there is a server.

/// A promise about whole blocks, kept on both databases.
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($place:ident: Place) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn promise($place: Place) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                promise(Place::on_sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgres() {
                if let Some(place) = Place::on_postgres().await {
                    promise(place).await;
                }
            }
        }
    )*};
}
pub(crate) use on_both_databases;
