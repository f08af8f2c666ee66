//! Values by the type of their field, as the loader reads them from a format that tells texts from numbers.

use super::Odd;
use super::cursor::{Cursor, Quoted, unescape};
use super::hand::{Hand, NodeAt, Place};
use super::shape::{Lack, Member, Want};
use crate::facts::document::View;
use crate::facts::store::{Facts, Owner};
use crate::value::{Cell, Date, Duration, Number, Size, Version};

impl Hand<'_> {
    /// The value of a member, which comes next.
    #[inline]
    pub(super) fn value(
        &mut self,
        cursor: &mut Cursor<'_>,
        facts: &mut Facts,
        member: &Member,
        place: Place,
        node: NodeAt,
        depth: u32,
    ) -> Result<Cell, Odd> {
        if member.want == Want::Skip {
            self.skip(cursor, node, depth)?;
            return Ok(Cell::Unknown);
        }
        if cursor.peek() == b'n' {
            cursor.null()?;
            return match place.row {
                Some(row) => self.lack(member.null, facts, member, place.of, row),
                None if member.null == Lack::Odd => Err(Odd),
                None => Ok(Cell::Unknown),
            };
        }
        self.read(cursor, facts, (member, member.want, None), place, node, depth)
    }

    fn read(
        &mut self,
        cursor: &mut Cursor<'_>,
        facts: &mut Facts,
        (member, want, index): (&Member, Want, Option<u32>),
        place: Place,
        node: NodeAt,
        depth: u32,
    ) -> Result<Cell, Odd> {
        let deeper = depth.saturating_add(1);
        match want {
            Want::Skip => self.skip(cursor, node, depth).map(|()| Cell::Unknown),
            Want::Bool => cursor.bool().map(Cell::Bool),
            Want::Number => number(cursor.number()?).map(Cell::Number),
            Want::Text => {
                let quoted = cursor.string()?;
                Ok(if place.row.is_some() { self.text(quoted, facts) } else { Cell::Unknown })
            }
            Want::Enum(of) => {
                let quoted = cursor.string()?;
                let words = self.shapes.words.get(usize::from(of)).ok_or(Odd)?;
                let text = says(quoted, &mut self.text).trim_ascii();
                let at = words.iter().position(|word| **word == *text).ok_or(Odd)?;
                u16::try_from(at).map(Cell::Enum).map_err(|_| Odd)
            }
            Want::Inside(shape) => {
                let of = self.shapes.get(shape).ok_or(Odd)?.of;
                let mut inside = Place { of, row: None };
                if let Some(row) = place.row {
                    let owner = Owner { of: place.of, row, field: member.field, index };
                    inside.row = Some(facts.begin(of, Some(owner)).ok_or(Odd)?);
                }
                self.object(cursor, facts, node, shape, inside, deeper)?;
                Ok(inside.row.map_or(Cell::Unknown, Cell::Row))
            }
            Want::List(element) => self.list(cursor, facts, (member, element), place, node, deeper),
            Want::Map { by_name, element } => self.map(cursor, facts, (member, element, by_name), place, node, deeper),
            Want::Any => {
                let text = match cursor.peek() {
                    b'"' => {
                        let quoted = cursor.string()?;
                        return Ok(if place.row.is_some() { self.text(quoted, facts) } else { Cell::Unknown });
                    }
                    b'{' => {
                        self.skip(cursor, node, depth)?;
                        View::Map(&[]).called()
                    }
                    b'[' => {
                        self.skip(cursor, node, depth)?;
                        View::List(&[]).called()
                    }
                    _ => {
                        let start = cursor.at;
                        self.skip(cursor, node, depth)?;
                        cursor.since(start)
                    }
                };
                Ok(Cell::Text(facts.texts_mut().intern(text)))
            }
            Want::Size | Want::Duration | Want::Date | Want::Version => {
                let text = match cursor.peek() {
                    b'"' => says(cursor.string()?, &mut self.text),
                    b't' | b'f' => return Err(Odd),
                    _ => cursor.number()?,
                };
                let text = text.trim_ascii();
                let counts = |amount: i64| amount >= 0 || member.negative;
                let cell = match want {
                    Want::Size => Size::parse(text).filter(|size| counts(size.0)).map(Cell::Size),
                    Want::Duration => Duration::parse(text).filter(|time| counts(time.0)).map(Cell::Duration),
                    Want::Date => Date::parse(text).map(Cell::Date),
                    _ => Version::parse(text).map(Cell::Version),
                };
                cell.ok_or(Odd)
            }
        }
    }

    fn text(&mut self, quoted: Quoted<'_>, facts: &mut Facts) -> Cell {
        Cell::Text(facts.texts_mut().intern(says(quoted, &mut self.text)))
    }

    fn list(
        &mut self,
        cursor: &mut Cursor<'_>,
        facts: &mut Facts,
        (member, element): (&Member, u16),
        place: Place,
        node: NodeAt,
        depth: u32,
    ) -> Result<Cell, Odd> {
        let element = *self.shapes.elements.get(usize::from(element)).ok_or(Odd)?;
        let start = self.cells.len();
        let mut index = 0u32;
        let mut more = cursor.open_list(depth)?;
        while more {
            let cell = if cursor.peek() == b'n' {
                cursor.null()?;
                lacking(element.null)?
            } else {
                self.read(cursor, facts, (member, element.want, Some(index)), place, node, depth)?
            };
            self.cells.push(cell);
            index = index.checked_add(1).ok_or(Odd)?;
            more = cursor.next_element()?;
        }
        let Some(_) = place.row else {
            self.cells.truncate(start);
            return Ok(Cell::Unknown);
        };
        Ok(Cell::List(facts.add_list(self.cells.drain(start..))))
    }

    fn map(
        &mut self,
        cursor: &mut Cursor<'_>,
        facts: &mut Facts,
        (member, element, by_name): (&Member, u16, bool),
        place: Place,
        node: NodeAt,
        depth: u32,
    ) -> Result<Cell, Odd> {
        let element = *self.shapes.elements.get(usize::from(element)).ok_or(Odd)?;
        let mut entries = Vec::new();
        let mut seen = rustc_hash::FxHashSet::default();
        cursor.take(b'{')?;
        if depth > cursor.bounds.nesting {
            return Err(Odd);
        }
        self.objects = self.objects.wrapping_add(1);
        let mut index = 0u32;
        if cursor.blank() == b'}' {
            cursor.step();
            return Ok(if place.row.is_some() { Cell::Map(facts.add_map(entries)) } else { Cell::Unknown });
        }
        loop {
            cursor.blank();
            let key = cursor.string()?;
            let key = facts.texts_mut().intern(says(key, &mut self.text));
            let told_by = if by_name { facts.texts().folded(key) } else { key };
            if !seen.insert(told_by) {
                return Err(Odd);
            }
            cursor.blank();
            cursor.take(b':')?;
            let cell = if cursor.blank() == b'n' {
                cursor.null()?;
                lacking(element.null)?
            } else {
                self.read(cursor, facts, (member, element.want, Some(index)), place, node, depth)?
            };
            entries.push((key, cell));
            index = index.checked_add(1).ok_or(Odd)?;
            match cursor.blank() {
                b',' => cursor.step(),
                b'}' => break,
                _ => return Err(Odd),
            }
        }
        cursor.step();
        Ok(if place.row.is_some() { Cell::Map(facts.add_map(entries)) } else { Cell::Unknown })
    }
}

/// The cell of an element that is `null`.
fn lacking(null: Lack) -> Result<Cell, Odd> {
    match null {
        Lack::None => Ok(Cell::None),
        _ => Err(Odd),
    }
}

/// What a string says.
#[inline]
fn says<'t>(quoted: Quoted<'t>, own: &'t mut String) -> &'t str {
    if !quoted.escaped {
        return quoted.raw;
    }
    unescape(quoted.raw, own);
    own
}

/// A number by its text; most are small and whole.
#[inline]
fn number(text: &str) -> Result<Number, Odd> {
    let digits = text.as_bytes();
    if digits.len() <= 18 && digits.iter().all(u8::is_ascii_digit) {
        let value = digits
            .iter()
            .fold(0i64, |value, digit| value.wrapping_mul(10).wrapping_add(i64::from(digit.wrapping_sub(b'0'))));
        return Ok(Number::from_whole(value));
    }
    Number::parse(text).ok_or(Odd)
}
