//! The routes, one file a matter.

mod access_log;
mod book;
mod document;
mod event;
mod input;
mod share;
mod store;
mod store_event;
mod thing;
mod user;

use platform::Routes;

use crate::BookOperate;

pub(crate) fn routes() -> Routes<BookOperate> {
    Routes::new()
        .post("/book-operate/user", user::create::create)
        .post("/book-operate/user/delete", user::delete::delete)
        .post("/book-operate/user/list", user::list::list)
        .post("/book-operate/user/batch", user::batch::create_confirmed)
        .post("/book-operate/event/{user}", event::add::add)
        .put("/book-operate/event/{user}", event::change::change)
        .delete("/book-operate/event/{user}", event::delete::delete)
        .put("/book-operate/event/{user}/{id}", event::change::change)
        .delete("/book-operate/event/{user}/{id}", event::delete::delete)
        .post("/book-operate/thing/bulk/{user}/{event}", thing::add::add_all)
        .post("/book-operate/thing/{user}/{event}", thing::add::add)
        .put("/book-operate/thing/{user}/{event}", thing::change::change)
        .delete("/book-operate/thing/{user}/{event}", thing::delete::delete)
        .put("/book-operate/thing/{user}/{event}/{id}", thing::change::change)
        .delete("/book-operate/thing/{user}/{event}/{id}", thing::delete::delete)
        .post("/book-operate/document/{user}", document::add::add)
        .put("/book-operate/document/{user}", document::change::change)
        .delete("/book-operate/document/{user}", document::delete::delete)
        .put("/book-operate/document/{user}/{id}", document::change::change)
        .delete("/book-operate/document/{user}/{id}", document::delete::delete)
        .post("/book-operate/book/search", book::search)
        .post("/book-operate/share", share::receive::receive)
        .post("/book-operate/share/temp", share::temporary::receive)
        .post("/book-operate/share/search", share::give::give)
        .post("/book-operate/accesslog", access_log::search)
        .post("/book-operate/ind/accesslog", access_log::search)
        .post("/book-operate/store-event/receive", store_event::receive)
        .delete("/book-operate/store/{user}", store::delete)
}
