//! The oracle, and what it holds the evaluation to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "oracle/mod.rs"]
mod oracle;

use oracle::generate::{Choices, input, policy};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

fn choices(seed: u64) -> Vec<u16> {
    use proptest::prelude::Rng;
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    (0..1500).map(|_| (rng.next_u32() >> 8) as u16).collect()
}

#[test]
fn generated_policies_parse() {
    for seed in 0..200 {
        let choices = choices(seed);
        let pack = policy::pack(&mut Choices::new(&choices), policy::Options { aware: true });
        let mut map = clearway::source::SourceMap::new();
        let file = map.add("g.way", pack.text.clone()).unwrap();
        let file = map.file(file).unwrap();
        let parsed = clearway::syntax::parse(file.text(), file.base());
        if !parsed.diagnostics.is_empty() {
            for d in &parsed.diagnostics { println!("{} {:?}", d.message, map.locate(d.span())); }
            panic!("{}\n{:?}", pack.text, parsed.diagnostics);
        }
        if seed == 7 { println!("{}", pack.text); }
    }
}
