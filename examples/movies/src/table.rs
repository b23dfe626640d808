//! Text in columns.

use std::fmt::Write as _;

/// The rows below their heads, each column as wide as its widest cell.
pub(crate) fn render(heads: &[&str], rows: Vec<Vec<String>>) -> String {
    let heads: Vec<_> = heads.iter().map(|head| (*head).to_owned()).collect();
    let widths: Vec<_> = (0..heads.len())
        .map(|column| {
            let cells = rows.iter().chain([&heads]).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        })
        .collect();
    let rule = widths.iter().map(|width| "-".repeat(*width)).collect();
    let mut text = String::new();
    for row in [heads, rule].into_iter().chain(rows) {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(text, "  {}", line.trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_are_as_wide_as_they_must_be() {
        let rows = vec![vec!["Léon".to_owned(), "1994".to_owned()], vec!["9".to_owned(), String::new()]];
        let text = super::render(&["title", "y"], rows);
        assert_eq!(text, "  title  y\n  -----  ----\n  Léon   1994\n  9\n");
    }
}
