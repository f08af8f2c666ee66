//! Facts as users' files give them: through the readers and loaders.

use clearway::facts::load::{Options, load_inventory, load_plan};
use clearway::facts::read::{Format, read_one};
use clearway::facts::{Facts as Store, Limits};
use clearway::source::SourceMap;
use clearway::types::Schema;

/// The facts of an inventory and a plan, and what is wrong with them.
pub fn facts(schema: &Schema, format: Format, inventory: &str, plan: &str) -> (Store, Vec<String>) {
    let mut map = SourceMap::new();
    let limits = Limits::default();
    let options = Options { limits: &limits, reads: &|_, _| true, writes: &|_, _| false, strict: true };
    let mut trouble = Vec::new();
    let mut document = |name: &str, text: &str| {
        let file = map.add(name, text).and_then(|id| map.file(id).cloned()).expect("a text that fits");
        let (document, diagnostics) = read_one(format, &file, &limits);
        trouble.extend(diagnostics.into_iter().map(|diagnostic| diagnostic.message));
        document.expect("a document")
    };
    let (inventory, plan) = (document("inventory", inventory), document("plan", plan));
    let estate = load_inventory(schema, &[&inventory], options);
    let mut store = estate.facts;
    let loaded = load_plan(schema, &plan, &mut store, "generated", options);
    trouble.extend(estate.diagnostics.into_iter().chain(loaded.diagnostics).map(|diagnostic| diagnostic.message));
    (store, trouble)
}
