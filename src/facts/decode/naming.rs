//! The rows that names of an inventory mean, once all rows are there. A name that means none may make one, where nobody can say
//! that it does not exist; rows are made in the order in which the loader makes them.

use super::Odd;
use super::form::Forms;
use crate::facts::load::{self, Options};
use crate::facts::store::{Borne, Facts, Lost};
use crate::types::Schema;

impl From<Borne> for Odd {
    fn from(Borne: Borne) -> Odd {
        Odd
    }
}

/// Puts rows in the place of names.
pub(super) fn settle(schema: &Schema, forms: &Forms, facts: &mut Facts, options: Options<'_>) -> Result<(), Odd> {
    let mut lost = Vec::new();
    for (target, fields) in &forms.naming {
        let before = lost.len();
        facts.settle(*target, fields, &mut lost)?;
        let open = forms.sections.iter().any(|section| section.entity == *target && section.open);
        if lost.len() > before && !open && facts.section_known(*target) {
            return Err(Odd);
        }
    }
    if lost.is_empty() {
        return Ok(());
    }
    lost.sort_by_cached_key(|lost| way(forms, facts, lost));
    if load::name(schema, facts, options, &lost) { Ok(()) } else { Err(Odd) }
}

/// The way from the sections to a name, in the order in which the loader goes it.
fn way(forms: &Forms, facts: &Facts, lost: &Lost) -> Vec<u32> {
    let mut way = vec![lost.index.unwrap_or(0), lost.field.0.into()];
    let (mut of, mut row) = (lost.of, lost.row);
    while let Some(owner) = facts.owner(of, row) {
        way.extend([owner.index.unwrap_or(0), owner.field.0.into()]);
        (of, row) = (owner.of, owner.row);
    }
    let section = forms.sections.iter().position(|section| section.entity == of);
    way.extend([row.0, section.and_then(|at| u32::try_from(at).ok()).unwrap_or(u32::MAX)]);
    way.reverse();
    way
}
