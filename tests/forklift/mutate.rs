//! Machines that nobody thought of: well-typed changes of machines that are there.

use std::collections::BTreeMap;

use serde_json::Value;

/// Texts that some rule asks for, or that sit at its edge.
const TEXTS: &[&str] = &[
    "",
    "x",
    "web-01",
    "web_01",
    "-",
    "a.",
    "UP",
    "ß",
    "a b",
    "a\nb",
    "{x}",
    "\"",
    "true",
    "null",
    "required",
    "VMware",
    "vmware",
    "cluster",
    "On",
    "Off",
    "scsi",
    "sata",
    "virtio",
    "virtio_scsi",
    "ide",
    "independent_persistent",
    "persistent",
    "independent_nonpersistent",
    "not_independent_persistent",
    "VirtualPCIPassthrough",
    "VirtualSriovEthernetCard",
    "VirtualUSBController",
    "VirtualMachineSnapshot",
    "localhost.localdomain",
    "/",
    "/boot",
    "/BOOT",
    "c:",
    "C:\\",
    "C:/",
    "D:\\",
    "rhel8_64Guest",
    "RHEL7guest",
    "rhel10_32guest",
    "rhel6guest",
    "windows2019srv_64Guest",
    "windows9_64Guest",
    "Windows11guest",
    "Red Hat Enterprise Linux 75",
    "red hat enterprise linux 6",
    "Microsoft Windows 10 (64-bit)",
    "Windows XP",
    "Windows Server 2025",
    "Debian GNU/Linux 12",
    "floating",
    "fixed",
    "available",
    "in-use",
    "unavailable",
    "error",
    "ACTIVE",
    "SHUTOFF",
    "PAUSED",
    "rhel",
    "centos",
    "windows",
    "fedora",
    "ubuntu",
    "9.2",
    "6",
    "36",
    "39",
    "2k19",
    "2022",
    "e1000",
    "vmxnet3",
    "ne2k_pci",
    "pci_passthrough",
    "rtl8139",
    "image",
    "lun",
    "cinder",
    "ok",
    "locked",
    "illegal",
    "spice",
    "vnc",
    "isolate_threads",
    "resize_and_pin_numa",
    "none",
    "user-migratable",
    "user_migratable",
    "migratable",
    "émigratable",
    "q35_secure_boot",
    "auto_resume",
    "kill",
    "windows_2022",
    "windows_11x64",
    "rhel_6x64",
    "up",
    "down",
    "backup",
    "unknown",
    "a23456789012345678901234567890123456789012345678901234567890123",
    "a234567890123456789012345678901234567890123456789012345678901234",
];

const NUMBERS: &[i64] =
    &[0, 1, -1, 2, 1000, 2000, 10_485_759, 10_485_760, 52_428_799, 52_428_800, 104_857_599, 104_857_600, 1 << 40];

/// Choices by a seed: the same seed makes the same machine.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, many: usize) -> usize {
        (self.next() % many.max(1) as u64) as usize
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Scalars that stand under a member somewhere.
pub struct Pool(BTreeMap<String, Vec<Value>>);

impl Pool {
    pub fn of(machines: &[Value]) -> Pool {
        let mut pool = Pool(BTreeMap::new());
        machines.iter().for_each(|machine| pool.take("", machine));
        pool
    }

    fn take(&mut self, key: &str, value: &Value) {
        match value {
            Value::Object(members) => members.iter().for_each(|(key, value)| self.take(key, value)),
            Value::Array(elements) => elements.iter().for_each(|element| self.take(key, element)),
            Value::Null => {}
            scalar => {
                let known = self.0.entry(key.to_owned()).or_default();
                if !known.contains(scalar) {
                    known.push(scalar.clone());
                }
            }
        }
    }

