//! Rows laid out: the clause's word, the text as written, its value, where it comes from, each in a column of its own as
//! far as the width allows. What decided has a sign before it, so that it is seen without colours.

use super::super::text::{Look, Tone, cut, end_line, pad, width, wrap};
use super::rows::Row;

/// Columns before the texts.
const WORD: usize = 10;

/// Draws the rows of clauses, each behind its word.
pub(super) fn draw(look: &Look, clauses: &[(&str, Vec<Row>)], out: &mut String) {
    let most = look.width.saturating_sub(WORD).saturating_mul(53).checked_div(100).unwrap_or(0);
    let rows = || clauses.iter().flat_map(|(_, rows)| rows);
    let telling = rows().filter(|row| !row.faint || row.depth == 0);
    let text = telling.map(|row| indent(row).saturating_add(width(&row.text))).max().unwrap_or(0).clamp(16, most);
    let valued = rows().filter(|row| row.origin.is_some()).map(|row| width(&row.value));
    let value = valued.filter(|wide| *wide <= 20).max().unwrap_or(0).max(5);
    let sheet = Sheet { look, text, value };
    for (word, rows) in clauses {
        for (at, row) in rows.iter().enumerate() {
            sheet.row(if at == 0 { word } else { "" }, row, out);
        }
    }
}

/// Columns before the text of a row: two for its sign.
fn indent(row: &Row) -> usize {
    row.depth.saturating_mul(2).saturating_add(2)
}

struct Sheet<'a> {
    look: &'a Look,
    text: usize,
    value: usize,
}

impl Sheet<'_> {
    fn row(&self, word: &str, row: &Row, out: &mut String) {
        let look = self.look;
        let indent = indent(row);
        let room = self.text.saturating_sub(indent).max(12);
        let lines = if row.faint && row.depth > 0 {
            vec![cut(look, &row.text, room)]
        } else {
            wrap(&row.text, room, room.saturating_sub(2))
        };
        let tone = if row.faint {
            Tone::Faint
        } else if row.depth == 0 {
            Tone::Strong
        } else {
            Tone::Plain
        };
        let right = self.right(row);
        let last = lines.len().saturating_sub(1);
        for at in 0..lines.len().max(last.saturating_add(right.len())) {
            let head = if at == 0 { word } else { "" };
            out.push_str("  ");
            out.push_str(&look.paint(Tone::Strong, head));
            out.push_str(&pad("", WORD.saturating_sub(2).saturating_sub(width(head))));
            out.push_str(&pad("", indent.saturating_sub(2)));
            match at == 0 && row.decides {
                true => out.push_str(&look.paint(Tone::Help, look.pick("▶ ", "> "))),
                false => out.push_str("  "),
            }
            let more = if at == 0 { 0 } else { 2 };
            let line = lines.get(at).map_or("", |line| line.as_str());
            out.push_str(&pad("", more));
            out.push_str(&look.paint(tone, line));
            if let Some((text, tone)) = at.checked_sub(last).and_then(|at| right.get(at)) {
                let used = indent.saturating_add(more).saturating_add(width(line));
                out.push_str(&pad("", self.text.saturating_sub(used).saturating_add(2)));
                match tone {
                    Some(tone) => out.push_str(&look.paint(*tone, text)),
                    None => out.push_str(text),
                }
            }
            end_line(out);
        }
    }

    /// What stands beside a text: its value and where that comes from, on as many lines as they need.
    fn right(&self, row: &Row) -> Vec<(String, Option<Tone>)> {
        let look = self.look;
        let room = look.width.saturating_sub(WORD.saturating_add(self.text).saturating_add(2)).max(12);
        let tone = match (row.faint, row.truth) {
            (true, _) => Tone::Faint,
            (_, Some("true")) => Tone::Good,
            (_, Some("false")) => Tone::Error,
            (_, Some(_)) => Tone::Warning,
            (_, None) => Tone::Strong,
        };
        let Some((short, long)) = &row.origin else {
            return wrap(&row.value, room, room).into_iter().map(|line| (line, Some(tone))).collect();
        };
        let wide = width(&row.value);
        // Under each other where there is room for that, else right behind the value.
        let aligned = self.value.max(wide).saturating_add(2);
        for (beside, text) in [(aligned, long), (aligned, short), (wide.saturating_add(2), short)] {
            if beside.saturating_add(width(text)) <= room {
                let value = look.paint(tone, &row.value).into_owned();
                let joined =
                    format!("{value}{}{}", pad("", beside.saturating_sub(wide)), look.paint(Tone::Faint, text));
                return vec![(joined, None)];
            }
        }
        let mut lines: Vec<(String, Option<Tone>)> =
            wrap(&row.value, room, room).into_iter().map(|line| (line, Some(tone))).collect();
        let text = if width(long) <= room { long } else { short };
        let text =
            if width(text) <= room.saturating_mul(2) { text.clone() } else { cut(look, text, room.saturating_mul(2)) };
        lines.extend(wrap(&text, room, room).into_iter().map(|line| (line, Some(Tone::Faint))));
        lines
    }
}
