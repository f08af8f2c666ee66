//! Cedar, and CloudFormation Guard behind the feature `guard`: `clearway-cedar MOVES ROUNDS SECONDS`. A program of its own, for
//! both switch on `preserve_order` of serde_json, which makes it slower for everything else. The rules by hand run beside them, so that
//! ratios can be compared. Prints a line of JSON an engine.

use std::collections::BTreeMap;
use std::time::Instant;

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicyId, PolicySet, Request};
use clearway_workload::generate;
use clearway_workload::hand::{RULES, check, version};
use clearway_workload::moves::Move;
use clearway_workload::text::Text;
use serde_json::{Value, json};

#[cfg(feature = "guard")]
mod guard;

const CEDAR: &str = include_str!("../../rules/moves.cedar");
/// Cedar has no quantifier over records.
const LACKS: [&str; 1] = ["base-disk-registered"];

struct Rules {
    policies: PolicySet,
    authorizer: Authorizer,
    entities: Entities,
    bits: BTreeMap<PolicyId, u16>,
    uid: EntityUid,
}

fn bit(rule: &str) -> u16 {
    1 << RULES.iter().position(|(name, _)| *name == rule).expect("a rule of ours")
}

fn rules() -> Rules {
    let policies: PolicySet = CEDAR.parse().expect("the policies are Cedar");
    let bits =
        policies.policies().filter_map(|policy| Some((policy.id().clone(), bit(policy.annotation("id")?)))).collect();
    let uid = "Move::\"m\"".parse().expect("a name");
    Rules { policies, authorizer: Authorizer::new(), entities: Entities::empty(), bits, uid }
}

impl Rules {
    /// What Cedar cannot do is done for it: versions become numbers, nulls go away, the kinds of disks become a set.
    fn request(&self, line: &str) -> Request {
        let mut made: Value = serde_json::from_str(line).expect("JSON");
        for side in ["source", "destination"] {
            let host = made[side].as_object_mut().expect("a host");
            let build = version(host["os_build"].as_str().expect("a build"));
            host.insert(
                "os".to_owned(),
                json!({"major": build >> 40, "minor": build >> 20 & 0xfffff, "build": build & 0xfffff}),
            );
            if host["cluster"].is_null() {
                host.remove("cluster");
            }
        }
        let disks = made["vm"]["disks"].as_array().expect("disks").iter();
        let kinds: Vec<Value> = disks.map(|disk| disk["kind"].clone()).collect();
        let vm = made["vm"].as_object_mut().expect("a machine");
        vm.insert("disk_kinds".to_owned(), Value::Array(kinds));
        vm.remove("disks");
        let context = Context::from_json_value(made, None).expect("a context");
        Request::new(self.uid.clone(), self.uid.clone(), self.uid.clone(), context, None).expect("a request")
    }

    fn judge(&self, request: &Request) -> u16 {
        let answer = self.authorizer.is_authorized(request, &self.policies, &self.entities);
        assert_eq!(answer.diagnostics().errors().count(), 0);
        if answer.decision() == Decision::Allow {
            return 0;
        }
        answer.diagnostics().reason().filter_map(|id| self.bits.get(id)).fold(0, |bits, bit| bits | bit)
    }
}

fn time(run: impl FnOnce() -> Vec<u16>) -> (f64, Vec<u16>) {
    let start = Instant::now();
    let found = run();
    (start.elapsed().as_secs_f64(), found)
}

fn measure(name: &str, lacks: &[&str], rounds: usize, by_hand: &dyn Fn() -> Vec<u16>, pass: &dyn Fn() -> Vec<u16>) {
    let mask = !lacks.iter().fold(0u16, |bits, rule| bits | bit(rule));
    let masked = |found: Vec<u16>| found.into_iter().map(|bits| bits & mask).collect::<Vec<_>>();
    assert_eq!(masked(pass()), masked(by_hand()), "{name}");
    let (mut seconds, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        floor.push((0..3).map(|_| time(by_hand).0).sum::<f64>() / 3.0);
        seconds.push(time(pass).0);
    }
    println!("{}", json!({"name": name, "equal": RULES.len() - lacks.len(), "seconds": seconds, "floor": floor}));
}

fn main() {
    let mut arguments = std::env::args().skip(1).map(|number| number.parse::<u64>().expect("a number"));
    let (count, rounds) =
        (arguments.next().expect("how many moves"), arguments.next().expect("how many rounds") as usize);
    let lines = generate::json_lines(count);
    let read = |line| serde_json::from_str::<Move<Text>>(line).expect("JSON");
    let by_hand = || lines.lines().map(|line| check(&read(line))).collect();
    let rules = rules();
    measure("Cedar", &LACKS, rounds, &by_hand, &|| {
        lines.lines().map(|line| rules.judge(&rules.request(line))).collect()
    });
    let requests: Vec<Request> = lines.lines().map(|line| rules.request(line)).collect();
    measure("Cedar, verdicts alone", &LACKS, rounds, &by_hand, &|| {
        requests.iter().map(|request| rules.judge(request)).collect()
    });
    #[cfg(feature = "guard")]
    measure("CloudFormation Guard", &[], rounds, &by_hand, &|| lines.lines().map(guard::judge).collect());
}
