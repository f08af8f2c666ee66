//! regorus: its interpreter and its register machine.

use std::hint::black_box;

use regorus::Value;

use clearway_workload::data::bit;
use clearway_workload::measure::Engine;

const REGO: &str = include_str!("../../rules/moves.rego");
const FINDINGS: &str = "data.migration.findings";

fn engine() -> regorus::Engine {
    let mut engine = regorus::Engine::new();
    engine.set_strict_builtin_errors(false);
    engine.add_policy("moves.rego".to_owned(), REGO.to_owned()).expect("the policy is Rego");
    engine
}

fn machine() -> regorus::rvm::RegoVM {
    let policy = engine().compile_with_entrypoint(&FINDINGS.into()).expect("the policy compiles");
    let program =
        regorus::languages::rego::compiler::Compiler::compile_from_policy(&policy, &[FINDINGS]).expect("it compiles");
    let mut machine = regorus::rvm::RegoVM::new();
    machine.load_program(program);
    machine.set_execution_timer_config(None);
    machine.set_max_instructions(usize::MAX);
    machine
}

fn read(line: &str) -> Value {
    Value::from_json_str(line).expect("JSON")
}

fn bits(found: &Value) -> u16 {
    let set = found.as_set().expect("findings are a set");
    set.iter().fold(0, |bits, finding| {
        black_box(finding["severity"].as_string().expect("a severity"));
        bits | bit(finding["rule"].as_string().expect("a rule"))
    })
}

/// The interpreter.
pub const INTERPRETER: Engine = Engine {
    name: "regorus",
    lacks: &[],
    judges: true,
    make: |data| {
        let mut engine = engine();
        Box::new(move || {
            let mut judge = |line| {
                engine.set_input(read(line));
                bits(&engine.eval_rule(FINDINGS.to_owned()).expect("it evaluates"))
            };
            data.lines.lines().map(&mut judge).collect()
        })
    },
};

/// The register machine.
pub const MACHINE: Engine = Engine {
    name: "regorus RVM",
    lacks: &[],
    judges: true,
    make: |data| {
        let mut machine = machine();
        Box::new(move || {
            let mut judge = |line| {
                machine.set_input(read(line));
                bits(&machine.execute().expect("it evaluates"))
            };
            data.lines.lines().map(&mut judge).collect()
        })
    },
};

/// The interpreter, over values that were read before.
pub const INTERPRETER_ALONE: Engine = Engine {
    name: "regorus",
    lacks: &[],
    judges: true,
    make: |data| {
        let moves: Vec<Value> = data.lines.lines().map(read).collect();
        let mut engine = engine();
        Box::new(move || {
            let mut judge = |made: &Value| {
                engine.set_input(made.clone());
                bits(&engine.eval_rule(FINDINGS.to_owned()).expect("it evaluates"))
            };
            moves.iter().map(&mut judge).collect()
        })
    },
};

/// The register machine, over values that were read before.
pub const MACHINE_ALONE: Engine = Engine {
    name: "regorus RVM",
    lacks: &[],
    judges: true,
    make: |data| {
        let moves: Vec<Value> = data.lines.lines().map(read).collect();
        let mut machine = machine();
        Box::new(move || {
            let mut judge = |made: &Value| {
                machine.set_input(made.clone());
                bits(&machine.execute().expect("it evaluates"))
            };
            moves.iter().map(&mut judge).collect()
        })
    },
};
