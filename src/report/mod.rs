//! What a run found: findings, verdicts, accounts. Data only: the evaluation fills it, renderers read it.

mod account;
mod assumption;
mod catalogue;
mod difference;
mod explanation;
mod finding;
mod outcome;
mod patch;
mod refused;
mod run;
mod shape;
mod standing;
mod suggestion;
mod timings;
mod waiver;

pub use account::{Account, Compared, NotEvaluated, Summary};
pub use assumption::AssumptionNote;
pub use catalogue::{Catalogue, FactEntry, Knowledge, RuleEntry, RulePage};
pub use difference::{Difference, Line, LineTag, PartDifference, RuleChange, RuleDifference};
pub use explanation::{
    Clause, EvaluationExplanation, Judgement, Operand, OperandKind, Origin, RuleExplanation, Source, StepExplanation,
    Weight, Word,
};
pub use finding::{
    CellHit, CiteRef, Finding, FindingVerdict, Missing, Obstacle, PassedOver, ProposedFix, Related, TableView,
    fingerprint,
};
pub use outcome::{PlanReport, PlanVerdict, Relocation, Report, StepReport, Thing};
pub use patch::Patch;
pub use refused::{AfterRefused, Refused};
pub use run::{Failing, FixText, Levels, MessageReference, Reference, RuleReference, Run};
pub use shape::{Content, Hint, Member, Object, Sample, Shape};
pub use standing::{Against, Fixed, Standing};
pub use suggestion::{Bytes, Differs, Doubt, InTheWay, SuggestedStep, Suggestion, WayOut, Written};
pub use timings::{Cost, Phase, Timings};
pub use waiver::WaiverNote;
