//! Sentences of the language's description about plans, one case each: what steps do, waves, choice, refusals. Both the
//! oracle and the evaluation have to say what follows by the text.

/// What every case begins with.
pub const VOCABULARY: &str = r#"pack sequences "Sequences" version 1.0.0
enum mode { red, blue }
entity store { name: name key, free: size, count: number, on: bool }
entity host { name: name key, memory: size, on: bool, store: store }
part disk { name: name, store: store, size: size }
entity vm {
  name: name key, host: host, store: store, label: text?, on: bool, ready: bool, size: size, count: number, disks: [disk]
}
part file of vm { name: name, store: store, size: size }
gather vm.files {
  from vm                                { name = "own", store = vm.store, size = 0 B }
  from disk in vm.disks when disk.size > 0 B { name = disk.name, store = disk.store, size = disk.size }
}
entity step { vm: vm, to: host? default none, store: store? default none, mode: mode? default none, also: bool default true }
input plan with inventory { hosts: [host], stores: [store], vms: [vm] }
effect relocate { for step  when step.to exists and step.also  set step.vm.host = step.to }
"#;

/// Machines `v` and `w` on host `a` in store `x`; what is not said of them is in the case.
pub const INVENTORY: &str = r#"{
  "hosts": [{"name": "a", "store": "x"}, {"name": "b", "store": "x"}, {"name": "c", "store": "y"}],
  "stores": [{"name": "x", "count": 0}, {"name": "y", "count": 0}, {"name": "z", "count": 0}],
  "vms": [{"name": "v", "host": "a", "store": "x", "disks": [{"name": "d", "store": "x", "size": "1 GiB"}]},
          {"name": "w", "host": "a", "store": "x", "disks": []}]
}"#;

pub struct Sequence {
    pub what: &'static str,
    /// The rest of the policy: rules whose codes begin with R are compared.
    pub policy: &'static str,
    /// What else is known, by pointer.
    pub facts: &'static [(&'static str, &'static str)],
    /// Steps as JSON.
    pub steps: &'static str,
    /// Everything that is said of the rules, of refusals and of what is left behind.
    pub expected: &'static [&'static str],
}

