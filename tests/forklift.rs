//! The packs of Forklift's concerns against the corpora of inputs with known answers that lie beside the repository, and
//! against what is told of the rules in words.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

#[path = "forklift/corpus.rs"]
mod corpus;
#[path = "forklift/judged.rs"]
mod judged;

use corpus::{Case, agree, corpus, typed};

/// Every case and every well-typed variant of a provider agrees to the letter; of the others the loader says what is wrong.
fn holds(provider: &str) {
    let Some(cases) = corpus(provider) else { return };
    let (of_type, plain): (Vec<Case>, Vec<Case>) = cases.into_iter().partition(|case| case.kind == "type");
    let variants = plain.iter().filter(|case| !case.kind.is_empty()).count();
    println!(
        "{provider}: {} cases and {variants} variants agree to the letter, {} variants of kind `type` are looked at by the loader",
        plain.len() - variants,
        of_type.len(),
    );
    agree(provider, &plain);
    typed(provider, &of_type);
}

#[test]
fn hyperv() {
    holds("hyperv");
}

#[test]
fn vmware() {
    holds("vmware");
}

#[test]
fn ovirt() {
    holds("ovirt");
}

#[test]
fn openstack() {
    holds("openstack");
}

#[test]
fn ova() {
    holds("ova");
}
