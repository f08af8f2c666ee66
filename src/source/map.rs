//! The source map: every text of a run under one address space, so that a span alone says which file it is in.

use std::sync::Arc;
use std::sync::OnceLock;

use super::Span;

/// A file of a [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(pub u32);

/// One text with its name and its place in the address space.
#[derive(Debug)]
pub struct SourceFile {
    name: Arc<str>,
    text: OnceLock<Arc<str>>,
    /// The text where it is part of the binary: then the other is made when first asked for.
    fixed: &'static str,
    length: u32,
    base: u32,
    /// What of its file stands before it.
    before: Before,
    lines: OnceLock<Vec<u32>>,
    /// Characters before each block of [`BLOCK`] bytes, so that a column of a line of megabytes costs no walk along it.
    blocks: OnceLock<Vec<u32>>,
}

const BLOCK: usize = 256;

/// What stands before a text that is a part of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Before {
    /// Line breaks.
    pub lines: usize,
    /// Characters of the line in which it begins.
    pub columns: usize,
    /// Bytes.
    pub bytes: usize,
}

impl SourceFile {
    /// The name as the user gave it: what is printed before `:line:column`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &Arc<str> {
        self.text.get_or_init(|| self.fixed.into())
    }

    /// The global offset of the first byte.
    pub fn base(&self) -> u32 {
        self.base
    }

    /// The span of the whole text.
    pub fn span(&self) -> Span {
        Span::new(self.base, self.base.saturating_add(self.length))
    }

    /// Local offsets at which lines start; made when first asked for. `\n`, `\r\n` and a lone `\r` end a line.
    pub fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let bytes = self.text().as_bytes();
            let mut starts = vec![0];
            let mut at = 0usize;
            while let Some(byte) = bytes.get(at) {
                at = at.saturating_add(1);
                let ends = match byte {
                    b'\n' => true,
                    b'\r' => bytes.get(at) != Some(&b'\n'),
                    _ => false,
                };
                if ends {
                    starts.push(u32::try_from(at).unwrap_or(u32::MAX));
                }
            }
            starts
        })
    }

    /// The line (from 0) that holds a local offset.
    pub fn line_of(&self, local: u32) -> usize {
        self.line_starts().partition_point(|start| *start <= local).saturating_sub(1)
    }

    /// The text of a line (from 0) without its line break, and its local offset; nothing where there is no such line.
    pub fn line(&self, line: usize) -> Option<(u32, &str)> {
        let starts = self.line_starts();
        let start = *starts.get(line)?;
        let end = starts.get(line.saturating_add(1)).copied().unwrap_or(self.length);
        let text = self.text().get(start as usize..end as usize)?;
        Some((start, text.trim_end_matches(['\n', '\r'])))
    }

    /// Line and column of a local offset, both from 1, the column in characters.
    pub fn line_column(&self, local: u32) -> (usize, usize) {
        let line = self.line_of(local);
        let mut start = self.line_starts().get(line).copied().unwrap_or(0);
        if line == 0 && self.text().starts_with('\u{feff}') {
            // No editor counts the byte order mark as a column.
            start = 3;
        }
        let mut end = (local as usize).min(self.text().len());
        while !self.text().is_char_boundary(end) {
            end = end.saturating_sub(1);
        }
        let column = self.characters_before(end).saturating_sub(self.characters_before(start as usize));
        let column = if line == 0 { column.saturating_add(self.before.columns) } else { column };
        (line.saturating_add(self.before.lines).saturating_add(1), column.saturating_add(1))
    }

    /// What of its file stands before it.
    pub fn before(&self) -> Before {
        self.before
    }

    /// How many characters begin before a byte of the text.
    fn characters_before(&self, offset: usize) -> usize {
        let begins = |bytes: &[u8]| bytes.iter().filter(|byte| !matches!(byte, 0x80..=0xbf)).count();
        let bytes = self.text().as_bytes();
        let blocks = self.blocks.get_or_init(|| {
            let mut before = 0u32;
            let mut counts = Vec::with_capacity(bytes.len().div_ceil(BLOCK));
            for block in bytes.chunks(BLOCK) {
                counts.push(before);
                before = before.saturating_add(u32::try_from(begins(block)).unwrap_or(u32::MAX));
            }
            counts
        });
        let block = offset.checked_div(BLOCK).unwrap_or(0).min(blocks.len().saturating_sub(1));
        let known = blocks.get(block).map_or(0, |count| *count as usize);
        let rest = bytes.get(block.saturating_mul(BLOCK)..offset.min(bytes.len())).map_or(0, begins);
        known.saturating_add(rest)
    }
}

/// A place as people read it. Lines and columns count from 1, columns in characters, offsets are bytes from 0.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Location {
    /// The file's name as the user gave it.
    pub file: Arc<str>,
    /// Line of the first character.
    pub line: usize,
    /// Column of the first character.
    pub column: usize,
    /// Line of the last character.
    pub end_line: usize,
    /// Column behind the last character.
    pub end_column: usize,
    /// Byte offset of the first character in its file.
    pub offset: usize,
    /// Length in bytes.
    pub length: usize,
}

/// How far a [`SourceMap`] goes at some time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SourceMark {
    files: usize,
    next: u32,
}

/// All texts of a run. Files are only ever added; a span stays valid.
#[derive(Default, Debug)]
pub struct SourceMap {
    files: Vec<Arc<SourceFile>>,
    next: u32,
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> SourceMap {
        SourceMap::default()
    }

