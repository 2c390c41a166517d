//! Prints the bits of everything that the random functions and their derivatives compute in this build.

use random_programs::Case;
use random_programs::transcript::Transcript;

fn main() {
    print!("{}", Transcript::of_this_build(Case::all().len()));
}
