//! What Forklift's rules say, once more and without types: straight from the words in which the corpora's description tells
//! them, over plain JSON. Whatever the packs and this disagree about is a mistake of one of them.

mod hyperv;
mod openstack;
mod ova;
mod ovirt;
mod vmware;

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;

use super::judged::Said;

/// The concerns about a machine, sorted. Findings form a set.
pub fn concerns(provider: &str, vm: &Value) -> Vec<Said> {
    let mut found = Found(BTreeSet::new());
    match provider {
        "hyperv" => hyperv::rules(vm, &mut found),
        "openstack" => openstack::rules(vm, &mut found),
        "ova" => ova::rules(vm, &mut found),
        "ovirt" => ovirt::rules(vm, &mut found),
        "vmware" => vmware::rules(vm, &mut found),
        other => panic!("no provider is called {other}"),
    }
    found.0.into_iter().collect()
}

/// What is found.
pub struct Found(BTreeSet<Said>);

impl Found {
    fn add(&mut self, category: &str, id: &str, label: impl Into<String>) {
        self.0.insert((id.to_owned(), category.to_owned(), label.into()));
    }

    fn critical(&mut self, holds: bool, id: &str, label: impl Into<String>) {
        if holds {
            self.add("Critical", id, label);
        }
    }

    fn warning(&mut self, holds: bool, id: &str, label: impl Into<String>) {
        if holds {
            self.add("Warning", id, label);
        }
    }

    fn information(&mut self, holds: bool, id: &str, label: impl Into<String>) {
        if holds {
            self.add("Information", id, label);
        }
    }

    /// NAME of the shared rules.
    fn name(&mut self, vm: &Value, id: &str) {
        let valid = Regex::new("^(([A-Za-z0-9][-A-Za-z0-9.]*)?[A-Za-z0-9])?$").unwrap();
        let invalid = string(vm, "name").is_some_and(|name| name.chars().count() >= 64 || !valid.is_match(name));
        self.warning(invalid, id, "Invalid VM Name");
    }

    /// COUNT.
    fn count(&mut self, vm: &Value, path: &str, id: &str) {
        if let Some(size) = size(vm, path).filter(|size| *size > 165) {
            self.add("Warning", id, format!("VM has {size} disks, which exceeds the limit of 165"));
        }
    }

    /// CAPACITY.
    fn capacity(
        &mut self,
        vm: &Value,
        (list, field, name): (&str, &str, &str),
        id: &str,
        label: fn(&str, &str) -> String,
    ) {
        for entry in entries(vm, list) {
            if let (true, Some(name), Some(field)) = (at_most_zero(entry, field), at(entry, name), at(entry, field)) {
                self.add("Critical", id, label(&text(name), &text(field)));
            }
        }
    }

    /// HOTPLUG.
    fn hotplug(&mut self, vm: &Value, id: &str) {
        let any =
            ["cpuHotAddEnabled", "cpuHotRemoveEnabled", "memoryHotAddEnabled"].iter().any(|path| is(vm, path, true));
        self.warning(any, id, "CPU/Memory hotplug detected");
    }
}

/// What stands at a path; nothing where a step of it is absent. An explicit `null` is present.
fn at<'a>(vm: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/').try_fold(vm, |value, step| value.as_object()?.get(step))
}

fn is(vm: &Value, path: &str, truth: bool) -> bool {
    at(vm, path) == Some(&Value::Bool(truth))
}

/// Present and not `false`.
fn holds(vm: &Value, path: &str) -> bool {
    at(vm, path).is_some_and(|value| *value != Value::Bool(false))
}

fn string<'a>(vm: &'a Value, path: &str) -> Option<&'a str> {
    at(vm, path)?.as_str()
}

fn equals(vm: &Value, path: &str, text: &str) -> bool {
    string(vm, path) == Some(text)
}

/// Present and something else.
fn differs(vm: &Value, path: &str, text: &str) -> bool {
    at(vm, path).is_some() && !equals(vm, path, text)
}

fn is_text(vm: &Value, path: &str) -> bool {
    string(vm, path).is_some_and(|text| !text.is_empty())
}

/// Elements, members or characters.
fn size(vm: &Value, path: &str) -> Option<usize> {
    match at(vm, path)? {
        Value::Array(elements) => Some(elements.len()),
        Value::Object(members) => Some(members.len()),
        Value::String(text) => Some(text.chars().count()),
        _ => None,
    }
}

fn entries<'a>(vm: &'a Value, path: &str) -> Vec<&'a Value> {
    at(vm, path).map(inside).unwrap_or_default()
}

fn inside(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(elements) => elements.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => Vec::new(),
    }
}

/// `null` and truth values come before all numbers.
fn at_most_zero(vm: &Value, path: &str) -> bool {
    match at(vm, path) {
        Some(Value::Null | Value::Bool(_)) => true,
        Some(Value::Number(number)) => number.as_f64().is_some_and(|number| number <= 0.0),
        _ => false,
    }
}

/// Texts, lists and mappings come behind all numbers.
fn more_than(vm: &Value, path: &str, than: f64) -> bool {
    match at(vm, path) {
        Some(Value::Number(number)) => number.as_f64().is_some_and(|number| number > than),
        Some(Value::String(_) | Value::Array(_) | Value::Object(_)) => true,
        _ => false,
    }
}

fn matches(vm: &Value, path: &str, pattern: &str) -> bool {
    string(vm, path).is_some_and(|text| Regex::new(pattern).unwrap().is_match(text))
}

/// Present and does not match.
fn fails(vm: &Value, path: &str, pattern: &str) -> bool {
    at(vm, path).is_some() && !matches(vm, path, pattern)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The OS name list.
fn is_supported_name(name: &str) -> bool {
    let name = name.to_lowercase();
    let linux = ["7", "8", "9", "10"].map(|version| format!("red hat enterprise linux {version}"));
    let windows = ["10", "11", "server 2016", "server 2019", "server 2022", "server 2025"];
    linux.iter().any(|known| name.contains(known.as_str()))
        || windows.iter().any(|known| name.contains(&format!("windows {known}")))
}
