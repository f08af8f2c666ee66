//! What is wrong with a text that is to be CLIXML, in words. It finds nothing out; the walk does.

use quick_xml::Error;
use quick_xml::errors::{IllFormedError, SyntaxError};
use quick_xml::events::attributes::AttrError;

use crate::diag::Diagnostic;
use crate::facts::read::{Format, broken};
use crate::facts::shown::shown;

use super::{Trouble, Walk};

impl Walk<'_, '_> {
    /// The end of the text: an error within an element, and before `Objs` was closed.
    pub(super) fn eof(&mut self, at: u32) -> Result<(), Trouble> {
        if let Some(innermost) = self.stack.last() {
            let message = format!("it ends within `{}`", innermost.name);
            let begins = self.tree.span(innermost.start, innermost.start);
            let error = self.error(at, at, &message).also(begins, "which begins here");
            return Err(broken_by(cut_off(error)));
        }
        if !self.ended {
            let message = "it has no element, and CLIXML begins with `Objs`";
            return Err(broken_by(self.error(self.begin, self.begin, message)));
        }
        Ok(())
    }

    /// An error at a place.
    pub(super) fn error(&self, from: u32, to: u32, message: &str) -> Diagnostic {
        broken(Format::Clixml, self.tree.span(from, to), message)
            .help("write it anew with `Export-Clixml`; it is not meant to be edited")
    }

    /// The error of what is no XML.
    pub(super) fn invalid(&self, error: &Error, at: u32) -> Trouble {
        let open = match error {
            Error::Syntax(SyntaxError::UnclosedTag) => "a tag",
            Error::Syntax(SyntaxError::UnclosedComment) => "a comment",
            Error::Syntax(SyntaxError::UnclosedCData) => "a `CDATA`",
            Error::Syntax(SyntaxError::UnclosedPI | SyntaxError::UnclosedXmlDecl) => "a `<?`",
            Error::Syntax(SyntaxError::UnclosedDoctype) => "a document type declaration",
            Error::Syntax(
                SyntaxError::UnclosedSingleQuotedAttributeValue | SyntaxError::UnclosedDoubleQuotedAttributeValue,
            ) => "the value of an attribute",
            Error::Syntax(SyntaxError::InvalidBangMarkup) => "what begins with `<!`",
            Error::IllFormed(IllFormedError::UnclosedReference) => "what begins with `&`",
            Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
                let message = format!("`</{}>` closes `{}`", shown(found), shown(expected));
                return broken_by(self.error(at, at, &message));
            }
            Error::IllFormed(IllFormedError::UnmatchedEndTag(found)) => {
                let message = format!("`</{}>` closes nothing", shown(found));
                return broken_by(self.error(at, at, &message));
            }
            other => return broken_by(self.error(at, at, &other.to_string())),
        };
        broken_by(cut_off(self.error(at, at, &format!("{open} is not closed"))))
    }

    /// The error of an attribute.
    pub(super) fn attribute(&self, wrong: &AttrError, from: u32, to: u32) -> Trouble {
        let message = match wrong {
            AttrError::Duplicated(..) => "an element has an attribute twice",
            _ => "an attribute is not a name with a value in quotes",
        };
        broken_by(self.error(from, to, message))
    }
}

pub(super) fn broken_by(diagnostic: Diagnostic) -> Trouble {
    Trouble::Broken(Box::new(diagnostic))
}

fn cut_off(error: Diagnostic) -> Diagnostic {
    error.help("the file was probably cut off: export it anew, and copy all of it")
}
