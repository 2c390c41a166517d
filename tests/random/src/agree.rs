//! Checks all random functions of this build, and says what came of it.

use std::process::ExitCode;

use random_programs::summary::Summary;

fn main() -> ExitCode {
    let summary = Summary::of_all();
    print!("{summary}");
    ExitCode::from(u8::from(!summary.is_right()))
}
