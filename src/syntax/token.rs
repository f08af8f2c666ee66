//! Tokens: what the lexer makes of a text and the parser reads. A token holds no text, only its place and what the
//! layout around it tells.

use crate::source::Span;

use super::ast::{DurationUnit, SizeUnit};

/// A token.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where, as global offsets.
    pub span: Span,
    /// Bytes between the start of its line and it.
    pub column: u32,
    /// Whether it is the first of its line.
    pub line_start: bool,
    /// Whether a blank or a line break stands before it.
    pub blank_before: bool,
    /// Whether a blank or a line break stands behind it.
    pub blank_after: bool,
}

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    /// A name or a word of the language; which of them is decided where it stands.
    Name,
    /// A text, with its quotes.
    Text,
    /// Digits with at most one point.
    Number,
    /// Digits with two points or more.
    Version,
    /// Digits and `%`.
    Percent,
    /// Digits and a unit.
    Size(SizeUnit),
    /// Digits and a unit.
    Duration(DurationUnit),
    /// Four, two and two digits.
    Date,
    /// `|---|---|`: the line below the headers of a table.
    TableRule,
    /// A sign.
    Sign(Sign),
    /// The end of the text.
    End,
}

macro_rules! signs {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// A sign.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Sign { $($(#[$doc])* $name,)* }
        impl Sign {
            /// Every sign; of two with one beginning the longer one first.
            pub const ALL: &[Sign] = &[$(Sign::$name,)*];
            /// The sign as it is written.
            pub fn text(self) -> &'static str {
                match self { $(Sign::$name => $text,)* }
            }
        }
    };
}

signs! {
    /// `..`
    Range = "..";
    /// `==`
    Equal = "==";
    /// `!=`
    NotEqual = "!=";
    /// `<=`
    LessEqual = "<=";
    /// `>=`
    GreaterEqual = ">=";
    /// `<`
    Less = "<";
    /// `>`
    Greater = ">";
    /// `=`
    Is = "=";
    /// `+`
    Plus = "+";
    /// `-`
    Minus = "-";
    /// `*`
    Star = "*";
    /// `/`
    Slash = "/";
    /// `(`
    OpenParen = "(";
    /// `)`
    CloseParen = ")";
    /// `[`
    OpenBracket = "[";
    /// `]`
    CloseBracket = "]";
    /// `{`
    OpenBrace = "{";
    /// `}`
    CloseBrace = "}";
    /// `,`
    Comma = ",";
    /// `:`
    Colon = ":";
    /// `.`
    Dot = ".";
    /// `?`
    Question = "?";
    /// `|`
    Bar = "|";
}
