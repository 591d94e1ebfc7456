//! Lists on the screen.

use comfy_table::{Table, presets::UTF8_FULL_CONDENSED};

/// Prints rows under their headings.
pub(super) fn show<const N: usize>(headings: [&str; N], rows: Vec<[String; N]>) {
    if rows.is_empty() {
        println!("there are none");
        return;
    }
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(headings);
    for row in rows {
        table.add_row(row);
    }
    println!("{table}");
}
