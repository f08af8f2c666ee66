//! What can be computed with numbers and quantities. What cannot be done (overflow, division by zero) answers with
//! nothing, which an evaluation takes as unknown.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{Duration, Number, Size};

impl Number {
    /// One.
    pub const ONE: Number = Number(Decimal::ONE);

    /// The sum.
    pub fn plus(self, other: Number) -> Option<Number> {
        self.0.checked_add(other.0).map(Number)
    }

    /// The product.
    pub fn times(self, other: Number) -> Option<Number> {
        self.0.checked_mul(other.0).map(Number)
    }

    /// The quotient.
    pub fn over(self, other: Number) -> Option<Number> {
        self.0.checked_div(other.0).map(Number)
    }

    /// The number with the other sign.
    #[must_use]
    pub fn negated(self) -> Number {
        let mut value = self.0;
        value.set_sign_negative(!value.is_zero() && value.is_sign_positive());
        Number(value)
    }

    /// The least whole number that is not below it.
    #[must_use]
    pub fn ceil(self) -> Number {
        Number(self.0.ceil())
    }

    /// The greatest whole number that is not above it.
    #[must_use]
    pub fn floor(self) -> Number {
        Number(self.0.floor())
    }
}

/// A whole amount divided by a number, rounded to the nearest whole.
fn share(amount: i64, by: Number) -> Option<i64> {
    Decimal::from(amount).checked_div(by.0)?.round().to_i64()
}

/// What sizes and durations have in common.
macro_rules! quantity {
    ($name:ident) => {
        impl $name {
            /// The sum.
            pub fn plus(self, other: $name) -> Option<$name> {
                self.0.checked_add(other.0).map($name)
            }

            /// The amount with the other sign.
            pub fn negated(self) -> Option<$name> {
                self.0.checked_neg().map($name)
            }

            /// One of this many equal parts, rounded to the nearest whole.
            pub fn share(self, by: Number) -> Option<$name> {
                share(self.0, by).map($name)
            }
        }
    };
}

quantity!(Size);
quantity!(Duration);
