//! By which texts the rows of an entity are found: their keys, the short forms of host names, and ids where a key is borne twice.

use rustc_hash::FxHashMap;

use crate::value::{Row, StructId, TextId, Texts};

/// What a text names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// One row.
    One(Row),
    /// Several rows that bear it alike.
    Many(Vec<Row>),
    /// No row.
    Nothing,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum By {
    Key,
    Id,
    Short,
}

type Place = (By, StructId, TextId);

/// The index. Names compare without regard to letter case; keys go before ids, ids before short forms.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    index: FxHashMap<Place, Vec<Row>>,
    /// Every entry in the order made, so that those of a plan can be taken out again.
    log: Vec<Place>,
}

impl Names {
    pub(super) fn name(&mut self, of: StructId, row: Row, key: TextId, short: bool, texts: &mut Texts) {
        self.add((By::Key, of, texts.folded(key)), row);
        if short && let Some(text) = short_form(&texts.get(key).clone()) {
            let short = texts.intern(text);
            self.add((By::Short, of, texts.folded(short)), row);
        }
    }

    pub(super) fn identify(&mut self, of: StructId, row: Row, id: TextId, texts: &Texts) {
        self.add((By::Id, of, texts.folded(id)), row);
    }

    fn add(&mut self, place: Place, row: Row) {
        self.index.entry(place).or_default().push(row);
        self.log.push(place);
    }

    pub(super) fn find(&self, of: StructId, text: &str, texts: &Texts) -> Found {
        // A text that the pool does not have is no row's name; its folded form is what rows are found by.
        let Some(folded) = texts.find(text).map(|id| texts.folded(id)).or_else(|| texts.find(&text.to_lowercase()))
        else {
            return Found::Nothing;
        };
        let rows = |by: By| self.index.get(&(by, of, folded)).map_or(&[][..], Vec::as_slice);
        for by in [By::Key, By::Id, By::Short] {
            match rows(by) {
                [] => {}
                [row] => return Found::One(*row),
                many => return Found::Many(many.to_vec()),
            }
        }
        Found::Nothing
    }

    /// Whether a text is the short form of some row's key.
    pub(super) fn is_short_form(&self, of: StructId, text: &str, texts: &Texts) -> bool {
        texts.find(text).is_some_and(|text| self.index.contains_key(&(By::Short, of, texts.folded(text))))
    }

    pub(super) fn mark(&self) -> usize {
        self.log.len()
    }

    pub(super) fn release(&mut self, mark: usize) {
        while self.log.len() > mark {
            let Some(place) = self.log.pop() else { return };
            if let Some(rows) = self.index.get_mut(&place) {
                rows.pop();
                if rows.is_empty() {
                    self.index.remove(&place);
                }
            }
        }
    }
}

/// `hv12` of `hv12.corp.example`: only of what looks like a full host name, so that no path and no version loses its end.
pub(in crate::facts) fn short_form(text: &str) -> Option<&str> {
    let (first, rest) = text.split_once('.')?;
    let label = |label: &str| {
        !label.is_empty() && label.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_'))
    };
    (first.chars().any(char::is_alphabetic) && label(first) && rest.split('.').all(label)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::short_form;

    #[test]
    fn only_full_host_names_have_a_short_form() {
        assert_eq!(short_form("hv12.corp.example"), Some("hv12"));
        for other in ["hv12", "10.0.17763", r"\\files.corp\vms", r"C:\a.b", "a..b", ".a", "a.", "a b.c"] {
            assert_eq!(short_form(other), None, "{other}");
        }
    }
}
