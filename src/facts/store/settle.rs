//! Names that were put into columns in place of the rows they mean, and the rows that are found for them when all are there.
//! It makes no row and reports nothing: a name that means nothing is handed back.

use crate::types::FieldId;
use crate::value::{Cell, ListId, MapId, Row, StructId, TextId};

use super::column::{Column, Slot};
use super::{Facts, Owner};

/// A name that means no row that is there.
#[derive(Clone, Copy, Debug)]
pub(in crate::facts) struct Lost {
    /// The struct of the row that has it.
    pub(in crate::facts) of: StructId,
    /// The row.
    pub(in crate::facts) row: Row,
    /// The field.
    pub(in crate::facts) field: FieldId,
    /// Its place in the list or the map that is the value of the field.
    pub(in crate::facts) index: Option<u32>,
    /// What it names a row of.
    pub(in crate::facts) target: StructId,
    /// The name.
    pub(in crate::facts) name: TextId,
}

/// Several rows bear a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::facts) struct Borne;

/// Not looked for yet.
const NEW: u32 = 0;
/// There is none.
const NONE: u32 = 1;

impl Facts {
    /// Adds a row that begins at a place of a text, or stands nowhere.
    #[inline]
    pub(in crate::facts) fn begin_at(&mut self, of: StructId, owner: Option<Owner>, start: Option<u32>) -> Option<Row> {
        self.tables.get_mut(usize::from(of.0))?.begin_at(owner, start)
    }

    /// Puts the rows that names mean in their places, in these fields, all of which name rows of one entity.
    ///
    /// # Errors
    /// Where a name is borne by several.
    pub(in crate::facts) fn settle(
        &mut self,
        target: StructId,
        fields: &[(StructId, FieldId)],
        lost: &mut Vec<Lost>,
    ) -> Result<(), Borne> {
        let Facts { tables, lists, items, maps, entries, names, texts, .. } = self;
        // By the number of a text: the row that it names, behind the two words above.
        let mut known = vec![NEW; texts.len()];
        let mut row_of = |name: Row| -> Result<Option<Row>, Borne> {
            let Some(slot) = known.get_mut(name.0 as usize) else { return Ok(None) };
            if *slot == NEW {
                *slot = match names.rows(target, TextId(name.0), texts) {
                    [] => NONE,
                    [row] => row.0.checked_add(2).ok_or(Borne)?,
                    _ => return Err(Borne),
                };
            }
            Ok(slot.checked_sub(2).map(Row))
        };
        for (of, field) in fields {
            let (of, field) = (*of, *field);
            let mut lose = |row: u32, index: Option<u32>, name: Row| {
                lost.push(Lost { of, row: Row(row), field, index, target, name: TextId(name.0) });
            };
            let range =
                |ranges: &[(u32, u32)], at: u32| ranges.get(at as usize).map(|(from, to)| *from as usize..*to as usize);
            match tables.get_mut(usize::from(of.0)).and_then(|table| table.column_mut(field)) {
                Some(Column::Row(slots)) => {
                    for (row, slot) in (0u32..).zip(slots) {
                        let Slot::Is(name) = *slot else { continue };
                        *slot = match row_of(name)? {
                            Some(found) => Slot::Is(found),
                            None => {
                                lose(row, None, name);
                                Slot::Unknown
                            }
                        };
                    }
                }
                Some(Column::List(slots)) => {
                    for (row, slot) in (0u32..).zip(slots) {
                        let Slot::Is(ListId(list)) = *slot else { continue };
                        let items = range(lists, list).and_then(|range| items.get_mut(range)).unwrap_or_default();
                        for (index, item) in (0u32..).zip(items) {
                            let Cell::Row(name) = *item else { continue };
                            *item = row_of(name)?.map_or(Cell::Unknown, Cell::Row);
                            if *item == Cell::Unknown {
                                lose(row, Some(index), name);
                            }
                        }
                    }
                }
                Some(Column::Map(slots)) => {
                    for (row, slot) in (0u32..).zip(slots) {
                        let Slot::Is(MapId(map)) = *slot else { continue };
                        let entries = range(maps, map).and_then(|range| entries.get_mut(range)).unwrap_or_default();
                        for (index, (_, item)) in (0u32..).zip(entries) {
                            let Cell::Row(name) = *item else { continue };
                            *item = row_of(name)?.map_or(Cell::Unknown, Cell::Row);
                            if *item == Cell::Unknown {
                                lose(row, Some(index), name);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Puts the row in place that a name means after all.
    pub(in crate::facts) fn settle_one(&mut self, lost: &Lost, found: Row) {
        let cell = self.cell(lost.of, lost.row, lost.field);
        let at = |ranges: &[(u32, u32)], of: u32| {
            let (from, _) = ranges.get(of as usize)?;
            Some(from.saturating_add(lost.index?) as usize)
        };
        match cell {
            Cell::List(ListId(list)) => {
                if let Some(item) = at(&self.lists, list).and_then(|at| self.items.get_mut(at)) {
                    *item = Cell::Row(found);
                }
            }
            Cell::Map(MapId(map)) => {
                if let Some((_, item)) = at(&self.maps, map).and_then(|at| self.entries.get_mut(at)) {
                    *item = Cell::Row(found);
                }
            }
            _ => self.put(lost.of, lost.row, lost.field, Cell::Row(found)),
        }
    }

    /// The rows whose key a text is, letter case aside.
    pub(in crate::facts) fn bearing(&self, of: StructId, key: TextId) -> &[Row] {
        self.names.keyed(of, key, &self.texts)
    }

    /// Gives back what tables took too much of.
    pub(in crate::facts) fn tighten(&mut self) {
        self.tables.iter_mut().for_each(super::Table::tighten);
        self.items.shrink_to_fit();
        self.lists.shrink_to_fit();
    }
}
