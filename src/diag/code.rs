//! Codes of messages: stable, one table a family, a page under `docs/codes/` each.

/// The stable code of a message, such as `CW201`. Only the tables under `codes/` make codes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub(crate) &'static str);

impl Code {
    /// The code as users read and write it.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.0)
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// What a code speaks about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// `CW1xx`: the text of a policy.
    Syntax,
    /// `CW2xx`: the meaning of a policy.
    Check,
    /// `CW3xx`: plans and inventories.
    Input,
    /// `CW4xx`: limits that were hit.
    Limit,
    /// `CW5xx`: tests of policies, and the run itself.
    Run,
    /// `CW6xx`: waivers and assumptions.
    Waiver,
}

/// A row of a table of codes.
#[derive(Clone, Copy, Debug)]
pub struct CodeInfo {
    /// The code.
    pub code: Code,
    /// What it means, in a few words: the title of its page.
    pub title: &'static str,
    /// What it speaks about.
    pub family: Family,
}

/// Makes the table of one family: a constant for each code and `ALL` of them.
macro_rules! codes {
    ($family:ident; $($name:ident = $code:literal, $title:literal;)*) => {
        $(#[doc = concat!("`", $code, "`: ", $title, ".")] pub const $name: $crate::diag::Code = $crate::diag::Code($code);)*
        /// Every code of this family, in order.
        pub const ALL: &[$crate::diag::CodeInfo] = &[
            $($crate::diag::CodeInfo { code: $name, title: $title, family: $crate::diag::Family::$family },)*
        ];
    };
}
pub(crate) use codes;
