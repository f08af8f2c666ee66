//! Reads a text of `src/` into what the laws ask about: its place in the module tree, every path it mentions, and its
//! tokens of interest. It judges nothing; `laws.rs` does.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};

/// A file of `src/`, by its path from the top of the project.
#[derive(Clone)]
pub struct Text {
    pub path: String,
    pub text: String,
}

/// How a path is mentioned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// `use`
    Use,
    /// `pub use`, whatever the visibility.
    Reexport,
    /// `use …::*`
    Glob,
    /// Written out in code, in an attribute or in a macro.
    Inline,
}

/// A path as the file mentions it: resolved to `crate::…`, or beginning with an outside name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mention {
    pub path: Vec<String>,
    pub how: How,
    /// Whether it was written with `super` as its first segment.
    pub from_super: bool,
    /// Whether it stands in code of unit tests.
    pub in_test: bool,
}

/// What a file says.
pub struct Reading {
    pub path: String,
    /// Its first room: a folder or file of `src/`, `main.rs` or `lib.rs`.
    pub room: String,
    pub lines: usize,
    pub opens_with_docs: bool,
    pub mentions: Vec<Mention>,
    /// Macros that are called outside of tests, by their last name.
    pub macros: BTreeSet<String>,
    pub says_unsafe: bool,
    /// `#[allow(…)]`, and `#[expect(…)]` without a reason, outside of tests.
    pub silenced: Vec<String>,
    /// The texts of messages that are written out where a diagnostic is made.
    pub messages: Vec<String>,
    /// What the file denies for itself and all below it.
    pub denied: Vec<String>,
    /// Items at the root of the file that are no `mod`.
    pub items_beside_modules: usize,
}

/// The module path of a file: `src/check/tree/mod.rs` is `check::tree`.
fn module_of(path: &str) -> Vec<String> {
    let inner = path.strip_prefix("src/").unwrap_or(path).trim_end_matches(".rs");
    let mut module: Vec<String> = inner.split('/').map(str::to_owned).collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        module.pop();
    }
    module
}

fn room_of(path: &str) -> String {
    let inner = path.strip_prefix("src/").unwrap_or(path);
    match inner.split_once('/') {
        Some((folder, _)) => folder.to_owned(),
        None if inner == "main.rs" || inner == "lib.rs" => inner.to_owned(),
        None => inner.trim_end_matches(".rs").to_owned(),
    }
}

fn is_test(attrs: &[syn::Attribute]) -> bool {
    attrs.iter().any(|attr| {
        attr.path().is_ident("test")
            || matches!(&attr.meta, syn::Meta::List(list) if list.path.is_ident("cfg") && list.tokens.to_string().contains("test"))
    })
}

fn listed(attr: &syn::Attribute) -> Option<String> {
    match &attr.meta {
        syn::Meta::List(list) => Some(list.tokens.to_string().replace(' ', "")),
        _ => None,
    }
}

/// The modules that `#[cfg(test)] mod name;` declares anywhere, as module paths: their files are tests.
fn test_modules(texts: &[Text]) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    for text in texts {
        let Ok(file) = syn::parse_file(&text.text) else { continue };
        for item in &file.items {
            if let syn::Item::Mod(item) = item
                && item.content.is_none()
                && is_test(&item.attrs)
            {
                let mut module = module_of(&text.path);
                module.push(item.ident.to_string());
                found.insert(module);
            }
        }
    }
    found
}

/// Reads all files.
pub fn read(texts: &[Text]) -> Vec<Reading> {
    let tests = test_modules(texts);
    texts.iter().map(|text| read_one(text, &tests)).collect()
}

