//! `$unknown`: the members of a mapping of which nothing is known, where leaving them out would say something. Only documents of
//! single entities have it: in them an absent member takes the default of its field, which may mean "no".

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::document::View;

use super::{At, Loader};

/// The member that lists those of which nothing is known.
pub const UNKNOWN: &str = "$unknown";

impl<'a> Loader<'a> {
    /// The members of a mapping of which nothing is known, as it says itself.
    pub(super) fn unknown(&mut self, layers: &[At]) -> Vec<&'a str> {
        let mut names = Vec::new();
        for layer in layers {
            let Some(list) = self.member(*layer, UNKNOWN) else { continue };
            let View::List(elements) = self.view(list) else {
                self.not_unknown(list, "`$unknown` is not a list");
                continue;
            };
            for node in elements {
                let at = At { document: list.document, node: *node };
                match self.view(at) {
                    View::Scalar(name, _) => names.push(name),
                    _ => self.not_unknown(at, "an element of `$unknown` is not the name of a member"),
                }
            }
        }
        names
    }

    fn not_unknown(&mut self, at: At, message: &str) {
        let error = Diagnostic::error(input::UNKNOWN_MARK, self.span(at), message)
            .note("it lists the members of its mapping of which nothing is known, in place of their defaults")
            .help("write names of members in `[ ]`, such as `[\"disks\", \"snapshot\"]`, or take it away");
        self.error(error);
    }
}
