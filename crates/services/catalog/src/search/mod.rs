//! Finding items by words: an index in memory, with neither tables nor HTTP.
//!
//! A word is found wherever it stands in a name, a description or the path of a namespace, also within another
//! word; Japanese needs no word borders. Texts are compared without regard to case, width or kind of kana.
//! Every word must be found. Items whose name holds a word come before those where only a description does.

mod grams;
mod index;
mod question;
mod text;

pub(crate) use index::{Document, Hit, SearchIndex};
pub(crate) use question::{Filter, Question};
pub(crate) use text::words;

#[cfg(test)]
mod tests;
