//! What policies say of their vocabulary: the comments beside and above its declarations. It understands no vocabulary.

use std::collections::BTreeMap;

use crate::check::PackFiles;
use crate::source::{SourceMap, Span};
use crate::syntax::ast::Comment;

/// A line of a file: where the file starts in the source map, and the line from 1.
type Line = (u32, usize);

/// The comments of some policies by their lines, and where each line starts.
pub(super) struct Notes {
    beside: BTreeMap<Line, String>,
    above: BTreeMap<Line, String>,
    files: Vec<(Span, Vec<u32>, String)>,
}

impl Notes {
    /// Those of these packs.
    pub fn of(map: &SourceMap, packs: &[PackFiles]) -> Notes {
        let mut notes = Notes { beside: BTreeMap::new(), above: BTreeMap::new(), files: Vec::new() };
        for tree in packs.iter().flat_map(|pack| &pack.files) {
            let Some(file) = map.file_of(tree.span).and_then(|id| map.file(id)) else { continue };
            notes.files.push((file.span(), file.line_starts().to_vec(), file.text().to_string()));
            for comment in &tree.comments {
                notes.add(comment);
            }
        }
        notes
    }

    fn add(&mut self, comment: &Comment) {
        let Some((line, _)) = self.line(comment.span) else { return };
        let text = comment.text.trim().to_owned();
        if comment.own_line {
            self.above.insert(line, text)
        } else {
            self.beside.insert(line, text)
        };
    }

    /// The line of a place, and what stands on it before.
    fn line(&self, span: Span) -> Option<(Line, &str)> {
        let holds = |file: &Span| file.start <= span.start && span.start <= file.end;
        let (file, starts, text) = self.files.iter().find(|(file, _, _)| holds(file))?;
        let local = span.start.checked_sub(file.start)?;
        let line = starts.partition_point(|start| *start <= local);
        let start = starts.get(line.checked_sub(1)?)?;
        Some(((file.start, line), text.get(*start as usize..local as usize)?))
    }

    /// What is said of a declaration whose name stands here: beside it, or on the lines above. Of several declarations on one
    /// line it is said of the first.
    pub fn about(&self, name: Span) -> Option<String> {
        if name == Span::NONE {
            return None;
        }
        let (line, before) = self.line(name)?;
        if !matches!(before.trim(), "" | "enum" | "entity" | "part") {
            return None;
        }
        if let Some(beside) = self.beside.get(&line) {
            return Some(beside.clone());
        }
        let mut lines = Vec::new();
        let mut at = line;
        while let Some(above) = at.1.checked_sub(1).and_then(|above| self.above.get(&(at.0, above))) {
            lines.push(above.as_str());
            at.1 = at.1.saturating_sub(1);
        }
        lines.reverse();
        Some(lines.join(" ")).filter(|text| !text.is_empty())
    }
}