    /// Another value of the same type.
    fn other(&self, key: &str, value: &Value, dice: &mut Dice) -> Value {
        let of_kind = |other: &&Value| std::mem::discriminant(*other) == std::mem::discriminant(value);
        let known: Vec<&Value> = self.0.get(key).into_iter().flatten().filter(of_kind).collect();
        match value {
            _ if !known.is_empty() && dice.below(2) == 0 => (*dice.one(&known)).clone(),
            Value::Bool(truth) => Value::Bool(!truth),
            Value::Number(_) => Value::from(*dice.one(NUMBERS)),
            _ => Value::from(*dice.one(TEXTS)),
        }
    }
}

/// A machine, changed in up to four places.
pub fn machine(machines: &[Value], pool: &Pool, dice: &mut Dice) -> Value {
    let mut machine = dice.one(machines).clone();
    for _ in 0..=dice.below(4) {
        match dice.below(8) {
            0 => merge(&mut machine, dice.one(machines)),
            1 => repeat(&mut machine, dice),
            _ => {
                let places = 1 + count(&machine);
                let place = dice.below(places);
                change(&mut machine, &mut (place + 1), "", pool, dice);
            }
        }
    }
    machine
}

/// How many values are in a value.
fn count(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.values().map(|value| 1 + count(value)).sum(),
        Value::Array(elements) => elements.iter().map(|value| 1 + count(value)).sum(),
        _ => 0,
    }
}

/// Changes the n-th value below a value.
fn change(value: &mut Value, n: &mut usize, key: &str, pool: &Pool, dice: &mut Dice) {
    let mut gone = None;
    match value {
        Value::Object(members) => {
            for (key, value) in members.iter_mut() {
                if is_it(n) {
                    if alter(value, key, pool, dice) {
                        gone = Some(key.clone());
                    }
                    break;
                }
                change(value, n, key, pool, dice);
            }
            gone.map(|key| members.remove(&key));
        }
        Value::Array(elements) => {
            let mut gone = None;
            for (at, value) in elements.iter_mut().enumerate() {
                if is_it(n) {
                    if alter(value, key, pool, dice) {
                        gone = Some(at);
                    }
                    break;
                }
                change(value, n, key, pool, dice);
            }
            gone.map(|at| elements.remove(at));
        }
        _ => {}
    }
}

fn is_it(n: &mut usize) -> bool {
    *n = n.saturating_sub(1);
    let it = *n == 0;
    if it {
        // What comes behind it is none.
        *n = usize::MAX;
    }
    it
}

/// Alters a value. True where it is to be taken away instead.
fn alter(value: &mut Value, key: &str, pool: &Pool, dice: &mut Dice) -> bool {
    match (dice.below(6), &mut *value) {
        (0, _) => return true,
        (1, _) => *value = Value::Null,
        (_, Value::Object(members)) => members.clear(),
        (2, Value::Array(elements)) => elements.push(Value::Null),
        (_, Value::Array(elements)) => elements.clear(),
        (_, Value::Null) => {}
        (_, scalar) => *scalar = pool.other(key, scalar, dice),
    }
    false
}

/// Lays a machine over another: lists are joined.
fn merge(machine: &mut Value, over: &Value) {
    match (machine, over) {
        (Value::Object(members), Value::Object(over)) => {
            for (key, value) in over {
                match members.get_mut(key) {
                    Some(member) => merge(member, value),
                    None => drop(members.insert(key.clone(), value.clone())),
                }
            }
        }
        (Value::Array(elements), Value::Array(over)) => elements.extend(over.iter().cloned()),
        (_, Value::Null) => {}
        (machine, over) => *machine = over.clone(),
    }
}

/// Makes a list of a machine as long as the most that is allowed, or one longer.
fn repeat(machine: &mut Value, dice: &mut Dice) {
    let Some(members) = machine.as_object_mut() else { return };
    let lists: Vec<String> = members
        .iter()
        .filter(|(_, value)| value.as_array().is_some_and(|elements| !elements.is_empty()))
        .map(|(key, _)| key.clone())
        .collect();
    if lists.is_empty() {
        return;
    }
    let length = *dice.one(&[2, 3, 165, 166]);
    if let Some(Value::Array(elements)) = members.get_mut(dice.one(&lists)) {
        *elements = elements.iter().cloned().cycle().take(length).collect();
    }
}
