//! The index itself.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError, RwLock},
};

use serde_json::Value;
use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError, Term,
    collector::{DocSetCollector, TopDocs},
    indexer::IndexWriterOptions,
    schema::{FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions},
    tokenizer::TextAnalyzer,
};

use super::{
    grams::Grams,
    question::Question,
    text::{normal, texts},
};

/// What is indexed of an item.
#[derive(Clone, Debug, Default)]
pub(crate) struct Document {
    pub(crate) code: i64,
    pub(crate) ns: String,
    pub(crate) name: Option<String>,
    pub(crate) description: Value,
    /// Keys of its objects, with their versions.
    pub(crate) objects: Vec<(i64, i64)>,
    /// Namespaces of its tags.
    pub(crate) tags: Vec<String>,
    /// Codes in its tags.
    pub(crate) tagged: Vec<i64>,
}

/// An item that was found, with how well it fits the words; none where there were no words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Hit {
    pub(crate) code: i64,
    pub(crate) score: Option<f32>,
}

/// A text that is found by any part of it: pieces of one or two signs, and of three with their places, which
/// together make up longer parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text {
    pub(super) short: Field,
    pub(super) grams: Field,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    pub(super) code: Field,
    pub(super) name: Text,
    pub(super) description: Text,
    pub(super) ns: Field,
    pub(super) object: Field,
    pub(super) object_code: Field,
    pub(super) tag: Field,
    pub(super) tagged: Field,
}

/// How many signs the pieces have.
pub(super) const GRAM: usize = 3;
const SHORT_PIECES: &str = "short";
const PIECES: &str = "grams";
const CODE: &str = "code";

impl Columns {
    fn make() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let pieces = |cut, places| {
            let indexing = TextFieldIndexing::default().set_tokenizer(cut).set_index_option(places);
            TextOptions::default().set_indexing_options(indexing)
        };
        let mut text = |name: &str| Text {
            short: schema
                .add_text_field(&format!("{name}_short"), pieces(SHORT_PIECES, IndexRecordOption::WithFreqs)),
            grams: schema.add_text_field(name, pieces(PIECES, IndexRecordOption::WithFreqsAndPositions)),
        };
        let (name, description) = (text("name"), text("description"));
        let columns = Self {
            code: schema.add_i64_field(CODE, INDEXED | FAST),
            name,
            description,
            ns: schema.add_text_field("ns", STRING),
            object: schema.add_text_field("object", STRING),
            object_code: schema.add_i64_field("object_code", INDEXED),
            tag: schema.add_text_field("tag", STRING),
            tagged: schema.add_i64_field("tagged", INDEXED),
        };
        (schema.build(), columns)
    }

    fn document(&self, item: &Document) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_i64(self.code, item.code);
        let name = normal(item.name.as_deref().unwrap_or_default());
        let description = normal(&texts(&item.description));
        for (text, field) in [(name, self.name), (description, self.description)] {
            if !text.is_empty() {
                // With borders, so that beginnings and whole words can be told from parts of words.
                let text = format!(" {text} ");
                document.add_text(field.short, &text);
                document.add_text(field.grams, &text);
            }
        }
        document.add_text(self.ns, &item.ns);
        for (code, version) in &item.objects {
            document.add_text(self.object, object_key(*code, *version));
            document.add_i64(self.object_code, *code);
        }
        item.tags.iter().for_each(|tag| document.add_text(self.tag, tag));
        item.tagged.iter().for_each(|code| document.add_i64(self.tagged, *code));
        document
    }
}

pub(super) fn object_key(code: i64, version: i64) -> String {
    format!("{code}:{version}")
}

/// The newest versions of all items, in memory.
pub(crate) struct SearchIndex {
    columns: Columns,
    reader: IndexReader,
    writer: Mutex<IndexWriter>,
    /// The namespaces that were seen, and how they are compared with words. There are few of them.
    namespaces: RwLock<HashMap<String, String>>,
}

impl std::fmt::Debug for SearchIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchIndex").finish_non_exhaustive()
    }
}

impl SearchIndex {
    /// One with nothing in it.
    pub(crate) fn new() -> Result<Self, TantivyError> {
        let (schema, columns) = Columns::make();
        let index = Index::create_in_ram(schema);
        index.tokenizers().register(SHORT_PIECES, TextAnalyzer::from(Grams { from: 1, to: 2 }));
        index.tokenizers().register(PIECES, TextAnalyzer::from(Grams { from: GRAM, to: GRAM }));
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(64 << 20)
            .build();
        let writer = Mutex::new(index.writer_with_options(options)?);
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { columns, reader, writer, namespaces: RwLock::default() })
    }

    /// Makes the items of these codes what they are now; those without a document are gone. Searches see it at once,
    /// and all of it. Doing it again changes nothing.
    pub(crate) fn replace(&self, codes: &[i64], documents: &[Document]) -> Result<(), TantivyError> {
        // A panic in here leaves nothing half done that the next commit would not mend.
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        for code in codes {
            writer.delete_term(Term::from_field_i64(self.columns.code, *code));
        }
        self.meet_namespaces(documents);
        for document in documents {
            writer.add_document(self.columns.document(document))?;
        }
        writer.commit()?;
        self.reader.reload()
    }

    fn meet_namespaces(&self, documents: &[Document]) {
        let mut namespaces = self.namespaces.write().unwrap_or_else(PoisonError::into_inner);
        for document in documents {
            if !namespaces.contains_key(&document.ns) {
                // Every path begins so: it tells nothing.
                let path = document.ns.strip_prefix("catalog/").unwrap_or(&document.ns);
                namespaces.insert(document.ns.clone(), normal(path));
            }
        }
    }

    /// The namespaces with a word in their path.
    pub(super) fn namespaces_with(&self, word: &str) -> Vec<String> {
        let namespaces = self.namespaces.read().unwrap_or_else(PoisonError::into_inner);
        namespaces.iter().filter(|(_, path)| path.contains(word)).map(|(ns, _)| ns.clone()).collect()
    }

    /// The items that fit: with words the best ones first, not more than `most`; else all of them, by code.
    pub(crate) fn find(&self, question: &Question, most: usize) -> Result<Vec<Hit>, TantivyError> {
        let Some(query) = question.query(self, &self.columns) else { return Ok(Vec::new()) };
        let searcher = self.reader.searcher();
        let found: Vec<_> = if question.words.is_empty() {
            searcher.search(&query, &DocSetCollector)?.into_iter().map(|at| (None, at)).collect()
        } else {
            let best = TopDocs::with_limit(most.max(1)).order_by_score();
            searcher.search(&query, &best)?.into_iter().map(|(score, at)| (Some(score), at)).collect()
        };
        let codes: Result<Vec<_>, TantivyError> =
            searcher.segment_readers().iter().map(|segment| segment.fast_fields().i64(CODE)).collect();
        let codes = codes?;
        let code = |segment: u32, doc| codes.get(segment as usize).and_then(|column| column.first(doc));
        let mut hits: Vec<_> = found
            .into_iter()
            .filter_map(|(score, at)| Some(Hit { code: code(at.segment_ord, at.doc_id)?, score }))
            .collect();
        hits.sort_by(|one, other| {
            let better = other.score.unwrap_or(0.0).total_cmp(&one.score.unwrap_or(0.0));
            better.then(one.code.cmp(&other.code))
        });
        Ok(hits)
    }
}
