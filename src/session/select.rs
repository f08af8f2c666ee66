//! Which codes are shown and counted: `--select` and `--ignore`, codes or their beginnings. The longer beginning wins, and
//! what is ignored wins over what is selected by a beginning of the same length. What is not shown still happens.

use super::Trouble;

/// A choice of codes. The empty one shows all.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Selection {
    select: Vec<String>,
    ignore: Vec<String>,
}

impl Selection {
    /// A choice from codes or their beginnings; letter case does not matter.
    pub fn new(select: &[String], ignore: &[String]) -> Selection {
        let upper = |codes: &[String]| {
            codes.iter().map(|code| code.trim().to_uppercase()).filter(|code| !code.is_empty()).collect()
        };
        Selection { select: upper(select), ignore: upper(ignore) }
    }

    /// Whether a code is shown.
    pub fn shows(&self, code: &str) -> bool {
        let code = code.to_uppercase();
        let longest = |codes: &[String]| codes.iter().filter(|begin| code.starts_with(*begin)).map(String::len).max();
        match (longest(&self.select), longest(&self.ignore)) {
            (None, _) if !self.select.is_empty() => false,
            (_, None) => true,
            (selected, Some(ignored)) => selected.is_some_and(|selected| selected > ignored),
        }
    }

    /// Whether it shows everything.
    pub fn is_all(&self) -> bool {
        self.select.is_empty() && self.ignore.is_empty()
    }

    /// What was written that no code has or begins with.
    pub(super) fn unknown(&self, known: &[String]) -> Vec<Trouble> {
        let has = |begin: &String| known.iter().any(|code| code.to_uppercase().starts_with(begin));
        let wrong = self.select.iter().chain(&self.ignore).filter(|begin| !has(begin));
        wrong.map(|code| Trouble::UnknownCode { code: code.clone(), known: known.to_vec(), begins: true }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Selection;

    fn selection(select: &[&str], ignore: &[&str]) -> Selection {
        let owned = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
        Selection::new(&owned(select), &owned(ignore))
    }

    #[test]
    fn the_longer_beginning_wins() {
        assert!(selection(&[], &[]).shows("ACME103"));
        assert!(!selection(&["ACME2"], &[]).shows("ACME103"));
        assert!(!selection(&[], &["acme1"]).shows("ACME103"));
        assert!(selection(&["ACME103"], &["ACME1"]).shows("ACME103"));
        assert!(!selection(&["ACME1"], &["ACME103"]).shows("ACME103"));
        assert!(!selection(&["ACME103"], &["ACME103"]).shows("ACME103"));
        assert!(selection(&["ACME1", "ACME2"], &["ACME103"]).shows("ACME201"));
    }
}