pub const SEQUENCES: &[Sequence] = &[
    Sequence {
        what: "a step sees what the one before it did",
        policy: "rule R1 r \"r\" { for step  must step.vm.host.name == \"a\"  because \"r\" }",
        facts: &[],
        steps: r#"{"vm": "v", "to": "b"}, {"vm": "v", "to": "c"}"#,
        expected: &["s1 R1: satisfied", "s2 R1: violated", "s2 is denied", "behind it vms[v].host = b"],
    },
    Sequence {
        what: "a refused step has no effect, and a later one that would be judged otherwise says so",
        policy: "rule R1 r \"r\" { for step  must step.to exists implies step.to.name != \"c\"  because \"r\" }\n\
                 rule R2 r \"r\" { for step  must step.vm.host.name == \"c\" or step.to exists  because \"r\" }",
        facts: &[],
        steps: r#"{"vm": "v", "to": "c"}, {"vm": "w"}, {"vm": "v"}"#,
        expected: &[
            "s1 R1: violated",
            "s1 R2: satisfied",
            "s1 is denied",
            "s2 R1: satisfied",
            "s2 R2: violated",
            "s2 is denied",
            "s3 R1: satisfied",
            "s3 R2: violated",
            "s3 is denied, after s1 s2",
        ],
    },
    Sequence {
        what: "of two values the later declared wins, and all changes add up",
        policy: "effect e { for step  each f in step.vm.files\n set step.vm.host = step.vm.host\n \
                 change step.vm.store.count by 1\n change step.vm.store.count by 2 }\n\
                 effect f { for step  set step.vm.host.store = step.vm.host.store }\n\
                 effect g { for step  set step.vm.store.on = true }\n effect h { for step  set step.vm.store.on = false }",
        facts: &[],
        steps: r#"{"vm": "v", "to": "b"}"#,
        expected: &["behind it stores[x].count = 6", "behind it stores[x].on = false"],
    },
    Sequence {
        what: "what an effect reads it reads in the world before the step",
        policy: "effect e { for step  set step.vm.store.count = step.vm.count\n set step.vm.count = step.vm.store.count }",
        facts: &[("/vms/0/count", "5"), ("/stores/0/count", "7")],
        steps: r#"{"vm": "v"}"#,
        expected: &["behind it stores[x].count = 5", "behind it vms[v].count = 7"],
    },
    Sequence {
        what: "a value for a gathered field goes to where it was gathered from",
        policy: "effect e { for step  each f in step.vm.files  when step.store exists  set f.store = step.store }",
        facts: &[],
        steps: r#"{"vm": "v", "store": "y"}"#,
        expected: &["behind it vms[v].disks[d].store = y", "behind it vms[v].store = y"],
    },
    Sequence {
        what: "what a condition that is not known would set is not known, by the facts of the condition",
        policy: "effect e { for step  when step.vm.ready  set step.vm.on = true }\n\
                 rule R1 r \"r\" { for step  should step.vm.on  because \"r\" }",
        facts: &[("/vms/0/on", "false"), ("/vms/1/on", "true")],
        steps: r#"{"vm": "v"}, {"vm": "v"}, {"vm": "w"}, {"vm": "w"}"#,
        expected: &[
            "s1 R1: violated",
            "s2 R1: unverified vms[v].ready since step s1",
            "s3 R1: satisfied",
            "s4 R1: satisfied",
            "behind it vms[v].on = ?",
        ],
    },
    Sequence {
        what: "where the row is not known, every row is in doubt; what comes in addition is counted nowhere",
        policy: "effect e { for step  when step.also  change step.vm.host.store.free by -step.vm.size }\n\
                 effect f { for step  when not step.also  change step.vm.host.store.free by step.vm.size }\n\
                 effect g { for step  when step.store exists  set step.vm.host.store.on = true }",
        facts: &[
            ("/vms/0/host", ""),
            ("/vms/0/size", "\"1 GiB\""),
            ("/stores/0/free", "\"9 GiB\""),
            ("/stores/0/on", "true"),
            ("/stores/1/on", "false"),
        ],
        steps: r#"{"vm": "v", "also": false}, {"vm": "v", "also": false, "store": "x"}"#,
        expected: &["behind it stores[y].on = ?"],
    },
    Sequence {
        what: "what is taken nobody knows from where may be taken from every row",
        policy: "effect e { for step  change step.vm.host.store.free by -step.vm.size }\n\
                 rule R1 r \"r\" { for step  should step.store exists implies step.store.free > 0 B  because \"r\" }",
        facts: &[("/vms/0/host", ""), ("/vms/0/size", "\"1 GiB\""), ("/stores/2/free", "\"9 GiB\"")],
        steps: r#"{"vm": "v", "store": "z", "wave": 1}, {"vm": "w", "store": "z", "wave": 1}"#,
        expected: &["s1 R1: satisfied", "s2 R1: unverified vms[v].host since step s1", "behind it stores[z].free = ?"],
    },
    Sequence {
        what: "in a wave room is taken at once and freed only after it",
        policy: "effect e { for step  when step.store exists\n change step.store.free by -step.vm.size\n \
                 change step.vm.store.free by step.vm.size\n set step.vm.store = step.store }\n\
                 rule R1 r \"r\" { for step  must step.store exists implies step.store.free >= step.vm.size  because \"r\" }",
        facts: &[
            ("/vms/0/size", "\"4 GiB\""),
            ("/vms/1/size", "\"3 GiB\""),
            ("/vms/1/store", "\"y\""),
            ("/stores/0/free", "\"1 GiB\""),
            ("/stores/1/free", "\"5 GiB\""),
            ("/stores/2/free", "\"4 GiB\""),
        ],
        steps: r#"{"vm": "v", "store": "y", "wave": 1}, {"vm": "w", "store": "x", "wave": 1},
                  {"vm": "w", "store": "x", "wave": 2}"#,
        expected: &[
            "s1 R1: satisfied",
            "s2 R1: violated",
            "s2 is denied",
            "s3 R1: satisfied",
            "s3 is permitted, after s2",
            "behind it stores[x].free = 2 GiB",
            "behind it stores[y].free = 4 GiB",
            "behind it vms[v].store = y",
            "behind it vms[w].store = x",
        ],
    },
    Sequence {
        what: "a refused step takes nothing from those of its own wave, which say what they would have lacked",
        policy: "effect e { for step  when step.store exists  change step.store.free by -step.vm.size }\n\
                 rule R1 r \"r\" { for step  must step.also  because \"r\" }\n\
                 rule R2 r \"r\" { for step  must step.store exists implies step.store.free >= step.vm.size  because \"r\" }",
        facts: &[("/vms/0/size", "\"4 GiB\""), ("/vms/1/size", "\"3 GiB\""), ("/stores/1/free", "\"5 GiB\"")],
        steps: r#"{"vm": "v", "store": "y", "wave": 1, "also": false}, {"vm": "w", "store": "y", "wave": 1}"#,
        expected: &[
            "s1 R1: violated",
            "s1 R2: satisfied",
            "s1 is denied",
            "s2 R1: satisfied",
            "s2 R2: satisfied",
            "s2 is permitted, after s1",
            "behind it stores[y].free = 2 GiB",
        ],
    },
    Sequence {
        what: "an unknown amount that can never be below zero comes in only after the wave",
        policy: "effect e { for step  when step.store exists  change step.store.free by step.vm.size }\n\
                 effect f { for step  when step.to exists  change step.to.memory by -step.vm.size }\n\
                 rule R1 r \"r\" { for step  when step.store exists  should step.store.free > 0 B  because \"r\" }\n\
                 rule R2 r \"r\" { for step  when step.to exists  should step.to.memory > 0 B  because \"r\" }",
        facts: &[("/stores/1/free", "\"5 GiB\""), ("/hosts/1/memory", "\"5 GiB\"")],
        steps: r#"{"vm": "v", "store": "y", "wave": 1}, {"vm": "w", "store": "y", "wave": 1},
                  {"vm": "w", "to": "b", "wave": 2}, {"vm": "v", "to": "b", "wave": 2}"#,
        expected: &[
            "s1 R1: satisfied",
            "s2 R1: satisfied",
            "s3 R2: satisfied",
            "s4 R2: unverified vms[w].size since step s3",
            "s1 R2: not applicable",
            "s2 R2: not applicable",
            "s3 R1: not applicable",
            "s4 R1: not applicable",
            "behind it hosts[b].memory = ?",
            "behind it stores[y].free = ?",
            "behind it vms[v].host = b",
            "behind it vms[w].host = b",
        ],
    },
    Sequence {
        what: "waves run in the order of their numbers; rules about them see the world before them, those about the plan the inventory",
        policy: "rule R1 r \"r\" { for step  must step.vm.host.name == \"b\" or step.vm.name == \"w\"  because \"r\" }\n\
                 rule R2 r \"r\" { for wave  each s in wave.steps  should s.vm.host.name == \"a\"  because \"r\" }\n\
                 rule R3 r \"r\" { for plan  each s in plan.steps  when not s.refused  should s.vm.host.name == \"b\"  because \"r\" }",
        facts: &[("/vms/0/host", "\"b\"")],
        steps: r#"{"vm": "v", "to": "c", "wave": 7}, {"vm": "v", "to": "a", "wave": 0}"#,
        expected: &[
            "s1 R1: violated",
            "s1 is denied",
            "s2 R1: satisfied",
            "wave 7 R2: step s1: satisfied",
            "wave 0 R2: step s2: violated",
            "plan R3: step s1: not applicable",
            "plan R3: step s2: satisfied",
            "behind it vms[v].host = a",
        ],
    },
    Sequence {
        what: "where not all steps have a number a wave stands where its first step stands",
        policy: "rule R1 r \"r\" { for step  should step.vm.host.name == \"a\"  because \"r\" }",
        facts: &[],
        steps: r#"{"vm": "v", "to": "b", "wave": 9}, {"vm": "v", "to": "c"}, {"vm": "w", "to": "b", "wave": 9},
                  {"vm": "w", "to": "c", "wave": 1}"#,
        expected: &[
            "s1 R1: satisfied",
            "s2 R1: violated",
            "s3 R1: satisfied",
            "s4 R1: violated",
            "behind it vms[v].host = c",
            "behind it vms[w].host = c",
        ],
    },
    Sequence {
        what: "a type is chosen in the world of its step; where none is permitted the other world goes on by the last",
        policy: "select step.mode {\n prefer red, blue where step.also\n chosen note S1 \"c\"\n none must S2 \"n\" }\n\
                 effect e { for step  when step.mode == blue and step.store exists\n \
                 change step.store.free by -step.vm.size }\n\
                 rule R1 r \"r\" { for step  when step.mode == red  must step.to exists  because \"r\" }\n\
                 rule R2 r \"r\" { for step  when step.mode == blue  must step.store exists implies \
                 step.store.free >= step.vm.size  because \"r\" }",
        facts: &[("/vms/0/size", "\"4 GiB\""), ("/vms/1/size", "\"2 GiB\""), ("/stores/1/free", "\"3 GiB\"")],
        steps: r#"{"vm": "v", "store": "y"}, {"vm": "w", "store": "y"}, {"vm": "w", "store": "y", "to": "b"}"#,
        expected: &[
            "s1 is denied",
            "s2 R1: not applicable",
            "s2 R2: satisfied",
            "s2 is permitted, blue chosen, after s1",
            "s3 R1: satisfied",
            "s3 R2: not applicable",
            "s3 is permitted, red chosen",
            "behind it stores[y].free = 1 GiB",
            "behind it vms[w].host = b",
        ],
    },
    Sequence {
        what: "a choice whose candidates are not known: no effect, and not refused",
        policy: "select step.mode {\n prefer red, blue where step.vm.ready\n chosen note S1 \"c\"\n none must S2 \"n\" }\n\
                 rule R1 r \"r\" { for step  must step.vm.host.name == \"a\"  because \"r\" }\n\
                 rule R2 r \"r\" { for plan  each s in plan.steps  must not s.refused  because \"r\" }",
        facts: &[("/vms/1/ready", "true")],
        steps: r#"{"vm": "v", "to": "b"}, {"vm": "v", "to": "c", "mode": "red"}, {"vm": "w"}"#,
        expected: &[
            "s1 is unverified",
            "s2 R1: satisfied",
            "s3 R1: satisfied",
            "s3 is permitted, red chosen",
            "plan R2: step s1: satisfied",
            "plan R2: step s2: satisfied",
            "plan R2: step s3: satisfied",
            "behind it vms[v].host = c",
        ],
    },
    Sequence {
        what: "what is not known of an effect's list is one more element of which nothing is known",
        policy: "effect e { for step  each d in step.vm.disks  when step.store exists  set d.store = step.store }",
        facts: &[("/vms/1/disks", "")],
        steps: r#"{"vm": "w", "store": "y"}"#,
        expected: &["behind it vms[v].disks[d].store = ?"],
    },
];
