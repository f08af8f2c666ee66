//! An inventory straight into columns: one pass over the text of a JSON file. Rows keep where they begin, and nothing else of
//! where things stand. It reports nothing and knows less than readers and loader do: whatever they would report, or treat in
//! any way of its own, makes the whole inventory [`Odd`].

use super::Odd;
use super::cursor::{Cursor, Quoted, unescape};
use super::form::{Element, FormAt, Forms, Lack, Listed, Member, Want};
use super::hand::constant;
use crate::facts::store::{Facts, Owner, behind};
use crate::source::SourceFile;
use crate::types::Schema;
use crate::value::{Cell, Date, Duration, Number, Row, Size, StructId, Version};

/// No member.
const NO: u16 = u16::MAX;
/// Longer numbers, some reader may take for too long.
const LONGEST_NUMBER: usize = 64;

/// How the members of a form were written the last time.
#[derive(Clone, Debug, Default)]
struct Hints {
    first: u16,
    keys: Vec<Hint>,
}

#[derive(Clone, Debug)]
struct Hint {
    /// The key as it was written, blanks and colon included; empty before it was seen.
    lead: Box<[u8]>,
    /// The member that came behind it.
    next: u16,
}

/// A row, and what it is read by.
#[derive(Clone, Copy)]
struct Into {
    of: StructId,
    row: Row,
    depth: u32,
}

struct Pass<'p> {
    forms: &'p Forms,
    cursor: Cursor<'p>,
    facts: Facts,
    base: u32,
    hints: Vec<Hints>,
    /// Elements of lists that are open.
    cells: Vec<Cell>,
    text: String,
    absent: Vec<StructId>,
}

/// What an inventory says: its facts, in which names are not put in place yet, and where its assumptions stand.
pub(super) fn read(schema: &Schema, forms: &Forms, file: &SourceFile) -> Result<(Facts, Option<(usize, usize)>), Odd> {
    let text: &str = file.text();
    // Few bytes are few values.
    if text.len() as u64 > forms.values && most_values(text) > forms.values {
        return Err(Odd);
    }
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut cursor = Cursor::new(text, forms.bounds);
    cursor.at = start;
    let hints = |at: FormAt| {
        let keys = forms.get(at).map_or(0, |form| form.members.len());
        Hints { first: 0, keys: vec![Hint { lead: Box::default(), next: NO }; keys] }
    };
    let mut pass = Pass {
        forms,
        cursor,
        facts: Facts::new(schema),
        base: file.base(),
        hints: (0u16..).take(schema.structs.len()).map(hints).collect(),
        cells: Vec::new(),
        text: String::new(),
        absent: Vec::new(),
    };
    let assumed = pass.root()?;
    let mut facts = pass.facts;
    if facts.total_rows() > forms.rows {
        return Err(Odd);
    }
    facts.tighten();
    facts.stand(file.base(), file.text().clone());
    Ok((facts, assumed))
}

/// Values that a text has at most.
fn most_values(text: &str) -> u64 {
    // A value costs a comma or a bracket; those in texts make it more than there are.
    let signs = |part: &[u8]| {
        part.iter().fold(0u8, |count, byte| count.wrapping_add(u8::from(matches!(byte, b',' | b'[' | b'{'))))
    };
    text.as_bytes().chunks(192).map(|part| u64::from(signs(part))).fold(1, u64::wrapping_add)
}

impl<'p> Pass<'p> {
    fn root(&mut self) -> Result<Option<(usize, usize)>, Odd> {
        let mut seen: Vec<&'p str> = Vec::new();
        let mut assumed = None;
        let mut last = 0usize;
        self.cursor.blank();
        self.cursor.take(b'{')?;
        if self.cursor.bounds.nesting == 0 {
            return Err(Odd);
        }
        let mut byte = self.cursor.blank();
        while byte != b'}' {
            if !seen.is_empty() {
                self.cursor.take(b',')?;
            }
            let name = self.key()?;
            if seen.contains(&name) {
                return Err(Odd);
            }
            seen.push(name);
            let forms = self.forms;
            match forms.sections.iter().position(|section| *section.name == *name) {
                Some(at) if forms.in_order && at < last => return Err(Odd),
                Some(at) => {
                    last = at;
                    self.section(forms.sections.get(at).ok_or(Odd)?)?;
                }
                None if name == "$schema" => _ = self.cursor.string()?,
                // Few lines, which the loader reads.
                None if name == "assume" => {
                    let start = self.cursor.at;
                    self.cursor.at = behind(self.cursor.rest()).saturating_add(start);
                    assumed = Some((start, self.cursor.at));
                }
                None => return Err(Odd),
            }
            byte = self.cursor.blank();
        }
        self.cursor.step();
        self.cursor.end()?;
        Ok(assumed)
    }

