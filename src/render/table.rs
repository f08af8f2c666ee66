//! A support matrix as its policy writes it, with the row, the column and the cell that were hit marked by signs that can
//! be seen without colours. Of a matrix that is too wide or too high the part around the hit is drawn.

use super::text::{Look, Tone, clean, end_line, pad, paragraph, width, wrap};
use crate::report::{CellHit, TableView};

/// Cells are wrapped at the first of these widths at which the table fits.
const WIDTHS: [usize; 4] = [26, 20, 16, 12];
/// Rows of a matrix that is drawn whole.
const MOST_ROWS: usize = 10;

/// One drawn cell: its lines, and whether it was hit.
struct Piece {
    lines: Vec<String>,
    hit: bool,
}

impl Piece {
    fn new(text: &str, hit: bool, widest: usize) -> Piece {
        Piece { lines: wrap(text, widest, widest), hit }
    }

    fn width(&self) -> usize {
        self.lines.iter().map(|line| width(line)).max().unwrap_or(0)
    }
}

/// Draws the table with the cell that was hit.
pub(crate) fn draw(look: &Look, table: &TableView, hit: &CellHit, tone: Tone, out: &mut String) {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "?".to_owned());
    let (row, column) = (value(&hit.row), value(&hit.column));
    let caption = format!("row {row} (`{}`), column {column} (`{}`)", table.rows_by, table.columns_by);
    paragraph(out, look, "  table: ", 9, &caption);
    let right = look.pick("▶ ", "> ");
    let mut grid = Grid::new(look, table, hit, 26);
    for widest in WIDTHS {
        if grid.total() <= look.width {
            break;
        }
        grid = Grid::new(look, table, hit, widest);
    }
    let Grid { heads, sides, cells, widths, side } = &grid;
    let side = *side;
    let room = look.width.saturating_sub(side.saturating_add(6));
    let columns = chosen(&widths.iter().map(|w| w.saturating_add(3)).collect::<Vec<_>>(), &hit.columns, room);
    let rows = chosen(&vec![1; sides.len()], &hit.rows, MOST_ROWS);
    let sheet = Sheet { look, widths, side, columns: &columns, tone };
    sheet.row(out, "  ", &Piece::new("", false, 1), heads);
    sheet.rule(out);
    let mut before: Option<usize> = None;
    for row in rows {
        if before.map_or(row > 0, |before| row > before.saturating_add(1)) {
            sheet.gap(out);
        }
        before = Some(row);
        if let (Some(head), Some(cells)) = (sides.get(row), cells.get(row)) {
            sheet.row(out, if head.hit { right } else { "  " }, head, cells);
        }
    }
    if before.is_some_and(|before| before.saturating_add(1) < sides.len()) {
        sheet.gap(out);
    }
}

/// A table with its cells wrapped.
struct Grid {
    heads: Vec<Piece>,
    sides: Vec<Piece>,
    cells: Vec<Vec<Piece>>,
    widths: Vec<usize>,
    side: usize,
}

impl Grid {
    fn new(look: &Look, table: &TableView, hit: &CellHit, widest: usize) -> Grid {
        let down = look.pick("▼ ", "v ");
        let head = |(at, head): (usize, &std::sync::Arc<str>)| {
            let hit = hit.columns.contains(&at);
            let sign = if hit { down } else { "" };
            Piece::new(&format!("{sign}{}", clean(head)), hit, widest)
        };
        let side = |(at, head): (usize, &std::sync::Arc<str>)| Piece::new(&clean(head), hit.rows.contains(&at), widest);
        let row = |(row, cells): (usize, &Vec<String>)| {
            let cell = |(column, text): (usize, &String)| {
                let hit = hit.rows.contains(&row) && hit.columns.contains(&column);
                let text = clean(text);
                Piece::new(&if hit { format!("[{text}]") } else { text.into_owned() }, hit, widest)
            };
            cells.iter().enumerate().map(cell).collect::<Vec<_>>()
        };
        let heads: Vec<Piece> = table.column_headers.iter().enumerate().map(head).collect();
        let sides: Vec<Piece> = table.row_headers.iter().enumerate().map(side).collect();
        let cells: Vec<Vec<Piece>> = table.cells.iter().enumerate().map(row).collect();
        let column = |at: usize| cells.iter().filter_map(move |row| row.get(at)).map(Piece::width);
        let widths = heads.iter().enumerate().map(|(at, head)| column(at).fold(head.width(), usize::max)).collect();
        let side = sides.iter().map(Piece::width).max().unwrap_or(0);
        Grid { heads, sides, cells, widths, side }
    }

