//! Stories over the catalog: certification, regions, joining, data operations.
