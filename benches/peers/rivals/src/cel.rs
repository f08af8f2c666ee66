//! CEL: an expression a rule, with a function for versions.

use std::sync::Arc;

use cel::{Context, Env, Program};
use clearway_workload::hand::version;
use serde_json::Value;

use clearway_workload::data::bit;
use clearway_workload::measure::Engine;

const CEL: &str = include_str!("../../rules/moves.cel");

struct Rules {
    env: Arc<Env>,
    rules: Vec<(u16, Program)>,
}

fn rules() -> Rules {
    let env = Arc::new(Env::stdlib());
    let rule = |line: &str| {
        let (name, expression) = line.split_once('\t').expect("a name and an expression");
        (bit(name), env.compile(expression).expect("an expression of CEL"))
    };
    let rules = CEL.lines().map(rule).collect();
    Rules { env, rules }
}

impl Rules {
    fn context<'v>(&self, line: &str) -> Context<'v, 'v> {
        let made: Value = serde_json::from_str(line).expect("JSON");
        let mut context = Context::with_env(self.env.clone());
        context.add_function("version", |text: Arc<String>| version(&text) as i64).expect("a function");
        context.add_variable_from_value("m", cel::to_value(made).expect("a value"));
        context
    }

    fn bits(&self, context: &Context) -> u16 {
        self.rules.iter().fold(0, |bits, (bit, rule)| match rule.execute(context) {
            Ok(cel::Value::Bool(true)) => bits | bit,
            Ok(cel::Value::Bool(false)) => bits,
            other => panic!("{other:?}"),
        })
    }
}

/// From the bytes on.
pub const WHOLE: Engine = Engine {
    name: "CEL",
    lacks: &[],
    judges: true,
    make: |data| {
        let rules = rules();
        Box::new(move || data.lines.lines().map(|line| rules.bits(&rules.context(line))).collect())
    },
};

/// Over contexts that were made before.
pub const ALONE: Engine = Engine {
    name: "CEL",
    lacks: &[],
    judges: true,
    make: |data| {
        let rules = rules();
        let contexts: Vec<Context> = data.lines.lines().map(|line| rules.context(line)).collect();
        Box::new(move || contexts.iter().map(|context| rules.bits(context)).collect())
    },
};
