//! The catalog: namespaces, versioned items, rendering, update sets.