fn read_one(text: &Text, tests: &BTreeSet<Vec<String>>) -> Reading {
    let file = syn::parse_file(&text.text).unwrap_or_else(|error| panic!("{}: {error}", text.path));
    let module = module_of(&text.path);
    let in_test = tests.iter().any(|test| module.starts_with(test));
    let mut walk = Walk {
        module,
        in_test,
        local: BTreeSet::new(),
        found: Vec::new(),
        macros: BTreeSet::new(),
        says_unsafe: false,
        silenced: Vec::new(),
        messages: Vec::new(),
    };
    let mut names = Names(BTreeSet::new());
    names.visit_file(&file);
    walk.local = names.0;
    walk.visit_file(&file);
    Reading {
        path: text.path.clone(),
        room: room_of(&text.path),
        lines: text.text.lines().count(),
        opens_with_docs: text.text.starts_with("//!"),
        mentions: walk.found,
        macros: walk.macros,
        says_unsafe: walk.says_unsafe,
        silenced: walk.silenced,
        messages: walk.messages,
        denied: file.attrs.iter().filter(|attr| attr.path().is_ident("deny")).filter_map(listed).collect(),
        items_beside_modules: file
            .items
            .iter()
            .filter(|item| !matches!(item, syn::Item::Mod(item) if item.content.is_none()))
            .count(),
    }
}

/// Names that stand for something inside the file, so that a path that begins with one is no outside crate.
struct Names(BTreeSet<String>);

impl Visit<'_> for Names {
    fn visit_item_mod(&mut self, item: &syn::ItemMod) {
        self.0.insert(item.ident.to_string());
        visit::visit_item_mod(self, item);
    }

    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        for (path, _, name) in flatten(&item.tree) {
            if path.len() > 1 {
                self.0.extend(name);
            }
        }
    }
}

/// The paths of a `use`, with whether each is a glob and the name it brings in.
fn flatten(tree: &syn::UseTree) -> Vec<(Vec<String>, bool, Option<String>)> {
    match tree {
        syn::UseTree::Path(path) => flatten(&path.tree)
            .into_iter()
            .map(|(mut rest, glob, name)| {
                rest.insert(0, path.ident.to_string());
                (rest, glob, name)
            })
            .collect(),
        syn::UseTree::Name(name) if name.ident == "self" => vec![(Vec::new(), false, None)],
        syn::UseTree::Name(name) => vec![(vec![name.ident.to_string()], false, Some(name.ident.to_string()))],
        syn::UseTree::Rename(name) if name.ident == "self" => vec![(Vec::new(), false, Some(name.rename.to_string()))],
        syn::UseTree::Rename(name) => vec![(vec![name.ident.to_string()], false, Some(name.rename.to_string()))],
        syn::UseTree::Glob(_) => vec![(Vec::new(), true, None)],
        syn::UseTree::Group(group) => group.items.iter().flat_map(flatten).collect(),
    }
}

struct Walk {
    module: Vec<String>,
    in_test: bool,
    local: BTreeSet<String>,
    found: Vec<Mention>,
    macros: BTreeSet<String>,
    says_unsafe: bool,
    silenced: Vec<String>,
    messages: Vec<String>,
}

/// The first text that is written out in an expression, in a `format!` too.
struct FirstText(Option<String>);

impl Visit<'_> for FirstText {
    fn visit_lit_str(&mut self, text: &syn::LitStr) {
        self.0.get_or_insert(text.value());
    }

    fn visit_macro(&mut self, call: &syn::Macro) {
        let tokens = call.tokens.to_string();
        let text =
            regex::Regex::new(r#"^"(?:[^"\\]|\\.)*""#).unwrap().find(&tokens).map(|found| found.as_str().to_owned());
        if let Some(Ok(text)) = text.map(|text| syn::parse_str::<syn::LitStr>(&text)) {
            self.0.get_or_insert(text.value());
        }
    }
}

impl Walk {
    fn mention(&mut self, written: &[String], how: How, absolute: bool) {
        let Some(first) = written.first() else { return };
        let from_super = first == "super";
        let path = match first.as_str() {
            "crate" | "clearway" => [vec!["crate".to_owned()], written[1..].to_vec()].concat(),
            "self" | "super" => {
                let mut at = self.module.clone();
                let mut rest = written;
                while let [segment, tail @ ..] = rest {
                    match segment.as_str() {
                        "self" => {}
                        "super" => drop(at.pop()),
                        _ => break,
                    }
                    rest = tail;
                }
                [vec!["crate".to_owned()], at, rest.to_vec()].concat()
            }
            name if !absolute && self.local.contains(name) => return,
            _ => written.to_vec(),
        };
        self.found.push(Mention { path, how, from_super, in_test: self.in_test });
    }

