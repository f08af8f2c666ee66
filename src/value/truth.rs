//! Kleene's logic.

/// True, false, or not known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Truth {
    /// It is not so.
    False,
    /// Nobody can say.
    Unknown,
    /// It is so.
    True,
}

impl Truth {
    /// Both: the lesser of the two.
    #[must_use]
    #[inline]
    pub fn and(self, other: Truth) -> Truth {
        self.min(other)
    }

    /// At least one: the greater of the two.
    #[must_use]
    #[inline]
    pub fn or(self, other: Truth) -> Truth {
        self.max(other)
    }

    /// The other one wherever this one holds.
    #[must_use]
    #[inline]
    pub fn implies(self, other: Truth) -> Truth {
        self.negate().or(other)
    }

    /// The opposite; unknown stays unknown.
    #[must_use]
    #[inline]
    pub fn negate(self) -> Truth {
        match self {
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
            Truth::True => Truth::False,
        }
    }
}

impl From<bool> for Truth {
    #[inline]
    fn from(value: bool) -> Truth {
        if value { Truth::True } else { Truth::False }
    }
}
