//! Values by the type of their field, as the loader reads them from a format that tells texts from numbers.

use super::Odd;
use super::cursor::{Cursor, Quoted, unescape};
use super::hand::{Hand, Place, SAID, Said};
use super::keys::NodeAt;
use super::shape::{Lack, Member, ShapeAt, Want, first_letters};
use crate::facts::document::View;
use crate::facts::store::{Facts, Owner};
use crate::types::FieldId;
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
        // What most members are comes first.
        match (member.want, cursor.peek()) {
            (Want::Text, b'"') => return self.text(cursor, facts, place.row.is_some()),
            (Want::Enum(of), b'"') => return self.word(cursor, of),
            (Want::Bool, b't' | b'f') => return cursor.bool().map(Cell::Bool),
            (Want::Inside(shape), b'{') => {
                return self.inside(cursor, facts, shape, (place, member.field, None), node, depth);
            }
            _ => {}
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

    /// A part or a record.
    #[inline]
    fn inside(
        &mut self,
        cursor: &mut Cursor<'_>,
        facts: &mut Facts,
        shape: ShapeAt,
        (place, field, index): (Place, FieldId, Option<u32>),
        node: NodeAt,
        depth: u32,
    ) -> Result<Cell, Odd> {
        let of = self.shapes.get(shape).ok_or(Odd)?.of;
        let mut inside = Place { of, row: None };
        if let Some(row) = place.row {
            let owner = Owner { of: place.of, row, field, index };
            inside.row = Some(facts.begin(of, Some(owner)).ok_or(Odd)?);
        }
        self.object(cursor, facts, node, shape, inside, depth.saturating_add(1))?;
        Ok(inside.row.map_or(Cell::Unknown, Cell::Row))
    }

    #[inline]
    fn text(&mut self, cursor: &mut Cursor<'_>, facts: &mut Facts, kept: bool) -> Result<Cell, Odd> {
        let quoted = cursor.string()?;
        Ok(if kept { Cell::Text(facts.texts_mut().intern(says(quoted, &mut self.text))) } else { Cell::Unknown })
    }

    /// A value of an enum.
    #[inline]
    fn word(&mut self, cursor: &mut Cursor<'_>, of: u16) -> Result<Cell, Odd> {
        let quoted = cursor.string()?;
        let words = self.shapes.words.get(usize::from(of)).ok_or(Odd)?;
        let text = says(quoted, &mut self.text).trim_ascii();
        words.of(text).map(Cell::Enum).ok_or(Odd)
    }

    #[inline(never)]
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
            Want::Text => self.text(cursor, facts, place.row.is_some()),
            Want::Enum(of) => self.word(cursor, of),
            Want::Inside(shape) => self.inside(cursor, facts, shape, (place, member.field, index), node, depth),
            Want::List(element) => self.list(cursor, facts, (member, element), place, node, deeper),
            Want::Map { by_name, element } => self.map(cursor, facts, (member, element, by_name), place, node, deeper),
            Want::Any => {
                let text = match cursor.peek() {
                    b'"' => return self.text(cursor, facts, place.row.is_some()),
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
                let cell = match letters(text) {
                    Some(letters) => {
                        let said = (letters, text.len(), want);
                        let at = mix(letters) % SAID;
                        match self.said.get(at).filter(|known| known.text == said) {
                            Some(known) => known.cell,
                            None => {
                                let cell = quantity(text, want)?;
                                if let Some(known) = self.said.get_mut(at) {
                                    *known = Said { text: said, cell };
                                }
                                cell
                            }
                        }
                    }
                    None => quantity(text, want)?,
                };
                match cell {
                    Cell::Size(Size(amount)) | Cell::Duration(Duration(amount)) if amount < 0 && !member.negative => {
                        Err(Odd)
                    }
                    cell => Ok(cell),
                }
            }
        }
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

/// Reads a quantity, a date or a version.
fn quantity(text: &str, want: Want) -> Result<Cell, Odd> {
    let text = text.trim_ascii();
    let cell = match want {
        Want::Size => Size::parse(text).map(Cell::Size),
        Want::Duration => Duration::parse(text).map(Cell::Duration),
        Want::Date => Date::parse(text).map(Cell::Date),
        _ => Version::parse(text).map(Cell::Version),
    };
    cell.ok_or(Odd)
}

/// The letters of a short text.
#[inline]
fn letters(text: &str) -> Option<[u64; 2]> {
    let bytes = text.as_bytes();
    let (first, rest) = bytes.split_at_checked(8).unwrap_or((bytes, &[]));
    (rest.len() <= 8).then(|| [first_letters(first), first_letters(rest)])
}

#[inline]
fn mix(letters: [u64; 2]) -> usize {
    let [first, second] = letters;
    let mixed = (first ^ second.rotate_left(23)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 40) as usize
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