    fn total(&self) -> usize {
        let columns: usize = self.widths.iter().map(|wide| wide.saturating_add(3)).sum();
        columns.saturating_add(self.side).saturating_add(4)
    }
}

/// Which of several columns (or rows) are drawn: all that fit, those that were hit before their neighbours.
fn chosen(sizes: &[usize], hits: &[usize], room: usize) -> Vec<usize> {
    if sizes.iter().sum::<usize>() <= room {
        return (0..sizes.len()).collect();
    }
    // Room for the signs of what is left out on both sides.
    let room = room.saturating_sub(8);
    let distance = |at: usize| hits.iter().map(|hit| hit.abs_diff(at)).min().unwrap_or(at);
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|at| (distance(*at), *at));
    let mut used = 0usize;
    let mut taken: Vec<usize> = Vec::new();
    for at in order {
        let size = sizes.get(at).copied().unwrap_or(0);
        if !taken.is_empty() && used.saturating_add(size) > room {
            break;
        }
        used = used.saturating_add(size);
        taken.push(at);
    }
    taken.sort_unstable();
    taken
}

struct Sheet<'a> {
    look: &'a Look,
    widths: &'a [usize],
    side: usize,
    columns: &'a [usize],
    tone: Tone,
}

impl Sheet<'_> {
    /// The columns drawn, each with whether some are left out before it, and behind the last one.
    fn columns(&self) -> (Vec<(usize, bool)>, bool) {
        let mut before: Option<usize> = None;
        let mut out = Vec::new();
        for column in self.columns {
            out.push((*column, before.map_or(*column > 0, |before| *column > before.saturating_add(1))));
            before = Some(*column);
        }
        (out, before.is_some_and(|last| last.saturating_add(1) < self.widths.len()))
    }

    fn row(&self, out: &mut String, sign: &str, head: &Piece, cells: &[Piece]) {
        let bar = self.look.pick(" │ ", " | ");
        let (columns, cut) = self.columns();
        let height =
            columns.iter().filter_map(|(at, _)| cells.get(*at)).map(|cell| cell.lines.len()).max().unwrap_or(1);
        for line in 0..height.max(head.lines.len()) {
            let blank = "  ";
            let sign = if line == 0 { sign } else { blank };
            out.push_str("  ");
            out.push_str(&self.paint(head.hit, sign));
            out.push_str(&self.paint(head.hit, &pad(head.lines.get(line).map_or("", |l| l), self.side)));
            for (at, skipped) in &columns {
                if *skipped {
                    out.push_str(bar);
                    out.push_str(self.look.ellipsis());
                }
                out.push_str(bar);
                let Some(cell) = cells.get(*at) else { continue };
                let text = cell.lines.get(line).map_or("", |l| l);
                out.push_str(&self.paint(cell.hit, text));
                let wide = self.widths.get(*at).copied().unwrap_or(0);
                out.push_str(&pad("", wide.saturating_sub(width(text))));
            }
            if cut {
                out.push_str(bar);
                out.push_str(self.look.ellipsis());
            }
            end_line(out);
        }
    }

    fn paint(&self, hit: bool, text: &str) -> String {
        if hit { self.look.paint(self.tone, text).into_owned() } else { text.to_owned() }
    }

    fn rule(&self, out: &mut String) {
        let (bar, cross) = if self.look.unicode { ("─", "┼") } else { ("-", "+") };
        let (columns, cut) = self.columns();
        let sign = width(self.look.ellipsis()).saturating_add(2);
        let mut line = format!("  {}", bar.repeat(self.side.saturating_add(3)));
        for (at, skipped) in columns {
            if skipped {
                line.push_str(&format!("{cross}{}", bar.repeat(sign)));
            }
            let wide = self.widths.get(at).copied().unwrap_or(0).saturating_add(2);
            line.push_str(&format!("{cross}{}", bar.repeat(wide)));
        }
        if cut {
            line.push_str(&format!("{cross}{}", bar.repeat(sign)));
        }
        out.push_str(&self.look.paint(Tone::Faint, &line));
        out.push('\n');
    }

    fn gap(&self, out: &mut String) {
        out.push_str("    ");
        out.push_str(self.look.ellipsis());
        out.push('\n');
    }
}
