//! The shape of a plan: its steps as the vocabulary declares them, and what every plan can say besides.

use super::{Maker, fixed, schema_member, waivable};
use crate::report::{Content, Member, Object, Sample};
use crate::session::embedded;
use crate::session::policies::Policies;
use crate::types::Schema;

/// The greatest number of a wave: up to it every reader of JSON knows each whole number.
const LAST_WAVE: u64 = 1 << 53;

impl Maker<'_> {
    pub(super) fn plan_root(&mut self, policies: &Policies) -> Object {
        let step = self.step();
        self.parts.insert("step".to_owned(), Some(step));
        let packs = embedded::names().map(|name| Sample::Text(name.to_owned())).collect();
        let pack = "The pack of policies that judges the plan: a bundled one by its name, or a folder of `.way` files. \
                    A list: several packs, laid over each other.";
        let inventory = "The inventory that the plan is judged against: a path, relative to the plan. A list: several files, \
                         later ones laid over earlier ones.";
        let one_or_many = || Content::OneOrMany(Box::new(Content::Text.or_null()));
        let members = vec![
            schema_member(),
            fixed("plan", "The name of the plan. Left out: the name of its file.", Content::Name.or_null()),
            Member { examples: packs, ..fixed("pack", pack, one_or_many()) },
            fixed("inventory", inventory, one_or_many()),
            Member {
                required: true,
                ..fixed(
                    "steps",
                    "What is moved, in this order; steps with one `wave` run together.",
                    Content::Part("step".to_owned()).list(),
                )
            },
            fixed(
                "waivers",
                "Findings that somebody answers for. They are still evaluated and shown, but do not count.",
                Content::Object(Box::new(waiver(waivable(policies)))).list().or_null(),
            ),
        ];
        let about = "A plan: which machines are moved, how, where to, and in which order.".to_owned();
        Object { about, members, ..Object::default() }
    }

    /// A step: what the pack adds, behind what every step has.
    fn step(&mut self) -> Object {
        let mut step = self.object(Schema::STEP);
        step.members.retain(|member| !["id", "wave"].contains(&member.name.as_str()));
        let id = "The id of the step: findings, waivers and options name it by that. Left out: `step-1`, `step-2`, … by its place.";
        let wave = "Steps with one wave number run together; waves run in the order of their numbers. Left out: the step runs alone.";
        step.members.insert(0, fixed("id", id, Content::Name.or_null()));
        step.members.push(fixed("wave", wave, Content::Count(LAST_WAVE).or_null()));
        step
    }
}

fn waiver(codes: Vec<String>) -> Object {
    let day = || vec![Sample::Text("2027-03-31".to_owned())];
    let needed = |member: Member| Member { required: true, ..member };
    let members = vec![
        Member {
            examples: codes.into_iter().map(Sample::Text).collect(),
            ..needed(fixed("code", "The code of the findings that are waived.", Content::Name))
        },
        needed(fixed("reason", "Why they do not count: whoever reads the report sees it.", Content::Name)),
        fixed(
            "steps",
            "The ids of the steps that it is for. Left out: all of them.",
            Content::OneOrSeveral(Box::new(Content::Name)),
        ),
        fixed("approved-by", "Who answers for it: a person, a ticket, a change.", Content::Text.or_null()),
        Member {
            examples: day(),
            ..fixed(
                "expires",
                "The last day on which it counts, such as `2027-03-31`. Left out: it does not expire.",
                Content::Date.or_null(),
            )
        },
    ];
    Object { about: "A finding that somebody answers for.".to_owned(), members, ..Object::default() }
}
