//! The result, as a table in Markdown.

/// A figure beside its limit.
struct Line {
    what: String,
    measured: String,
    limit: String,
    holds: Option<bool>,
}

/// All figures of one run.
#[derive(Default)]
pub(crate) struct Figures(Vec<Line>);

impl Figures {
    /// A figure without a limit.
    pub(crate) fn note(&mut self, what: &str, measured: String) {
        self.line(what, measured, "–".to_owned(), None);
    }

    /// A figure that must not be larger than its limit.
    pub(crate) fn at_most(&mut self, what: &str, (value, unit): (f64, &str), limit: f64) {
        self.line(what, format!("{value:.2} {unit}"), format!("≤ {limit} {unit}"), Some(value <= limit));
    }

    /// A figure that must not be smaller than a part of another one.
    pub(crate) fn part(&mut self, what: &str, (value, whole): (f64, f64), limit: f64) {
        let measured = format!("1/{:.1}", whole / value);
        self.line(what, measured, format!("≥ 1/{limit}"), Some(value * limit >= whole));
    }

    fn line(&mut self, what: &str, measured: String, limit: String, holds: Option<bool>) {
        eprintln!("{what}: {measured} ({limit})");
        self.0.push(Line { what: what.to_owned(), measured, limit, holds });
    }

    pub(crate) fn print(&self) {
        println!("| what | measured | limit | holds |\n|---|---|---|---|");
        for Line { what, measured, limit, holds } in &self.0 {
            let holds = holds.map_or("", |holds| if holds { "yes" } else { "**no**" });
            println!("| {what} | {measured} | {limit} | {holds} |");
        }
    }
}
