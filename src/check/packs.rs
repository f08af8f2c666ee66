//! Packs: their heads, and which builds upon which.

use std::sync::Arc;

use super::PackFiles;
use super::checker::Checker;
use super::tree::Pack;
use crate::diag::Diagnostic;
use crate::diag::codes::check as codes;
use crate::source::Span;
use crate::syntax::ast::{Item, LiteralKind};

impl Checker<'_> {
    /// The packs in the order given.
    pub fn packs(&mut self, packs: &[PackFiles]) -> Vec<Pack> {
        let mut made: Vec<Pack> = Vec::new();
        for pack in packs {
            let made_pack = self.pack(pack, &made);
            made.push(made_pack);
        }
        self.extensions(packs, &made);
        made
    }

    fn pack(&mut self, files: &PackFiles, before: &[Pack]) -> Pack {
        let heads = files.files.iter().flat_map(|file| &file.items).filter_map(|item| match item {
            Item::Pack(head) => Some(head),
            _ => None,
        });
        let mut found: Option<&crate::syntax::ast::Pack> = None;
        for head in heads {
            match found {
                None => found = Some(head),
                Some(first) => {
                    let diagnostic = Diagnostic::error(codes::WRONG_PACK, head.name.span, "the pack has a second head")
                        .label("again")
                        .also(first.name.span, "the first")
                        .help("a pack has one `pack` line; leave one of them out");
                    self.say(diagnostic);
                }
            }
        }
        let Some(head) = found else {
            let span = files.files.first().map_or(Span::NONE, |file| Span::new(file.span.start, file.span.start));
            return Pack { name: files.folder.clone(), title: Arc::from(""), version: Arc::from(""), span };
        };
        if let Some(other) = before.iter().find(|other| other.name == head.name.text) {
            let diagnostic = Diagnostic::error(
                codes::WRONG_PACK,
                head.name.span,
                format!("there are two packs `{}`", head.name.text),
            )
            .label("again")
            .also(other.span, "the first")
            .help("give one of them another name");
            self.say(diagnostic);
        }
        let version = head.version.as_ref().map_or("", |version| match &version.kind {
            LiteralKind::Number(text) | LiteralKind::Version(text) => text,
            _ => "",
        });
        Pack {
            name: head.name.text.clone(),
            title: head.title.as_ref().map_or_else(|| Arc::from(""), |title| title.value.clone()),
            version: version.into(),
            span: head.name.span,
        }
    }

    /// A pack extends packs that stand before it.
    fn extensions(&mut self, files: &[PackFiles], packs: &[Pack]) {
        let named = |at: usize, name: &str| {
            packs.get(at).is_some_and(|pack| *pack.name == *name)
                || files.get(at).is_some_and(|pack| *pack.folder == *name)
        };
        let mut wrong = Vec::new();
        for (at, pack) in files.iter().enumerate() {
            for item in pack.files.iter().flat_map(|file| &file.items) {
                let Item::Extend(extend) = item else { continue };
                let name = &extend.pack.text;
                match (0..files.len()).find(|other| named(*other, name)) {
                    Some(other) if other < at => {}
                    Some(other) => wrong.push((extend.pack.clone(), Some(other))),
                    None => {
                        wrong.push((extend.pack.clone(), None));
                        self.rootless.extend(pack.files.iter().map(|file| file.span));
                    }
                }
            }
        }
        for (name, other) in wrong {
            match other {
                Some(other) => {
                    let at = packs.get(other).map_or(Span::NONE, |pack| pack.span);
                    let diagnostic = Diagnostic::error(
                        codes::CYCLE,
                        name.span,
                        format!("`{}` extends itself, directly or through others", name.text),
                    )
                    .label("leads back here")
                    .also(at, "this pack")
                    .help("a pack can only build upon packs that do not build upon it");
                    self.say(diagnostic);
                }
                None => {
                    let known: Vec<&str> = packs
                        .iter()
                        .zip(files)
                        .filter(|(_, files)| !extends(files, &name))
                        .map(|(pack, _)| &*pack.name)
                        .collect();
                    self.unknown(
                        codes::UNKNOWN_PACK,
                        name.span,
                        format!("no pack is called `{}`", name.text),
                        &name.text,
                        &known,
                        "name the folder of a pack, or the name in its `pack` line",
                    );
                }
            }
        }
    }
}

/// Whether it is this pack that extends the other.
fn extends(files: &PackFiles, name: &crate::syntax::ast::Ident) -> bool {
    files.files.iter().any(|file| file.span.start <= name.span.start && name.span.end <= file.span.end)
}
