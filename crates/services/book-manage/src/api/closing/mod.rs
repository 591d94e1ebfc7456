//! The end of a book (spec: book-manage 4.1.4 to 4.1.9).

mod close;
mod force;
mod reserve;
mod stop;

use platform::Routes;

use crate::Books;

pub(super) fn routes() -> Routes<Books> {
    Routes::new()
        .delete("/book-manage", close::close)
        .delete("/book-manage/force/{pxrId}", force::delete)
        .put("/book-manage/force-deletion", stop::stop)
        .put("/book-manage/force-enable", stop::enable)
        .post("/book-manage/reserve_deletion/{id}", reserve::reserve)
        .get("/book-manage/delete/target", reserve::targets)
}
