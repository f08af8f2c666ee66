//! What is looked at value by value: patterns, lengths of texts, headers and cells of matrices.

use super::columns::within;
use super::lane::{Lane, same_cells, truth};
use super::op::{DOUBT, Fixed, Headers, NONE, OTHER, Plan, Stand, TRUE, Table, UNKNOWN};
use super::pool::{Pool, cell};
use crate::value::{Cell, Number};

/// Which texts match a pattern.
pub(super) fn matches(plan: &Plan, pool: &Pool<'_>, words: &[u32], pattern: u32, out: &mut Vec<u8>) {
    let pattern = plan.patterns.get(pattern as usize);
    let mut last = (UNKNOWN, DOUBT);
    for word in words {
        if *word != last.0 {
            let found =
                pattern.zip(pool.text(*word)).and_then(|(pattern, text)| pattern.is_match(text)).map_or(DOUBT, truth);
            last = (*word, found);
        }
        out.push(last.1);
    }
}

/// How many characters a text has.
pub(super) fn length(pool: &Pool<'_>, word: u32) -> Cell {
    pool.text(word).map_or(Cell::Unknown, |text| Cell::Number(Number::from_count(text.chars().count())))
}

/// The headers that values hit; unknown where several are possible.
pub(super) fn headers(headers: &Headers, pool: &Pool<'_>, lane: &Lane, out: &mut Vec<u32>) {
    let hit = |stands: &dyn Fn(&Stand) -> bool| {
        let found = headers.headers.iter().position(|header| header.iter().any(stands));
        found.and_then(|at| u32::try_from(at).ok()).or(headers.other).unwrap_or(UNKNOWN)
    };
    let none = hit(&|stand| matches!(stand, Stand::None | Stand::Any));
    match lane {
        Lane::Words(words) => {
            // Constants in the order of their headers; nothing stands for any value.
            let mut known: Vec<(Option<u32>, u32)> = Vec::new();
            for (at, header) in (0u32..).zip(&headers.headers) {
                for stand in header {
                    match stand {
                        Stand::Is(fixed) => known.push((Some(pool.word(*fixed)), at)),
                        Stand::Any => known.push((None, at)),
                        Stand::None | Stand::Range(..) => {}
                    }
                }
            }
            let other = headers.other.unwrap_or(UNKNOWN);
            out.extend(words.iter().map(|word| {
                match *word {
                    UNKNOWN => UNKNOWN,
                    NONE => none,
                    word => known
                        .iter()
                        .find(|(known, _)| known.is_none_or(|known| known == word))
                        .map_or(other, |(_, header)| *header),
                }
            }));
        }
        Lane::Bytes(bytes) => {
            let of = |byte: u8| hit(&|stand| matches!(stand, Stand::Any) || *stand == Stand::Is(Fixed::Byte(byte)));
            let (no, yes) = (of(super::op::FALSE), of(TRUE));
            out.extend(bytes.iter().map(|byte| match *byte {
                DOUBT => UNKNOWN,
                OTHER => none,
                TRUE => yes,
                _ => no,
            }));
        }
        Lane::Cells(cells) => out.extend(cells.iter().map(|value| match value {
            Cell::Unknown => UNKNOWN,
            Cell::None => none,
            value => hit(&|stand| match stand {
                Stand::None => false,
                Stand::Is(fixed) => same_cells(cell(*fixed), *value) == TRUE,
                Stand::Range(low, high) => within(low.as_ref(), value, true) && within(high.as_ref(), value, false),
                Stand::Any => true,
            }),
        })),
        Lane::Counts(counts) => out.resize(counts.len(), UNKNOWN),
    }
}

/// What the cells say that two headers hit.
#[inline]
pub(super) fn says(table: &Table, row: u32, column: u32) -> u8 {
    let width = table.width as usize;
    let last = width.saturating_sub(1);
    let column = (column as usize).min(last);
    let rows = table.says.len().checked_div(width).unwrap_or(0);
    let row = (row as usize).min(rows.saturating_sub(1));
    let at = row.saturating_mul(width).saturating_add(column);
    table.says.get(at).copied().unwrap_or(DOUBT)
}