    /// Adds a text under a name. One byte is left free between files, so that an empty span at a file's end has one owner.
    ///
    /// Returns nothing where the address space of 4 GiB is used up.
    pub fn add(&mut self, name: &str, text: impl Into<Arc<str>>) -> Option<FileId> {
        self.add_part(name.into(), text.into(), Before::default())
    }

    /// Adds a part of a text that is nowhere as a whole. Its places are told as those of the whole.
    pub fn add_part(&mut self, name: Arc<str>, text: Arc<str>, before: Before) -> Option<FileId> {
        let length = text.len();
        self.lay(name, OnceLock::from(text), "", length, before)
    }

    /// Adds a text that is part of the binary: it is copied only where somebody asks for it.
    pub fn add_fixed(&mut self, name: &str, text: &'static str) -> Option<FileId> {
        self.lay(name.into(), OnceLock::new(), text, text.len(), Before::default())
    }

    fn lay(
        &mut self,
        name: Arc<str>,
        text: OnceLock<Arc<str>>,
        fixed: &'static str,
        length: usize,
        before: Before,
    ) -> Option<FileId> {
        let id = FileId(u32::try_from(self.files.len()).ok()?);
        let length = u32::try_from(length).ok()?;
        let base = self.next;
        self.next = base.checked_add(length)?.checked_add(1).filter(|next| *next < u32::MAX)?;
        self.files.push(Arc::new(SourceFile {
            name,
            text,
            fixed,
            length,
            base,
            before,
            lines: OnceLock::new(),
            blocks: OnceLock::new(),
        }));
        Some(id)
    }

    /// Takes over the texts of another map, and answers by how many bytes their places move: by none where there are none. Where the address space does not
    /// hold them, they have no places from then on.
    pub fn append(&mut self, other: SourceMap) -> u32 {
        if other.files.is_empty() {
            return 0;
        }
        let by = self.next;
        if by.checked_add(other.next).is_none_or(|next| next == u32::MAX) {
            return u32::MAX;
        }
        for file in other.files {
            let Some(mut file) = Arc::into_inner(file) else { return u32::MAX };
            file.base = file.base.saturating_add(by);
            self.files.push(Arc::new(file));
        }
        self.next = by.saturating_add(other.next);
        by
    }

    /// How far it goes by now.
    pub fn mark(&self) -> SourceMark {
        SourceMark { files: self.files.len(), next: self.next }
    }

    /// Forgets every text that was added since. Places in them must not be told any more.
    pub fn release(&mut self, mark: SourceMark) {
        self.files.truncate(mark.files);
        self.next = mark.next;
    }

    /// A file by its id.
    pub fn file(&self, id: FileId) -> Option<&Arc<SourceFile>> {
        self.files.get(id.0 as usize)
    }

    /// All files in the order in which they were added.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &Arc<SourceFile>)> {
        (0u32..).map(FileId).zip(&self.files)
    }

    /// The file a span lies in. Nothing for [`Span::NONE`] and for a span that crosses from one file into another.
    pub fn file_of(&self, span: Span) -> Option<FileId> {
        let index = self.files.partition_point(|file| file.base <= span.start).checked_sub(1)?;
        let file = self.files.get(index)?;
        (span.end <= file.span().end).then_some(FileId(u32::try_from(index).ok()?))
    }

    /// The text a span covers.
    pub fn text(&self, span: Span) -> Option<&str> {
        let file = self.file(self.file_of(span)?)?;
        let start = span.start.checked_sub(file.base)? as usize;
        let end = span.end.checked_sub(file.base)? as usize;
        file.text().get(start..end)
    }

    /// The place of a span as people read it; nothing where [`SourceMap::file_of`] finds no file.
    pub fn locate(&self, span: Span) -> Option<Location> {
        let file = self.file(self.file_of(span)?)?;
        let start = span.start.checked_sub(file.base)?;
        let end = span.end.checked_sub(file.base)?;
        let (line, column) = file.line_column(start);
        let (end_line, end_column) = file.line_column(end);
        Some(Location {
            file: file.name.clone(),
            line,
            column,
            end_line,
            end_column,
            offset: (start as usize).saturating_add(file.before.bytes),
            length: span.len() as usize,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_finds_its_file_and_place() {
        let mut map = SourceMap::new();
        let a = map.add("a", "one\r\ntwö\rthree").unwrap();
        let b = map.add("b", "x").unwrap();
        let base = map.file(b).unwrap().base();
        let place = map.locate(Span::new(base, base + 1)).unwrap();
        assert_eq!((&*place.file, place.line, place.column), ("b", 1, 1));
        let three = Span::new(10, 15);
        assert_eq!(map.text(three), Some("three"));
        let place = map.locate(three).unwrap();
        assert_eq!((place.line, place.column), (3, 1));
        assert_eq!(map.file_of(three), Some(a));
        assert_eq!(map.file_of(Span::new(3, base + 1)), None, "a span across two files has no place");
        assert_eq!(map.locate(Span::NONE), None);
        let long = "ä".repeat(5000);
        let c = map.add("c", long.as_str()).unwrap();
        assert_eq!(map.file(c).unwrap().line_column(9998), (1, 5000), "columns of long lines are counted in blocks");
        assert_eq!(map.file(c).unwrap().line_column(10000), (1, 5001));
        assert_eq!(map.file(c).unwrap().line_column(7), (1, 4), "within a character");
        let after_umlaut = map.locate(Span::new(9, 9)).unwrap();
        assert_eq!((after_umlaut.line, after_umlaut.column), (2, 4), "columns count characters");
    }
}
