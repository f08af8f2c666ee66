//! A plain table of texts: the lists of rules, of facts, of coverage. No frames, so that it can be read by scripts and eyes alike.

use super::text::{Look, Tone, clean, end_line, pad, width, wrap};

/// Draws rows under headings. The last column takes what is left of the width and is wrapped, unless that is too little
/// to be read: then it goes as far as it needs.
pub fn draw(look: &Look, headings: &[&str], rows: &[Vec<String>]) -> String {
    let count = headings.len();
    let mut widths: Vec<usize> = headings.iter().map(|heading| width(heading)).collect();
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| clean(cell).into_owned()).collect()).collect();
    for row in &rows {
        for (wide, cell) in widths.iter_mut().zip(row) {
            *wide = (*wide).max(width(cell));
        }
    }
    let before: usize = widths.iter().take(count.saturating_sub(1)).map(|wide| wide.saturating_add(2)).sum();
    let left = look.width.saturating_sub(before);
    let last = if left < 20 { usize::MAX } else { left };
    let mut out = String::new();
    let heads: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
    line(&mut out, look, &widths, &heads, last, Tone::Strong);
    for row in &rows {
        line(&mut out, look, &widths, row, last, Tone::Plain);
    }
    out
}

fn line(out: &mut String, look: &Look, widths: &[usize], row: &[String], last: usize, tone: Tone) {
    let mut indent = 0usize;
    for (index, (cell, wide)) in row.iter().zip(widths).enumerate() {
        if index.saturating_add(1) < row.len() {
            out.push_str(&look.paint(tone, cell));
            out.push_str(&pad("", wide.saturating_sub(width(cell)).saturating_add(2)));
            indent = indent.saturating_add(wide.saturating_add(2));
            continue;
        }
        for (number, piece) in wrap(cell, last, last).iter().enumerate() {
            if number > 0 {
                end_line(out);
                out.push_str(&pad("", indent));
            }
            out.push_str(&look.paint(tone, piece));
        }
    }
    end_line(out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other_and_the_last_one_wraps() {
        let look = Look { width: 40, ..Look::default() };
        let rows = vec![
            vec!["ACME03".to_owned(), "must".to_owned(), "Both hosts need processors of one maker".to_owned()],
            vec!["ACME".to_owned(), "should".to_owned(), String::new()],
        ];
        let drawn = draw(&look, &["code", "level", "title"], &rows);
        assert_eq!(
            drawn,
            "code    level   title\n\
             ACME03  must    Both hosts need\n\
             \u{20}               processors of one maker\n\
             ACME    should\n"
        );
    }
}