    /// Paths in tokens that were not parsed: the insides of macros and attributes.
    fn tokens(&mut self, tokens: &str) {
        let texts = regex::Regex::new(r#""(?:[^"\\]|\\.)*""#).unwrap();
        let bare = texts.replace_all(tokens, "\"\"");
        let paths = regex::Regex::new(r"(::\s*)?\b[A-Za-z_]\w*(?:\s*::\s*[A-Za-z_]\w*)+").unwrap();
        for found in paths.find_iter(&bare) {
            let absolute = found.as_str().starts_with("::");
            let segments: Vec<String> =
                found.as_str().split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
            self.mention(&segments, How::Inline, absolute);
        }
        self.says_unsafe |= regex::Regex::new(r"\bunsafe\b").unwrap().is_match(&bare);
        let calls = regex::Regex::new(r"\b(\w+)\s*!\s*[(\[{]").unwrap();
        if !self.in_test {
            self.macros.extend(calls.captures_iter(&bare).map(|found| found[1].to_owned()));
        }
    }

    fn inside_test(&mut self, test: bool, walk: impl FnOnce(&mut Walk)) {
        let outside = self.in_test;
        self.in_test |= test;
        walk(self);
        self.in_test = outside;
    }
}

impl<'ast> Visit<'ast> for Walk {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        self.inside_test(is_test(&item.attrs), |walk| visit::visit_item_mod(walk, item));
        self.module.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.inside_test(is_test(&item.attrs), |walk| visit::visit_item_fn(walk, item));
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let public = !matches!(item.vis, syn::Visibility::Inherited);
        self.inside_test(is_test(&item.attrs), |walk| {
            for (path, glob, _) in flatten(&item.tree) {
                let how = if glob {
                    How::Glob
                } else if public {
                    How::Reexport
                } else {
                    How::Use
                };
                walk.mention(&path, how, item.leading_colon.is_some());
                if glob && public {
                    walk.mention(&path, How::Reexport, item.leading_colon.is_some());
                }
            }
        });
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.mention(&[item.ident.to_string()], How::Use, true);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if segments.len() > 1 {
            self.mention(&segments, How::Inline, path.leading_colon.is_some());
        }
        visit::visit_path(self, path);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let syn::Expr::Path(path) = &*call.func {
            let named: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            let makes = matches!(named.as_slice(), [.., kind, new] if kind == "Diagnostic" && matches!(new.as_str(), "error" | "warning" | "new"));
            if makes && let Some(message) = call.args.last() {
                let mut first = FirstText(None);
                first.visit_expr(message);
                self.messages.extend(first.0);
            }
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if let Some(name) = call.path.segments.last()
            && !self.in_test
        {
            self.macros.insert(name.ident.to_string());
        }
        self.tokens(&call.tokens.to_string());
        visit::visit_macro(self, call);
    }

    fn visit_attribute(&mut self, attr: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attr.meta {
            let tokens = list.tokens.to_string();
            let silences = list.path.is_ident("allow") || (list.path.is_ident("expect") && !tokens.contains("reason"));
            if silences && !self.in_test {
                self.silenced.push(tokens.clone());
            }
            self.tokens(&tokens);
        }
        visit::visit_attribute(self, attr);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.says_unsafe |= !matches!(signature.safety, syn::Safety::Default);
        visit::visit_signature(self, signature);
    }

    fn visit_expr_unsafe(&mut self, block: &'ast syn::ExprUnsafe) {
        self.says_unsafe = true;
        visit::visit_expr_unsafe(self, block);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.says_unsafe |= item.unsafety.is_some();
        visit::visit_item_impl(self, item);
    }
}
