//! Decoding: the bytes of one record of JSON straight into the columns of a store, reading only what a program reads. It is
//! the fast way beside readers and loaders, and knows less than they do: it reports nothing and keeps no place. What they
//! would report anything about, or treat in any way of its own, is [`Odd`], and has to be read their way.

mod cursor;
mod estate;
mod form;
mod hand;
mod keys;
mod naming;
mod shape;
mod skip;
mod value;

use super::document::Document;
use super::load::Options;
use super::read::{self, Read};
use super::{Facts, Limits};
use crate::source::SourceFile;
use crate::types::Schema;
use crate::value::Row;

use form::Forms;
pub use hand::Hand;
use shape::Shapes;

/// A record that is to be read by the readers and loaders: something about it is wrong or out of the ordinary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Odd;

/// What is read of the records of a vocabulary, and how. Made once a program, shared by all threads.
#[derive(Clone, Debug)]
pub struct Decoder {
    shapes: Shapes,
}

impl Decoder {
    /// A decoder for documents that are one entity each; nothing where the vocabulary has something that takes the loader.
    pub fn each(schema: &Schema, options: Options<'_>) -> Option<Decoder> {
        Shapes::each(schema, options).map(|shapes| Decoder { shapes })
    }

    /// What one thread decodes with.
    pub fn hand(&self) -> Hand<'_> {
        Hand::new(&self.shapes)
    }
}

impl Hand<'_> {
    /// Decodes a record into a store and answers with its row.
    ///
    /// # Errors
    /// Odd where it is to be read the slow way; nothing of it is in the store then, texts aside.
    pub fn record(&mut self, record: &str, facts: &mut Facts) -> Result<Row, Odd> {
        self.held(facts, |hand, facts| hand.root(record, facts))
    }

    /// Decodes the record that a text begins with into a store, and answers with its row and its length.
    ///
    /// # Errors
    /// As of [`Hand::record`].
    pub fn first(&mut self, text: &str, facts: &mut Facts) -> Result<(Row, usize), Odd> {
        self.held(facts, |hand, facts| hand.root_of(text, facts))
    }

    /// Takes everything out of the store again where it fails.
    fn held<T>(
        &mut self,
        facts: &mut Facts,
        decode: impl FnOnce(&mut Self, &mut Facts) -> Result<T, Odd>,
    ) -> Result<T, Odd> {
        self.mark(facts);
        let decoded = decode(self, facts);
        if decoded.is_err() {
            self.release(facts);
        }
        decoded
    }
}

/// What is read of the inventories of a vocabulary, and how.
#[derive(Clone, Debug)]
pub struct Estate {
    forms: Forms,
    whole: bool,
}

/// What an inventory says.
#[derive(Debug)]
pub struct Decoded {
    /// The facts.
    pub facts: Facts,
    /// The list of its assumptions, as a document by itself.
    pub assume: Option<Document>,
}

impl Estate {
    /// A decoder for inventories; nothing where the vocabulary has something that takes the loader. `whole`: what nobody reads
    /// is read, too, for it is to be written again or may be assumed.
    pub fn new(schema: &Schema, options: Options<'_>, whole: bool) -> Option<Estate> {
        Forms::of(schema, options, whole).map(|forms| Estate { forms, whole })
    }

    /// What an inventory of JSON says.
    ///
    /// # Errors
    /// Odd where it is to be read the slow way.
    pub fn read(&self, schema: &Schema, file: &SourceFile, options: Options<'_>) -> Result<Decoded, Odd> {
        let (mut facts, assumed) = estate::read(schema, &self.forms, file)?;
        let assume = match assumed {
            Some(_) if !self.whole => {
                drop(facts);
                return Estate::new(schema, options, true).ok_or(Odd)?.read(schema, file, options);
            }
            Some(range) => Some(assumptions(file, range, options)?),
            None => None,
        };
        naming::settle(schema, &self.forms, &mut facts, options)?;
        Ok(Decoded { facts, assume })
    }
}

/// The list of assumptions, which stands in a mapping.
fn assumptions(file: &SourceFile, range: (usize, usize), options: Options<'_>) -> Result<Document, Odd> {
    let nesting = options.limits.nesting.checked_sub(1).ok_or(Odd)?;
    let Read { documents, diagnostics } = read::read_record(file, range, &Limits { nesting, ..*options.limits });
    let mut documents = documents.into_iter();
    match (documents.next(), diagnostics.is_empty()) {
        (Some(document), true) => Ok(document),
        _ => Err(Odd),
    }
}
