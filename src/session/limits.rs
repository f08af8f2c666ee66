//! What a run may cost, as options set it: the limits of inputs, and the steps of an evaluation.

use crate::diag::nearest;
use crate::eval;
use crate::facts::{self, Limit};

/// The name of the limit that is not the facts' own.
const STEPS: &str = "steps";

/// The name of the limit of searches.
const TRIALS: &str = "trials";

/// Limits of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Of plans, inventories and policies.
    pub inputs: facts::Limits,
    /// Steps of evaluation that one subject may cost.
    pub steps: u64,
    /// Steps that may be tried to find a way out of one refusal; for a plan it is twenty times that.
    pub trials: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            inputs: facts::Limits::default(),
            steps: eval::DEFAULT_STEPS,
            trials: eval::Suggesting::default().per_step,
        }
    }
}

/// What is wrong with `NAME=N`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    /// It is no name, an equals sign and a whole number.
    Shape,
    /// There is no limit of this name; the one that is near.
    Name(Option<&'static str>),
}

impl Limits {
    /// The names of all limits.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Limit::ALL.into_iter().map(Limit::name).chain([STEPS, TRIALS])
    }

    /// Sets a limit from `NAME=N`.
    ///
    /// # Errors
    /// See [`Problem`].
    pub fn set(&mut self, text: &str) -> Result<(), Problem> {
        let (name, value) = text.split_once('=').ok_or(Problem::Shape)?;
        let (name, value) = (name.trim(), value.trim().replace('_', ""));
        let value = value.parse::<u64>().map_err(|_| Problem::Shape)?;
        match Limit::ALL.into_iter().find(|limit| limit.name() == name) {
            Some(limit) => self.inputs.set(limit, value),
            None if name == STEPS => self.steps = value,
            None if name == TRIALS => self.trials = value,
            None => return Err(Problem::Name(nearest(name, Limits::names()))),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_set_by_name() {
        let mut limits = Limits::default();
        assert_eq!(limits.set("rows=5"), Ok(()));
        assert_eq!(limits.set("steps = 1_000"), Ok(()));
        assert_eq!((limits.inputs.rows, limits.steps), (5, 1000));
        assert_eq!(limits.set("row=5"), Err(Problem::Name(Some("rows"))));
        assert_eq!(limits.set("rows"), Err(Problem::Shape));
        assert_eq!(limits.set("rows=many"), Err(Problem::Shape));
    }
}
