//! The shape of a configuration: what the table of its keys says, and assumptions as an inventory has them.

use super::{Maker, fixed, words};
use crate::report::{Content, Member, Object, Sample};
use crate::session::Limits;
use crate::session::config::{KEYS, Key, Kind, SECTIONS};
use crate::types::Section;

impl Maker<'_> {
    /// The configuration, for packs with these sections of inventories.
    pub(super) fn config_root(&mut self, sections: &[Section]) -> Object {
        let mut members: Vec<Member> = Vec::new();
        for key in KEYS.iter().filter(|key| key.section.is_none()) {
            let member = self.key(key, sections);
            members.push(member);
        }
        for (section, about) in SECTIONS {
            let keys: Vec<&Key> = KEYS.iter().filter(|key| key.section == Some(*section)).collect();
            let inner = keys.into_iter().map(|key| self.key(key, sections)).collect();
            let table = Object { about: (*about).to_owned(), members: inner, ..Object::default() };
            members.push(fixed(section, about, Content::Object(Box::new(table))));
        }
        let about = "What holds for the plans below this folder, unless the command line says otherwise.";
        Object { about: about.to_owned(), members, ..Object::default() }
    }

    fn key(&mut self, key: &Key, sections: &[Section]) -> Member {
        let content = match key.kind {
            Kind::Flag => Content::Flag,
            Kind::Choice(words) => Content::Enum(words.iter().map(ToString::to_string).collect()),
            Kind::Whole(least, most) => Content::Whole(least, most),
            Kind::Text | Kind::File => Content::Quoted,
            Kind::Texts | Kind::Files | Kind::Packs | Kind::Patterns => Content::OneOrMany(Box::new(Content::Quoted)),
            Kind::Limits => {
                let limits = Limits::names().map(|name| fixed(name, &limit(name), Content::Whole(0, u64::MAX)));
                let about = "What a run may cost.".to_owned();
                Content::Object(Box::new(Object { about, members: limits.collect(), ..Object::default() }))
            }
            Kind::Reports(formats) => {
                let file = |format: &&str| {
                    fixed(format, &format!("The file that the report `{format}` goes into."), Content::Quoted)
                };
                let about = "Reports by their formats, each into a file.".to_owned();
                let table = Object { about, members: formats.iter().map(file).collect(), ..Object::default() };
                let list = Content::OneOrMany(Box::new(Content::Quoted));
                Content::Either(Box::new(Content::Object(Box::new(table))), Box::new(list))
            }
            Kind::Assumptions => {
                let facts = self.facts(sections);
                Content::Object(Box::new(self.assumption(sections, &facts))).list()
            }
        };
        let written = |default: &str| default.starts_with(['"', '[']) || matches!(default, "true" | "false");
        let about = match key.default {
            "none" => words::sentence(key.doc),
            default if written(default) || default.parse::<u64>().is_ok() => {
                format!("{} Left out: `{}`.", words::sentence(key.doc), default.trim_matches('"'))
            }
            default => format!("{} Left out: {default}.", words::sentence(key.doc)),
        };
        let default = match (key.kind, key.default) {
            (Kind::Flag, value @ ("true" | "false")) => Some(Sample::Bool(value == "true")),
            (Kind::Choice(_), value) => Some(Sample::Text(value.trim_matches('"').to_owned())),
            (Kind::Whole(..), value) if value.parse::<u64>().is_ok() => Some(Sample::Number(value.to_owned())),
            _ => None,
        };
        Member { default, ..fixed(key.name, &about, content) }
    }
}

fn limit(name: &str) -> String {
    format!("The limit `{name}`: a whole number.")
}