    /// A key and its colon; the value comes next.
    fn key(&mut self) -> Result<&'p str, Odd> {
        self.cursor.blank();
        let key = self.cursor.string()?;
        if key.escaped || self.cursor.blank() != b':' {
            return Err(Odd);
        }
        self.cursor.step();
        self.cursor.blank();
        Ok(key.raw)
    }

    fn section(&mut self, section: &Listed) -> Result<(), Odd> {
        let of = section.entity;
        let mut more = self.cursor.open_list(2)?;
        while more {
            let row = self.begin(of, None)?;
            self.object(of.0, Into { of, row, depth: 3 })?;
            let Cell::Text(key) = self.facts.cell(of, row, section.key) else { return Err(Odd) };
            if self.facts.texts().get(key).trim_ascii().is_empty() {
                return Err(Odd);
            }
            more = self.cursor.next_element()?;
        }
        self.facts.know_section(of);
        self.facts.close_section(of);
        for row in (0..self.facts.rows(of)).map(Row) {
            self.name(section, row)?;
        }
        Ok(())
    }

    /// Makes a row findable; of rows of one name each has to have its id.
    fn name(&mut self, section: &Listed, row: Row) -> Result<(), Odd> {
        let of = section.entity;
        let Cell::Text(key) = self.facts.cell(of, row, section.key) else { return Err(Odd) };
        self.facts.name(of, row, key, !section.open);
        let id_of = |facts: &Facts, row: Row| match facts.cell(of, row, section.id?) {
            Cell::Text(id) if !facts.texts().get(id).trim_ascii().is_empty() => Some(id),
            _ => None,
        };
        let id = id_of(&self.facts, row);
        if let Some(id) = id {
            self.facts.identify(of, row, id);
        }
        let facts = &self.facts;
        let [before @ .., _] = facts.bearing(of, key) else { return Err(Odd) };
        let same = |other: &Row| {
            id.zip(id_of(facts, *other)).is_none_or(|(a, b)| facts.texts().folded(a) == facts.texts().folded(b))
        };
        // Whoever gives very many rows one name waits.
        if before.len() > 64 || before.iter().any(same) { Err(Odd) } else { Ok(()) }
    }

    /// Adds the row whose brace comes next.
    #[inline]
    fn begin(&mut self, of: StructId, owner: Option<Owner>) -> Result<Row, Odd> {
        let start = u32::try_from(self.cursor.at).ok().and_then(|at| self.base.checked_add(at)).ok_or(Odd)?;
        self.facts.begin_at(of, owner, Some(start)).ok_or(Odd)
    }

    /// A mapping, whose brace comes next.
    fn object(&mut self, form_at: FormAt, into: Into) -> Result<(), Odd> {
        let forms = self.forms;
        let form = forms.get(form_at).ok_or(Odd)?;
        self.cursor.take(b'{')?;
        if into.depth > self.cursor.bounds.nesting {
            return Err(Odd);
        }
        let mut seen = 0u128;
        let mut last = NO;
        let mut expected = self.hints.get(usize::from(form_at)).map_or(NO, |hints| hints.first);
        loop {
            if self.cursor.blank() == b'}' {
                self.cursor.step();
                break;
            }
            if last != NO {
                self.cursor.take(b',')?;
            }
            let hints = self.hints.get(usize::from(form_at)).ok_or(Odd)?;
            let at = match hints.keys.get(usize::from(expected)) {
                Some(hint) if !hint.lead.is_empty() && self.cursor.eat(&hint.lead) => {
                    if self.cursor.peek() <= b' ' {
                        self.cursor.blank();
                    }
                    expected
                }
                _ => self.other(form_at, last)?,
            };
            if forms.in_order && last != NO && at < last {
                return Err(Odd);
            }
            let bit = 1u128.wrapping_shl(u32::from(at));
            let member = form.members.get(usize::from(at)).ok_or(Odd)?;
            if seen & bit != 0 {
                return Err(Odd);
            }
            seen |= bit;
            last = at;
            let hints = self.hints.get(usize::from(form_at)).ok_or(Odd)?;
            expected = hints.keys.get(usize::from(at)).map_or(NO, |hint| hint.next);
            if member.want == Want::Skip {
                self.skip(into.depth)?;
                continue;
            }
            let cell = if self.cursor.peek() == b'n' {
                self.cursor.null()?;
                self.lack(member.null, member, into)?
            } else {
                self.value(member, member.want, None, into)?
            };
            self.facts.put(into.of, into.row, member.field, cell);
        }
        let mut absent = form.told_absent & !seen;
        while absent != 0 {
            let at = absent.trailing_zeros();
            absent &= absent.wrapping_sub(1);
            let member = form.members.get(at as usize).ok_or(Odd)?;
            let cell = self.lack(member.absent, member, into)?;
            self.facts.put(into.of, into.row, member.field, cell);
        }
        Ok(())
    }

    /// The member of a key that is not the one expected.
    #[inline(never)]
    fn other(&mut self, form_at: FormAt, last: u16) -> Result<u16, Odd> {
        let start = self.cursor.at;
        let name = self.key()?;
        let form = self.forms.get(form_at).ok_or(Odd)?;
        let at = form.members.iter().position(|member| *member.input == *name).ok_or(Odd)?;
        let at16 = u16::try_from(at).map_err(|_| Odd)?;
        let lead = self.cursor.since(start).as_bytes();
        let hints = self.hints.get_mut(usize::from(form_at)).ok_or(Odd)?;
        match hints.keys.get_mut(usize::from(last)) {
            Some(last) => last.next = at16,
            None => hints.first = at16,
        }
        let hint = hints.keys.get_mut(at).ok_or(Odd)?;
        if *hint.lead != *lead && lead.len() <= 512 {
            hint.lead = lead.into();
        }
        Ok(at16)
    }

    /// Passes over a value that nobody reads. A mapping would be one of nobody's members.
    fn skip(&mut self, depth: u32) -> Result<(), Odd> {
        match self.cursor.peek() {
            b'"' => _ = self.cursor.string()?,
            b't' | b'f' => _ = self.cursor.bool()?,
            b'n' => self.cursor.null()?,
            b'[' => {
                let depth = depth.saturating_add(1);
                let mut more = self.cursor.open_list(depth)?;
                while more {
                    self.skip(depth)?;
                    more = self.cursor.next_element()?;
                }
            }
            _ => _ = bare(&mut self.cursor)?,
        }
        Ok(())
    }

    fn value(&mut self, member: &Member, want: Want, index: Option<u32>, into: Into) -> Result<Cell, Odd> {
        match want {
            Want::Skip => self.skip(into.depth).map(|()| Cell::Unknown),
            Want::Text | Want::Any => {
                let scalar = scalar(&mut self.cursor)?;
                Ok(Cell::Text(self.facts.texts_mut().intern(says(scalar, &mut self.text))))
            }
            Want::Named => {
                let scalar = scalar(&mut self.cursor)?;
                let text = says(scalar, &mut self.text);
                if text.trim_ascii().is_empty() {
                    return Err(Odd);
                }
                // The number of the name, until there is a row.
                Ok(Cell::Row(Row(self.facts.texts_mut().intern(text).0)))
            }
            Want::Inside(form) => {
                let of = self.forms.get(form).ok_or(Odd)?.of;
                let owner = Owner { of: into.of, row: into.row, field: member.field, index };
                let row = self.begin(of, Some(owner))?;
                self.object(form, Into { of, row, depth: into.depth.saturating_add(1) })?;
                Ok(Cell::Row(row))
            }
            Want::List(element) => self.list(member, element, into),
            Want::Map { by_name, element } => self.map(member, element, by_name, into),
            _ => {
                let scalar = scalar(&mut self.cursor)?;
                let text = says(scalar, &mut self.text).trim_ascii();
                self.forms.single(member, want, text).ok_or(Odd)
            }
        }
    }

    fn list(&mut self, member: &Member, element: u16, into: Into) -> Result<Cell, Odd> {
        let element = *self.forms.elements.get(usize::from(element)).ok_or(Odd)?;
        let into = Into { depth: into.depth.saturating_add(1), ..into };
        let start = self.cells.len();
        let mut index = 0u32;
        let mut more = self.cursor.open_list(into.depth)?;
        while more {
            let cell = self.element(member, element, index, into)?;
            self.cells.push(cell);
            index = index.checked_add(1).ok_or(Odd)?;
            more = self.cursor.next_element()?;
        }
        Ok(Cell::List(self.facts.add_list(self.cells.drain(start..))))
    }

    fn element(&mut self, member: &Member, of: Element, index: u32, into: Into) -> Result<Cell, Odd> {
        if self.cursor.peek() == b'n' {
            self.cursor.null()?;
            return if of.null { Ok(Cell::None) } else { Err(Odd) };
        }
        self.value(member, of.want, Some(index), into)
    }

    fn map(&mut self, member: &Member, element: u16, by_name: bool, into: Into) -> Result<Cell, Odd> {
        let element = *self.forms.elements.get(usize::from(element)).ok_or(Odd)?;
        let into = Into { depth: into.depth.saturating_add(1), ..into };
        let mut entries = Vec::new();
        let mut seen = rustc_hash::FxHashSet::default();
        self.cursor.take(b'{')?;
        if into.depth > self.cursor.bounds.nesting {
            return Err(Odd);
        }
        let mut byte = self.cursor.blank();
        while byte != b'}' {
            if !entries.is_empty() {
                self.cursor.take(b',')?;
                self.cursor.blank();
            }
            let key = self.cursor.string()?;
            let key = self.facts.texts_mut().intern(says(key, &mut self.text));
            if !seen.insert(if by_name { self.facts.texts().folded(key) } else { key }) {
                return Err(Odd);
            }
            self.cursor.blank();
            self.cursor.take(b':')?;
            self.cursor.blank();
            let index = u32::try_from(entries.len()).map_err(|_| Odd)?;
            let cell = self.element(member, element, index, into)?;
            entries.push((key, cell));
            byte = self.cursor.blank();
        }
        self.cursor.step();
        Ok(Cell::Map(self.facts.add_map(entries)))
    }

    /// The cell of a member that is `null` or not there.
    fn lack(&mut self, lack: Lack, member: &Member, into: Into) -> Result<Cell, Odd> {
        Ok(match lack {
            Lack::Unknown => Cell::Unknown,
            Lack::None => Cell::None,
            Lack::Default => {
                member.default.as_ref().map_or(Cell::Unknown, |default| constant(&mut self.facts, default))
            }
            Lack::Record(form) => {
                let owner = Owner { of: into.of, row: into.row, field: member.field, index: None };
                return self.record_without(form, owner);
            }
            Lack::Odd => return Err(Odd),
        })
    }

    /// A record of which nothing is said.
    fn record_without(&mut self, form: FormAt, owner: Owner) -> Result<Cell, Odd> {
        let forms = self.forms;
        let form = forms.get(form).ok_or(Odd)?;
        if self.absent.contains(&form.of) || self.absent.len() > 32 {
            return Ok(Cell::Unknown);
        }
        let row = self.facts.begin_at(form.of, Some(owner), None).ok_or(Odd)?;
        let into = Into { of: form.of, row, depth: 0 };
        self.absent.push(form.of);
        for member in form.members.iter().filter(|member| member.want != Want::Skip && member.absent != Lack::Unknown) {
            let cell = self.lack(member.absent, member, into)?;
            self.facts.put(form.of, row, member.field, cell);
        }
        self.absent.pop();
        Ok(Cell::Row(row))
    }
}

