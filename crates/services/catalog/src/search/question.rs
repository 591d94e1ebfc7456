//! What is looked for, and how the index is asked for it.

use tantivy::{
    Term,
    query::{BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query, TermQuery, TermSetQuery},
    schema::{Field, IndexRecordOption},
};

use super::index::{Columns, GRAM, SearchIndex, Text, object_key};

/// What is looked for (spec: catalog 4.10).
#[derive(Clone, Debug, Default)]
pub(crate) struct Question {
    /// In the form of [`super::words`]; all must be found.
    pub(crate) words: Vec<String>,
    /// Exact names.
    pub(crate) namespaces: Vec<String>,
    pub(crate) attributes: Vec<Filter>,
}

/// Attributes that an item must have.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filter {
    /// One of these objects, of that version where one is given.
    Objects(Vec<(i64, Option<i64>)>),
    /// A tag of one of these namespaces.
    Tags(Vec<String>),
    /// An object or a tag of that code.
    Code(i64),
}

/// How much a word counts where it is found.
const IN_NAME: f32 = 3.0;
const BEGINS_IN_NAME: f32 = 2.0;
const WHOLE_IN_NAME: f32 = 3.0;
const IN_NAMESPACE: f32 = 0.1;

impl Question {
    /// With words, everything else narrows what they find; without, each thing that is named adds what it finds, as
    /// clients of the reference know it. None: nothing is asked for.
    pub(super) fn query(&self, index: &SearchIndex, columns: &Columns) -> Option<BooleanQuery> {
        let words = self.words.iter().map(|word| (Occur::Must, word_query(word, index, columns)));
        let narrowing = if self.words.is_empty() { Occur::Should } else { Occur::Must };
        let namespaces = (!self.namespaces.is_empty()).then(|| {
            let names = self.namespaces.iter().map(|ns| Term::from_field_text(columns.ns, ns));
            one_of(names)
        });
        let attributes = self.attributes.iter().map(|filter| filter.query(columns));
        let conditions = namespaces.into_iter().chain(attributes).map(|query| (narrowing, query));
        let parts: Vec<_> = words.chain(conditions).collect();
        (!parts.is_empty()).then(|| BooleanQuery::new(parts))
    }
}

impl Filter {
    fn query(&self, columns: &Columns) -> Box<dyn Query> {
        match self {
            Self::Objects(keys) => one_of(keys.iter().map(|(code, version)| match version {
                Some(version) => Term::from_field_text(columns.object, &object_key(*code, *version)),
                None => Term::from_field_i64(columns.object_code, *code),
            })),
            Self::Tags(namespaces) => {
                one_of(namespaces.iter().map(|ns| Term::from_field_text(columns.tag, ns)))
            }
            Self::Code(code) => {
                one_of([columns.object_code, columns.tagged].map(|field| Term::from_field_i64(field, *code)))
            }
        }
    }
}

/// Items with one of these terms, all as good as each other: a condition says nothing about how well words fit.
fn one_of(terms: impl IntoIterator<Item = Term>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(Box::new(TermSetQuery::new(terms)), 0.0))
}

/// Items with a word in name, description or namespace.
fn word_query(word: &str, index: &SearchIndex, columns: &Columns) -> Box<dyn Query> {
    let name = |part: &str, weight| {
        let query: Box<dyn Query> = Box::new(BoostQuery::new(part_query(part, columns.name), weight));
        (Occur::Should, query)
    };
    let mut places = vec![
        name(word, IN_NAME),
        name(&format!(" {word}"), BEGINS_IN_NAME),
        name(&format!(" {word} "), WHOLE_IN_NAME),
        (Occur::Should, part_query(word, columns.description)),
    ];
    let namespaces = index.namespaces_with(word);
    if !namespaces.is_empty() {
        let within = TermSetQuery::new(namespaces.iter().map(|ns| Term::from_field_text(columns.ns, ns)));
        places.push((Occur::Should, Box::new(ConstScoreQuery::new(Box::new(within), IN_NAMESPACE))));
    }
    Box::new(BooleanQuery::new(places))
}

/// Texts that hold these signs in this order.
fn part_query(part: &str, text: Text) -> Box<dyn Query> {
    let signs: Vec<char> = part.chars().collect();
    let piece = |field: Field, from: usize, to: usize| {
        Term::from_field_text(field, &signs[from..to].iter().collect::<String>())
    };
    if signs.len() <= GRAM {
        let field = if signs.len() < GRAM { text.short } else { text.grams };
        return Box::new(TermQuery::new(piece(field, 0, signs.len()), IndexRecordOption::WithFreqs));
    }
    // Side by side, and one more that ends where the part ends.
    let last = signs.len() - GRAM;
    let places = (0..last).step_by(GRAM).chain([last]);
    Box::new(PhraseQuery::new_with_offset(places.map(|at| (at, piece(text.grams, at, at + GRAM))).collect()))
}
