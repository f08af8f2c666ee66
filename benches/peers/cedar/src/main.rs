//! Cedar, and CloudFormation Guard behind the feature `guard`: `clearway-cedar whole|alone MOVES SECONDS`. A program of its own, for
//! both switch on `preserve_order` of serde_json, which makes it slower for everything else; `peers` talks to it.

use std::collections::BTreeMap;

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicyId, PolicySet, Request};
use clearway_workload::data::{Data, bit};
use clearway_workload::floors::{BORROWED, VERDICTS};
use clearway_workload::hand::version;
use clearway_workload::measure::{self, Engine};
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

const WHOLE: Engine = Engine {
    name: "Cedar",
    lacks: &LACKS,
    judges: true,
    make: |data| {
        let rules = rules();
        Box::new(move || data.lines.lines().map(|line| rules.judge(&rules.request(line))).collect())
    },
};

const ALONE: Engine = Engine {
    name: "Cedar",
    lacks: &LACKS,
    judges: true,
    make: |data| {
        let rules = rules();
        let requests: Vec<Request> = data.lines.lines().map(|line| rules.request(line)).collect();
        Box::new(move || requests.iter().map(|request| rules.judge(request)).collect())
    },
};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [part, count, seconds] = arguments.as_slice() else { panic!("clearway-cedar whole|alone MOVES SECONDS") };
    let data = Data::new(count.parse().expect("how many moves"));
    let seconds = seconds.parse().expect("seconds");
    let whole = part == "whole";
    let floor = if whole { BORROWED } else { VERDICTS };
    #[allow(unused_mut)]
    let mut engines = vec![if whole { WHOLE } else { ALONE }];
    #[cfg(feature = "guard")]
    if whole {
        engines.push(guard::WHOLE);
    }
    measure::serve(&floor, &engines, &data, seconds);
}