impl Forms {
    /// A single value by its text; nothing where it does not fit.
    #[inline]
    fn single(&self, member: &Member, want: Want, text: &str) -> Option<Cell> {
        let counts = |amount: i64| amount >= 0 || member.negative;
        match want {
            Want::Bool => match text {
                "true" | "True" | "TRUE" => Some(Cell::Bool(true)),
                "false" | "False" | "FALSE" => Some(Cell::Bool(false)),
                _ => None,
            },
            Want::Number => number(text).map(Cell::Number),
            Want::Size => Size::parse(text).filter(|size| counts(size.0)).map(Cell::Size),
            Want::Duration => Duration::parse(text).filter(|time| counts(time.0)).map(Cell::Duration),
            Want::Date => Date::parse(text).map(Cell::Date),
            Want::Version => Version::parse(text).map(Cell::Version),
            Want::Enum(of) => {
                let at = self.words.get(usize::from(of))?.iter().position(|word| **word == *text)?;
                u16::try_from(at).ok().map(Cell::Enum)
            }
            _ => None,
        }
    }
}

/// A single value as it is written, without its quotes.
#[inline]
fn scalar<'t>(cursor: &mut Cursor<'t>) -> Result<Quoted<'t>, Odd> {
    match cursor.peek() {
        b'"' => cursor.string(),
        b't' | b'f' => {
            let start = cursor.at;
            cursor.bool()?;
            Ok(Quoted { raw: cursor.since(start), escaped: false })
        }
        _ => bare(cursor),
    }
}

/// A number as it is written.
fn bare<'t>(cursor: &mut Cursor<'t>) -> Result<Quoted<'t>, Odd> {
    let raw = cursor.number()?;
    if raw.len() > LONGEST_NUMBER { Err(Odd) } else { Ok(Quoted { raw, escaped: false }) }
}

/// What a single value says.
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
fn number(text: &str) -> Option<Number> {
    let digits = text.as_bytes();
    if !digits.is_empty() && digits.len() <= 18 && digits.iter().all(u8::is_ascii_digit) {
        let value = digits
            .iter()
            .fold(0i64, |value, digit| value.wrapping_mul(10).wrapping_add(i64::from(digit.wrapping_sub(b'0'))));
        return Some(Number::from_whole(value));
    }
    Number::parse(text)
}
