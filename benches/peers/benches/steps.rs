//! Single steps, small and quick, for whoever changes one of them: `cargo bench --manifest-path benches/peers/Cargo.toml`.
#![allow(dead_code)]

#[path = "../src/clearway.rs"]
mod clearway;

use clearway_workload::data::Data;
use clearway_workload::estate::make;
use clearway_workload::measure::Engine;
use clearway_workload::{floors, yaml};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// 1,000 moves, by Clearway and by hand.
fn moves(bench: &mut Criterion) {
    let data = Data::new(1_000);
    let mut group = bench.benchmark_group("moves");
    group.throughput(Throughput::Bytes(data.lines.len() as u64));
    let engines: [Engine; 5] = [clearway::FOUND, clearway::TOLD, clearway::ARRAY, floors::BORROWED, floors::PARSE];
    for engine in &engines {
        let mut pass = (engine.make)(&data);
        group.bench_function(BenchmarkId::from_parameter(engine.name), |bench| bench.iter(&mut pass));
    }
    group.finish();
}

/// Verdicts over columns.
fn verdicts(bench: &mut Criterion) {
    let data = Data::new(1_000);
    let mut group = bench.benchmark_group("verdicts alone");
    for engine in [clearway::ALONE, floors::VERDICTS] {
        let mut pass = (engine.make)(&data);
        group.bench_function(BenchmarkId::from_parameter(engine.name), |bench| bench.iter(&mut pass));
    }
    group.finish();
}

/// Reading a YAML plan.
fn plans(bench: &mut Criterion) {
    let plan = serde_json::to_value(make::plan(&make::estate(200, 50), 200)).expect("JSON");
    let file = clearway::file(&yaml::of(&plan));
    let limits = clearway::limits();
    bench.bench_function("yaml plan of 200 steps", |bench| {
        bench.iter(|| ::clearway::facts::read::read_one(::clearway::facts::read::Format::Yaml, &file, &limits));
    });
}

/// Policies from their texts.
fn policies(bench: &mut Criterion) {
    let files = clearway::copies(8);
    bench.bench_function("104 rules", |bench| bench.iter(|| clearway::compiled(&files)));
}

criterion_group!(all, moves, verdicts, plans, policies);
criterion_main!(all);
