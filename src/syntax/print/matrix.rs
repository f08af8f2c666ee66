//! Support matrices: the table with its columns aligned.

use crate::syntax::ast::{CellBody, Condition, HeaderCell, HeaderValue, HeaderValueKind, Matrix, Table};

use super::expr::{Place, expr};
use super::rule::heading;
use super::wrap::wrapped;
use super::{Page, padded, width};

/// A value of a header.
pub fn header_value(value: &HeaderValue) -> String {
    match &value.kind {
        HeaderValueKind::Value(value) => expr(value, Place::FREE),
        HeaderValueKind::Range { low, high, below } => {
            let below = if *below { "< " } else { "" };
            format!("{} .. {below}{}", expr(low, Place::FREE), expr(high, Place::FREE))
        }
        HeaderValueKind::Compared { op, bound } => format!("{} {}", op.text(), expr(bound, Place::FREE)),
        HeaderValueKind::Any => "any".to_owned(),
        HeaderValueKind::Other => "other".to_owned(),
    }
}

fn header_cell(cell: &HeaderCell) -> String {
    let values: Vec<String> = cell.values.iter().map(header_value).collect();
    values.join(", ")
}

/// What a body cell says.
pub fn cell_body(body: &CellBody) -> String {
    match body {
        CellBody::No => "no".to_owned(),
        CellBody::Silent => "-".to_owned(),
        CellBody::Impossible => "/".to_owned(),
        CellBody::Yes { effects, condition } => {
            let effects: String = effects.iter().map(|effect| format!(", {}", effect.text)).collect();
            let condition = condition.as_ref().map_or_else(String::new, |condition| format!(" if {}", condition.text));
            format!("yes{effects}{condition}")
        }
    }
}

impl Page<'_> {
    pub(super) fn matrix(&mut self, item: &Matrix) {
        let level = item.level.map(|level| level.kind.text());
        let head = heading(&item.code, &item.name, level, item.title.as_ref());
        self.line(item.span, &format!("matrix {head} {{"));
        let word = Page::words(&item.why, &item.premises, &["for", "columns"]);
        self.inside(|page| {
            page.cites(&item.why.cites, word);
            page.opening(item.subject.as_ref(), &item.premises, word);
            let column = page.margin().saturating_add(word);
            for (name, axis) in [("rows", &item.rows), ("columns", &item.columns)] {
                if let Some(axis) = axis {
                    page.line(axis.span, &format!("{}{}", padded(name, word), wrapped(&axis.value, column)));
                }
            }
            // What is said of the matrix itself stands before its table: behind it, it would belong to a condition.
            page.reasons(&item.why, word);
            if let Some(table) = &item.table {
                page.trailing(table.span);
                page.lines.push(String::new());
                page.table(table);
            }
            if let Some(first) = item.conditions.first() {
                page.trailing(first.span);
                page.lines.push(String::new());
            }
            page.conditions(&item.conditions);
        });
        self.close(item.span);
    }

    fn table(&mut self, table: &Table) {
        let head: Vec<String> = std::iter::once(String::new()).chain(table.columns.iter().map(header_cell)).collect();
        let rows: Vec<Vec<String>> = table
            .rows
            .iter()
            .map(|row| {
                let cells = row.cells.iter().map(|cell| cell_body(&cell.body));
                std::iter::once(header_cell(&row.header)).chain(cells).collect()
            })
            .collect();
        let mut widths: Vec<usize> = Vec::new();
        for row in rows.iter().chain(std::iter::once(&head)) {
            for (index, cell) in row.iter().enumerate() {
                match widths.get_mut(index) {
                    Some(widest) => *widest = (*widest).max(width(cell)),
                    None => widths.push(width(cell)),
                }
            }
        }
        let line = |cells: &[String]| {
            let cells = cells.iter().zip(&widths).map(|(cell, to)| format!(" {} |", padded(cell, *to)));
            format!("|{}", cells.collect::<String>())
        };
        self.line(table.span, &line(&head));
        let rule: String = widths.iter().map(|to| format!("{}|", "-".repeat(to.saturating_add(2)))).collect();
        self.push(&format!("|{rule}"));
        for (row, cells) in table.rows.iter().zip(&rows) {
            self.line(row.span, &line(cells));
        }
    }

    fn conditions(&mut self, conditions: &[Condition]) {
        let widest =
            conditions.iter().map(|condition| width(&condition.name.text)).max().unwrap_or(0).saturating_add(1);
        for condition in conditions {
            let level = condition.level.map_or_else(String::new, |level| format!("{} ", level.kind.text()));
            let head = format!("{}{level}{} ", padded(&condition.name.text, widest), condition.code.text);
            let column = self.margin().saturating_add(width(&head));
            self.line(condition.span, &format!("{head}{}", wrapped(&condition.condition, column)));
            self.inside(|page| page.justification(&condition.why, 0));
        }
    }
}
