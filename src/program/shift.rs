//! A program whose policies stand elsewhere than when it was compiled: all its places moved. Whoever keeps programs uses it.

use super::Program;
use crate::source::Span;
use crate::types::{Input, Schema};

impl Program {
    /// Moves every place from an offset on by so many bytes; what stands before it stays, and so does what has no place.
    pub fn shift(&mut self, from: u32, by: i64) {
        let moved = |offset: u32| u32::try_from(i64::from(offset).saturating_add(by)).unwrap_or(u32::MAX);
        let shift = |span: &mut Span| {
            if *span != Span::NONE && span.start >= from {
                *span = Span { start: moved(span.start), end: moved(span.end) };
            }
        };
        self.rules.iter_mut().for_each(|rule| shift(&mut rule.card.span));
        for matrix in &mut self.matrices {
            shift(&mut matrix.card.span);
            matrix.cells.iter_mut().for_each(|entry| shift(&mut entry.span));
        }
        self.demands.iter_mut().for_each(|demand| shift(&mut demand.span));
        schema(&mut self.schema, &shift);
    }
}

fn schema(schema: &mut Schema, shift: &dyn Fn(&mut Span)) {
    schema.enums.iter_mut().for_each(|own| shift(&mut own.span));
    for own in &mut schema.structs {
        shift(&mut own.span);
        own.fields.iter_mut().for_each(|field| shift(&mut field.span));
    }
    if let Input::Plan { sections } = &mut schema.input {
        sections.iter_mut().for_each(|section| shift(&mut section.span));
    }
}
