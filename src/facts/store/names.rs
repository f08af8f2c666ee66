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

/// Rows of one name: nearly always one.
#[derive(Clone, Debug)]
enum Rows {
    One([Row; 1]),
    Many(Vec<Row>),
}

impl Rows {
    fn all(&self) -> &[Row] {
        match self {
            Rows::One(one) => one,
            Rows::Many(many) => many,
        }
    }

    fn push(&mut self, row: Row) {
        match self {
            Rows::One([first]) => *self = Rows::Many(vec![*first, row]),
            Rows::Many(many) => many.push(row),
        }
    }

    /// Takes the last row away; false where none is left.
    fn pop(&mut self) -> bool {
        match self {
            Rows::One(_) => false,
            Rows::Many(many) => {
                many.pop();
                !many.is_empty()
            }
        }
    }
}

/// The index. Names compare without regard to letter case; keys go before ids, ids before short forms.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    index: FxHashMap<Place, Rows>,
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
        self.index.entry(place).and_modify(|rows| rows.push(row)).or_insert(Rows::One([row]));
        self.log.push(place);
    }

    pub(super) fn find(&self, of: StructId, text: &str, texts: &Texts) -> Found {
        // A text that the pool does not have is no row's name; its folded form is what rows are found by.
        let Some(folded) = texts.find(text).map(|id| texts.folded(id)).or_else(|| texts.find(&text.to_lowercase()))
        else {
            return Found::Nothing;
        };
        match self.folded(of, folded) {
            [] => Found::Nothing,
            [row] => Found::One(*row),
            many => Found::Many(many.to_vec()),
        }
    }

    /// The rows that a text of the pool names.
    pub(super) fn rows(&self, of: StructId, text: TextId, texts: &Texts) -> &[Row] {
        self.folded(of, texts.folded(text))
    }

    /// The rows whose key a text of the pool is.
    pub(super) fn keyed(&self, of: StructId, text: TextId, texts: &Texts) -> &[Row] {
        self.by(By::Key, of, texts.folded(text))
    }

    fn by(&self, by: By, of: StructId, folded: TextId) -> &[Row] {
        self.index.get(&(by, of, folded)).map_or(&[][..], Rows::all)
    }

    fn folded(&self, of: StructId, folded: TextId) -> &[Row] {
        let mut all = [By::Key, By::Id, By::Short].into_iter().map(|by| self.by(by, of, folded));
        all.find(|rows| !rows.is_empty()).unwrap_or_default()
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
            if self.index.get_mut(&place).is_some_and(|rows| !rows.pop()) {
                self.index.remove(&place);
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
