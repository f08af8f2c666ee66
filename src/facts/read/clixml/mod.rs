//! CLIXML, as `Export-Clixml` of PowerShell writes it, read event by event. Of the objects only those members are kept that
//! something reads; the rest of the file is passed over. References become shared nodes, an enumeration's value its name.
//! What the objects mean is not its business.

mod element;
mod text;
mod wrong;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::document::Value;
use crate::facts::limits::{Limit, Limits};
use crate::facts::shown::shown;
use crate::source::{SourceFile, Span};

use super::Read;
use super::tree::{Built, Stop, Tree};
use element::{Class, Leaf, class_of, id_of, is_primitive, leaf};
use wrong::broken_by;

/// The member that holds what an object calls itself, beside its own members.
pub(in crate::facts) const TO_STRING: &str = "ToString";
/// The member that holds the name of an object's class, without its namespace.
pub(in crate::facts) const CLASS: &str = "TN";

/// How many elements may be within each other for each level that the limit allows: an object is up to four of them.
const ELEMENTS_A_LEVEL: usize = 4;

/// Reads a CLIXML text. `keeps`: whether a member of an object is read by anything, by its name.
pub(super) fn read(file: &SourceFile, limits: &Limits, keeps: fn(&str) -> bool) -> Read {
    let whole = file.text();
    let begin = if whole.starts_with('\u{feff}') { 3 } else { 0 };
    let text = whole.get(begin..).unwrap_or("");
    let mut read = Read::default();
    if text.trim().is_empty() {
        return read;
    }
    let mut walk = Walk {
        text,
        begin: len32(begin),
        tree: Tree::new(whole.clone(), file.base(), limits),
        keeps,
        deepest: (limits.nesting as usize).saturating_mul(ELEMENTS_A_LEVEL),
        stack: Vec::new(),
        classes: FxHashMap::default(),
        passed: FxHashSet::default(),
        ended: false,
        empty: true,
        dangling: false,
    };
    let result = walk.events();
    let (empty, dangling) = (walk.empty, walk.dangling);
    let (document, diagnostics) = walk.tree.finish();
    read.diagnostics.extend(diagnostics);
    match result {
        // An element that is missing from a list would make others of it.
        Ok(()) if dangling => {}
        Ok(()) if empty => {
            let nothing = Value::map(Span::new(file.base(), file.base()));
            read.diagnostics.push(no_object(nothing.span()));
            read.documents.push(nothing.document());
        }
        Ok(()) => read.documents.extend(document),
        Err(Trouble::Stop) => {}
        Err(Trouble::Broken(diagnostic)) => read.diagnostics.push(*diagnostic),
    }
    read
}

/// Why reading ended early.
enum Trouble {
    Broken(Box<Diagnostic>),
    Stop,
}

impl From<Stop> for Trouble {
    fn from(Stop: Stop) -> Trouble {
        Trouble::Stop
    }
}

/// What an object has become so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Nothing yet: a single value, if nothing else comes.
    Open,
    Map,
    List,
}

/// An object that is open.
struct Object<'t> {
    /// Its `RefId` plus one; 0 where it has none.
    anchor: usize,
    shape: Shape,
    class: Option<Class<'t>>,
    /// Its own text, and the place.
    called: Option<Leaf<'t>>,
    /// Its primitive value.
    value: Option<Leaf<'t>>,
}

/// What is open.
enum What<'t> {
    /// `Objs`.
    Root,
    Object(Object<'t>),
    /// `Props`, `MS`: members of the object.
    Members,
    /// `LST` and its like.
    Elements,
    /// `DCT`.
    Entries,
    /// `En` of a `DCT`: its key, and whether the key is being read.
    Entry {
        key: Option<(String, Option<u32>, (u32, u32))>,
        keying: bool,
    },
    /// `TN`: the names of an object's classes, the first of which counts.
    Types {
        id: Option<usize>,
        class: Option<Class<'t>>,
    },
    Leaf(Leaf<'t>),
    /// Nothing that anybody reads.
    Passed,
}

struct Frame<'t> {
    what: What<'t>,
    name: &'t str,
    start: u32,
}

