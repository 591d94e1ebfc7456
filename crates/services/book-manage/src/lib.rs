//! Books of residents: consents, links, access log.
