//! k-means by Newton's method, on Fisher's irises.
//!
//! ```text
//! cargo run --release --example kmeans
//! ```
//!
//! The cost of k centroids is the sum over the points of the squared distance to the nearest centroid. Where no point
//! is as near to a second centroid, each term depends on one centroid only, and on each of its coordinates by a square:
//! the Hessian is diagonal. So *one* Hessian-vector product gives all of it, and a Newton step divides the gradient by it, entry by
//! entry. It lands on the means of the points that each centroid is nearest to, which is the step of Lloyd's algorithm:
//! Newton's method finds it without having been told. (L. Bottou and Y. Bengio, *Convergence properties of the k-means
//! algorithms*, NIPS 1994.)
//!
//! The example runs from several starts, compares each step with the means, and draws the best run in
//! `out/kmeans/clusters.png`.

use std::error::Error;

use autodiff_examples::datasets::{self, IRIS_SPECIES, Iris};
use autodiff_examples::figures::{self, Clusters};
use autodiff_runtime::differentiate;
use autodiff_runtime::second_order::Structure;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

type Point = [f64; 4];
/// The centroids after 0, 1, 2, … steps.
type Path = Vec<Vec<Point>>;

const CLUSTERS: usize = 3;
const STARTS: u64 = 8;
/// The steps stop by themselves, usually after about ten.
const MOST_STEPS: usize = 100;

/// The sum over the points of the squared distance to the nearest centroid.
#[differentiate(order = 2)]
fn cost(centroids: &[Point], #[constant] points: &[Point]) -> f64 {
    let mut sum = 0.0;
    for point in points {
        let mut nearest = f64::INFINITY;
        for centroid in centroids {
            let squares = point.iter().zip(centroid.iter()).map(|(p, c)| (p - c) * (p - c));
            nearest = nearest.min(squares.sum());
        }
        sum += nearest;
    }
    sum
}

/// One Newton step. A centroid that is nearest to no point has neither slope nor curvature, and stays.
fn newton_step(centroids: &[Point], points: &[Point]) -> Result<Vec<Point>, Box<dyn Error>> {
    let centroids = centroids.to_vec();
    let hvp = |centroids: &Vec<Point>, direction: &Vec<Point>| cost::hvp(centroids, points, direction);
    let structure = Structure::diagonal(4 * centroids.len());
    if !structure.check(&centroids, hvp, 0)?.is_confirmed() {
        return Err("the Hessian is not diagonal: a point is as near to one centroid as to another".into());
    }
    let hessian = structure.hessian(&centroids, hvp)?;
    let mut next = cost::grad(&centroids, points);
    for (j, (row, from)) in next.iter_mut().zip(&centroids).enumerate() {
        for (k, (entry, from)) in row.iter_mut().zip(from).enumerate() {
            let curvature = hessian.get(4 * j + k, 4 * j + k);
            *entry = if curvature > 0.0 { from - *entry / curvature } else { *from };
        }
    }
    Ok(next)
}

/// Which centroid a point is nearest to.
fn nearest(point: &Point, centroids: &[Point]) -> usize {
    let distance = |centroid: &Point| point.iter().zip(centroid).map(|(p, c)| (p - c).powi(2)).sum::<f64>();
    (0..centroids.len()).min_by(|&a, &b| distance(&centroids[a]).total_cmp(&distance(&centroids[b]))).unwrap_or(0)
}

/// The step of Lloyd's algorithm, to compare with: the means of the points that each centroid is nearest to.
fn means(centroids: &[Point], points: &[Point]) -> Vec<Point> {
    let mean = |j: usize| {
        let members: Vec<&Point> = points.iter().filter(|point| nearest(point, centroids) == j).collect();
        let mean = |k: usize| members.iter().map(|point| point[k]).sum::<f64>() / members.len() as f64;
        if members.is_empty() { centroids[j] } else { std::array::from_fn(mean) }
    };
    (0..centroids.len()).map(mean).collect()
}

fn largest_difference(a: &[Point], b: &[Point]) -> f64 {
    a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// Steps until the centroids stay where they are; with them, the largest difference of a step from the means.
fn run(points: &[Point], seed: u64) -> Result<(Path, f64), Box<dyn Error>> {
    let start: [Point; CLUSTERS] =
        points.sample_array(&mut ChaCha8Rng::seed_from_u64(seed)).ok_or("there are fewer points than clusters")?;
    let (mut path, mut from_means) = (vec![start.to_vec()], 0.0_f64);
    while path.len() <= MOST_STEPS {
        let here = &path[path.len() - 1];
        let next = newton_step(here, points)?;
        from_means = from_means.max(largest_difference(&next, &means(here, points)));
        let moved = largest_difference(&next, here);
        path.push(next);
        if moved < 1e-12 {
            break;
        }
    }
    Ok((path, from_means))
}

fn main() -> Result<(), Box<dyn Error>> {
    let irises = datasets::irises()?;
    let points: Vec<Point> = irises.iter().map(|iris| iris.measures).collect();

    println!(
        "{:>5}  {:>5}  {:>12}  {:>12}  {:>22}",
        "start", "steps", "first cost", "last cost", "Newton step - means"
    );
    let mut best: Option<Path> = None;
    for seed in 0..STARTS {
        let (path, from_means) = run(&points, seed)?;
        let at = |k: usize| cost(&path[k], &points);
        let last = path.len() - 1;
        println!("{seed:>5}  {last:>5}  {:>12.4}  {:>12.4}  {from_means:>22.1e}", at(0), at(last));
        if best.as_ref().is_none_or(|best| cost(&best[best.len() - 1], &points) > at(last)) {
            best = Some(path);
        }
    }
    let path = best.ok_or("there are no starts")?;
    let centroids = &path[path.len() - 1];
    println!("\nThe least cost is {:.4}. Who is in the clusters:\n", cost(centroids, &points));
    report(&irises, centroids);

    let dir = figures::output_dir("kmeans")?;
    let file = dir.join("clusters.png");
    // The lengths and widths of the petals tell most.
    let plane = |point: &Point| (point[2], point[3]);
    figures::clusters(
        &file,
        ("Length of a petal, cm", "Width of a petal, cm"),
        &Clusters {
            points: points.iter().map(|point| (plane(point), nearest(point, centroids))).collect(),
            kinds: irises.iter().map(|iris| iris.species).collect(),
            names: &IRIS_SPECIES,
            paths: (0..CLUSTERS).map(|j| path.iter().map(|step| plane(&step[j])).collect()).collect(),
        },
    )?;
    println!("\nwritten: {}", file.display());
    Ok(())
}

/// How many of each species are in each cluster.
fn report(irises: &[Iris], centroids: &[Point]) {
    println!("{:>9}{}", "cluster", IRIS_SPECIES.map(|name| format!("{name:>12}")).concat());
    for j in 0..centroids.len() {
        let count = |species: usize| {
            irises.iter().filter(|iris| iris.species == species && nearest(&iris.measures, centroids) == j).count()
        };
        println!("{j:>9}{}", [0, 1, 2].map(|species| format!("{:>12}", count(species))).concat());
    }
}