struct Walk<'t, 'l> {
    text: &'t str,
    /// Bytes before the text: the byte order mark.
    begin: u32,
    tree: Tree<'l>,
    keeps: fn(&str) -> bool,
    deepest: usize,
    stack: Vec<Frame<'t>>,
    /// Classes by the `RefId` of their `TN`.
    classes: FxHashMap<usize, Option<Class<'t>>>,
    /// Objects in what was passed over.
    passed: FxHashSet<usize>,
    /// Whether `Objs` is closed.
    ended: bool,
    /// Whether there is no object: no value but nothing and empty lists.
    empty: bool,
    /// Whether something refers to what is not there.
    dangling: bool,
}

impl<'t> Walk<'t, '_> {
    fn events(&mut self) -> Result<(), Trouble> {
        let mut reader = Reader::from_str(self.text);
        reader.config_mut().expand_empty_elements = false;
        reader.config_mut().check_end_names = true;
        loop {
            let from = self.place(reader.buffer_position());
            let event = match reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let at = self.place(reader.error_position());
                    return Err(self.invalid(&error, at));
                }
            };
            let to = self.place(reader.buffer_position());
            match event {
                Event::Start(tag) => self.start(&tag, from, to)?,
                Event::Empty(tag) => {
                    self.start(&tag, from, to)?;
                    self.end(from, to)?;
                }
                Event::End(_) => self.end(from, to)?,
                Event::Text(_) => self.words(from, to)?,
                Event::CData(_) => self.words(from.saturating_add(9), to.saturating_sub(3))?,
                Event::GeneralRef(reference) => self.reference(&reference, from, to)?,
                Event::DocType(_) => {
                    let error = self.error(from, to, "a document type declaration");
                    return Err(broken_by(
                        error.note("`Export-Clixml` writes none, and none is read: what it declares could be anything"),
                    ));
                }
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof => return self.eof(to),
            }
        }
    }

    /// A position of the reader as an offset in the file.
    fn place(&self, position: u64) -> u32 {
        self.begin.saturating_add(u32::try_from(position).unwrap_or(u32::MAX))
    }

    /// The text between two offsets of the file.
    fn source(&self, from: u32, to: u32) -> &'t str {
        let local = |offset: u32| offset.saturating_sub(self.begin) as usize;
        self.text.get(local(from)..local(to)).unwrap_or("")
    }

    fn start(&mut self, tag: &BytesStart<'_>, from: u32, to: u32) -> Result<(), Trouble> {
        if self.stack.len() >= self.deepest {
            let what = format!("{} elements within each other", self.stack.len().saturating_add(1));
            self.tree.stop(Limit::Nesting, self.tree.span(from, to), &what)?;
        }
        if let Some(Err(wrong)) = tag.attributes().find(Result::is_err) {
            return Err(self.attribute(&wrong, from, to));
        }
        let inner = self.source(from.saturating_add(1), to);
        let name = inner.get(..tag.name().0.len()).unwrap_or("");
        let what = self.opened(name, tag, from, to)?;
        self.stack.push(Frame { what, name, start: from });
        Ok(())
    }

    /// What a start tag opens where it stands.
    fn opened(&mut self, name: &'t str, tag: &BytesStart<'_>, from: u32, to: u32) -> Result<What<'t>, Trouble> {
        let Some(parent) = self.stack.last_mut() else {
            if name != "Objs" || self.ended {
                let message = if self.ended {
                    format!("`{}` stands behind the end of `Objs`", shown(name))
                } else {
                    format!("it begins with `{}`, and CLIXML begins with `Objs`", shown(name))
                };
                return Err(broken_by(self.error(from, to, &message).help(
                    "write it with `Export-Clixml`, such as `Get-SCVirtualMachine | Export-Clixml -Depth 4 vms.xml`",
                )));
            }
            self.tree.open_list(from, 0)?;
            return Ok(What::Root);
        };
        match &mut parent.what {
            What::Passed => {
                if name == "Obj" {
                    self.passed.extend(id_of(tag, "RefId"));
                }
                Ok(What::Passed)
            }
            What::Leaf(_) => {
                let outer = parent.name;
                let message = format!("`{}` stands within `{outer}`, which holds a single value", shown(name));
                Err(broken_by(self.error(from, to, &message)))
            }
            What::Types { .. } => Ok(if name == "T" { leaf(name, from, to) } else { What::Passed }),
            What::Object(_) => self.part(name, tag, from, to),
            What::Entries => Ok(if name == "En" { What::Entry { key: None, keying: false } } else { What::Passed }),
            What::Entry { keying, .. } => {
                *keying = tag.try_get_attribute("N").ok().flatten().is_some_and(|name| name.value == "Key");
                self.value(name, tag, from, to)
            }
            What::Root | What::Members | What::Elements => self.value(name, tag, from, to),
        }
    }

    /// A part of an object.
    fn part(&mut self, name: &'t str, tag: &BytesStart<'_>, from: u32, to: u32) -> Result<What<'t>, Trouble> {
        let id = id_of(tag, "RefId");
        let known = id.and_then(|id| self.classes.get(&id)).copied().flatten();
        let Some(Frame { what: What::Object(object), start, .. }) = self.stack.last_mut() else {
            return Ok(What::Passed);
        };
        let start = *start;
        match (name, object.shape) {
            ("TN", _) => Ok(What::Types { id, class: None }),
            ("TNRef", _) => {
                object.class = known;
                Ok(What::Passed)
            }
            ("ToString", _) => Ok(leaf("S", from, to)),
            ("Props" | "MS", Shape::Map) => Ok(What::Members),
            ("Props" | "MS", Shape::Open) => {
                object.shape = Shape::Map;
                let (anchor, class) = (object.anchor, object.class);
                let called = object.called.take().or(object.value.take());
                self.tree.open_map(start, anchor)?;
                if let Some(class) = class {
                    let end = class.at.saturating_add(len32(class.name.len()));
                    self.tree.key(CLASS, None, (start, start))?;
                    self.tree.scalar(class.name, Some(class.at), true, (class.at, end), 0)?;
                }
                if let Some(called) = called {
                    self.tree.key(TO_STRING, None, (start, start))?;
                    self.scalar(called, 0)?;
                }
                Ok(What::Members)
            }
            ("LST" | "IE" | "QUE" | "STK", Shape::Open) => {
                object.shape = Shape::List;
                self.tree.open_list(start, object.anchor)?;
                Ok(What::Elements)
            }
            ("DCT", Shape::Open) => {
                object.shape = Shape::Map;
                self.tree.open_map(start, object.anchor)?;
                Ok(What::Entries)
            }
            (_, Shape::Open) if is_primitive(name) => Ok(leaf(name, from, to)),
            _ => Ok(What::Passed),
        }
    }

    /// A value: of a member, an element of a list, a key or a value of a dictionary.
    fn value(&mut self, name: &'t str, tag: &BytesStart<'_>, from: u32, to: u32) -> Result<What<'t>, Trouble> {
        let object = name == "Obj";
        let target = if name == "Ref" { self.target(tag, from, to)? } else { None };
        let known = object || name == "Nil" || is_primitive(name) || target.is_some();
        if !known || !self.slot(tag, (object, is_primitive(name)), from)? {
            if object {
                self.passed.extend(id_of(tag, "RefId"));
            }
            return Ok(What::Passed);
        }
        if !object && name != "Nil" {
            self.empty = false;
        }
        match target {
            Some(Target::Built(built)) => self.tree.share(built, from, to)?,
            Some(Target::Text(text)) => self.tree.scalar(&text, None, true, (from, to), 0)?,
            None if object => {
                let anchor = id_of(tag, "RefId").map_or(0, |id| id.saturating_add(1));
                let new = Object { anchor, shape: Shape::Open, class: None, called: None, value: None };
                return Ok(What::Object(new));
            }
            None if name == "Nil" => self.tree.null(from, to, 0)?,
            None => return Ok(leaf(name, from, to)),
        }
        Ok(What::Passed)
    }

    /// Makes room for a value where it stands; false: nobody reads it. Objects are read all the same, for others may refer to
    /// them.
    fn slot(&mut self, tag: &BytesStart<'_>, (object, leaf): (bool, bool), from: u32) -> Result<bool, Trouble> {
        let keeps = self.keeps;
        let key = match self.stack.last().map(|frame| &frame.what) {
            Some(What::Members) => {
                let Some((name, at)) = self.name(tag, from) else { return Ok(false) };
                let end = at.saturating_add(len32(name.len()));
                keeps(&name).then_some((name, Some(at), (at, end)))
            }
            Some(What::Entry { keying: true, .. }) if leaf => return Ok(true),
            Some(What::Entry { key, keying: false }) => key.clone(),
            Some(What::Entry { .. }) => None,
            _ => return Ok(true),
        };
        match key {
            Some((name, at, place)) if !self.tree.has_key(&name) => {
                self.tree.key(&name, at, place)?;
                Ok(true)
            }
            _ => {
                self.tree.drop_next();
                Ok(object)
            }
        }
    }

    /// The name of a member, and where it stands.
    fn name(&self, tag: &BytesStart<'_>, from: u32) -> Option<(String, u32)> {
        let raw = tag.try_get_attribute("N").ok().flatten()?.value;
        let inside = tag.find(&*raw).unwrap_or(0);
        let at = from.saturating_add(1).saturating_add(len32(inside));
        let plain = quick_xml::escape::unescape(&raw).ok()?;
        Some((text::unescape(&plain).unwrap_or_else(|| plain.into_owned()), at))
    }

    /// What a reference refers to.
    fn target(&mut self, tag: &BytesStart<'_>, from: u32, to: u32) -> Result<Option<Target>, Stop> {
        let id = id_of(tag, "RefId");
        let anchor = id.map_or(0, |id| id.saturating_add(1));
        if let Some(built) = self.tree.alias(anchor, from, to)? {
            return Ok(Some(Target::Built(built)));
        }
        // An object within itself: what it calls itself stands for it.
        let is_open = |frame: &Frame<'_>| matches!(&frame.what, What::Object(object) if object.anchor == anchor);
        if anchor > 0 && self.stack.iter().any(is_open) {
            return Ok(self.tree.text_of_open(anchor, TO_STRING).map(Target::Text));
        }
        if !id.is_some_and(|id| self.passed.contains(&id)) {
            let message = match id {
                Some(id) => format!("it refers to the object {id}, which does not stand before"),
                None => "it refers to an object without saying which".to_owned(),
            };
            let error = self.error(from, to, &message);
            self.tree.diagnostics.push(error);
            self.dangling = true;
        }
        Ok(None)
    }

    fn end(&mut self, from: u32, to: u32) -> Result<(), Trouble> {
        let Some(Frame { what, start, .. }) = self.stack.pop() else { return Ok(()) };
        match what {
            What::Root => {
                self.ended = true;
                self.tree.close(Some(to))?;
            }
            What::Object(object) => match object.shape {
                Shape::Map | Shape::List => {
                    self.empty &= object.shape == Shape::List;
                    self.tree.close(Some(to))?;
                }
                Shape::Open => match object.called.or(object.value) {
                    Some(leaf) => {
                        self.empty = false;
                        self.scalar(leaf, object.anchor)?;
                    }
                    None => {
                        self.empty = false;
                        self.tree.open_map(start, object.anchor)?;
                        self.tree.close(Some(to))?;
                    }
                },
            },
            What::Types { id, class } => {
                if let Some(id) = id {
                    self.classes.insert(id, class);
                }
                if let Some(Frame { what: What::Object(object), .. }) = self.stack.last_mut() {
                    object.class = class;
                }
            }
            What::Leaf(mut leaf) => {
                // The text between the tags; of an empty one the element.
                let inner = leaf.place.1;
                leaf.place = if inner < from { (inner, from) } else { (start, to) };
                self.leaf_ended(leaf)?;
            }
            What::Members | What::Elements | What::Entries | What::Entry { .. } | What::Passed => {}
        }
        Ok(())
    }

    fn leaf_ended(&mut self, leaf: Leaf<'t>) -> Result<(), Trouble> {
        let of_text = self.source(leaf.place.0, leaf.place.1);
        match self.stack.last_mut().map(|frame| (&mut frame.what, frame.name)) {
            Some((What::Types { class, .. }, _)) => {
                if class.is_none() {
                    *class = class_of(of_text, leaf.place.0);
                }
            }
            Some((What::Object(object), _)) => {
                // `ToString` stands before the value.
                if leaf.quoted && object.called.is_none() && object.value.is_none() {
                    object.called = Some(leaf);
                } else {
                    object.value = Some(leaf);
                }
            }
            Some((What::Entry { key, keying: true }, _)) => {
                let place = leaf.place;
                let (text, at) = leaf.text.meant();
                *key = Some((text.into_owned(), at, place));
            }
            _ => self.scalar(leaf, 0)?,
        }
        Ok(())
    }

    fn scalar(&mut self, leaf: Leaf<'t>, anchor: usize) -> Result<(), Trouble> {
        let Leaf { text, quoted, letter, place } = leaf;
        let (mut text, mut at) = text.meant();
        if letter {
            let number = text.trim().parse().ok().and_then(char::from_u32);
            text = number.map_or(text, |letter| letter.to_string().into());
            at = None;
        }
        let text = if quoted { &*text } else { text.trim() };
        self.tree.scalar(text, at, quoted, place, anchor)?;
        Ok(())
    }

    /// Text between tags.
    fn words(&mut self, from: u32, to: u32) -> Result<(), Trouble> {
        let words = self.source(from, to);
        match self.stack.last_mut().map(|frame| &mut frame.what) {
            Some(What::Leaf(leaf)) => leaf.text.add(words, from),
            Some(What::Passed) => {}
            _ if words.trim().is_empty() => {}
            _ => {
                let blanks = words.len().saturating_sub(words.trim_start().len());
                let from = from.saturating_add(len32(blanks));
                let error = self.error(from, from, "a text stands where only elements can");
                return Err(broken_by(error.help("write it anew with `Export-Clixml`; it is not meant to be edited")));
            }
        }
        Ok(())
    }

    /// `&amp;` and its like. There are no others than those of XML itself, so nothing can grow.
    fn reference(&mut self, reference: &BytesRef<'_>, from: u32, to: u32) -> Result<(), Trouble> {
        let letter = reference.resolve_char_ref().ok().flatten();
        let known = letter.map(String::from).or_else(|| resolve_predefined_entity(reference).map(str::to_owned));
        let Some(meant) = known else {
            let message = format!("`&{};` stands for nothing", shown(reference));
            return Err(broken_by(self.error(from, to, &message).help("an `&` itself is written `&amp;`")));
        };
        match self.stack.last_mut().map(|frame| &mut frame.what) {
            Some(What::Leaf(leaf)) => leaf.text.add_own(&meant),
            Some(What::Passed) => {}
            _ => return self.words(from, to),
        }
        Ok(())
    }
}

/// The warning of a file that holds nothing: nothing was found when it was written, or nobody was asked.
fn no_object(span: Span) -> Diagnostic {
    Diagnostic::warning(input::NO_OBJECTS, span, "the file holds no object at all")
        .note("whether there are none, or nobody could say, is unknown")
        .help("leave the file out, or export it anew")
}

/// What a reference refers to.
enum Target {
    Built(Built),
    Text(String),
}

fn len32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
