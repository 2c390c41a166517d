//! Random programs: every phase of the compiler on functions that nobody thought of.

mod check;
mod generate;
mod shrink;

use check::{Verdict, check};
use generate::program;

#[test]
fn random_programs() {
    let start = std::time::Instant::now();
    let mut rough = 0;
    let mut failures = 0;
    let n: u64 = std::env::var("N").ok().and_then(|n| n.parse().ok()).unwrap_or(200);
    for seed in 0..n {
        let p = program(seed);
        match check(&p, seed) {
            Ok(Verdict::Right) => {}
            Ok(Verdict::Rough) => rough += 1,
            Err(e) => {
                failures += 1;
                if std::env::var("SEED").is_ok_and(|s| s == seed.to_string()) {
                    let kind = |e: &str| e.chars().take_while(|c| !c.is_ascii_digit() && *c != '=').collect::<String>();
                    let wanted = kind(&e);
                    let small = shrink::shrink(&p, |p| check(p, seed).is_err_and(|e| kind(&e) == wanted));
                    println!(
                        "{}{:?}\n{}\n{}",
                        small.f,
                        small.args,
                        check(&small, seed).unwrap_err(),
                        transform_text(&small.f)
                    );
                }
                let size = check::statements(&p.f.body);
                println!(
                    "seed {seed} size {size}: {}",
                    e.lines().next().unwrap_or_default().chars().take(200).collect::<String>()
                );
            }
        }
    }
    println!("rough {rough} failures {failures} of {n} {:?}", start.elapsed());
}

fn transform_text(f: &crate::ir::Func) -> String {
    crate::transform::reverse(f).map(|r| r.to_string()).unwrap_or_default()
}
