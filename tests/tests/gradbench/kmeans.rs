//! K-means: the sum of squared distances to the nearest of the centroids, and its Newton direction.
//!
//! The Hessian is diagonal, so that one Hessian-vector product with ones for the direction is all of it.

#![expect(clippy::needless_range_loop, reason = "the functions under test are written as their users write them")]

use autodiff_runtime::differentiate;
use autodiff_runtime::second_order::Structure;

use crate::cases::cases;

#[differentiate(order = 2)]
fn cost(#[constant] points: &[Vec<f64>], centroids: &[Vec<f64>]) -> f64 {
    let mut sum = 0.0;
    for i in 0..points.len() {
        let mut nearest = f64::INFINITY;
        for j in 0..centroids.len() {
            let mut square = 0.0;
            for k in 0..points[i].len() {
                let d = points[i][k] - centroids[j][k];
                square += d * d;
            }
            if square < nearest {
                nearest = square;
            }
        }
        sum += nearest;
    }
    sum
}

/// The gradient over the diagonal of the Hessian.
fn direction(points: &[Vec<f64>], centroids: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let ones: Vec<Vec<f64>> = centroids.iter().map(|c| vec![1.0; c.len()]).collect();
    let (gradient, diagonal) = (cost::grad(points, centroids), cost::hvp(points, centroids, &ones));
    let rows = gradient.iter().zip(&diagonal);
    rows.map(|(g, h)| g.iter().zip(h).map(|(g, h)| g / h).collect()).collect()
}

#[test]
fn reference_cases() {
    for case in cases("kmeans", &["cost", "dir"]) {
        let (points, centroids): (Vec<Vec<f64>>, Vec<Vec<f64>>) = (case.input("points"), case.input("centroids"));
        match &*case.function {
            "cost" => case.check(&[cost(&points, &centroids)], &[case.output()], 1e-12),
            _ => {
                let wanted = case.output::<Vec<Vec<f64>>>().concat();
                case.check(&direction(&points, &centroids).concat(), &wanted, 1e-12);
            }
        }
    }
}

/// The structure that the direction relies on is that of the Hessian.
#[test]
fn the_hessian_is_diagonal() {
    let case = &cases("kmeans", &["cost", "dir"])[0];
    let (points, centroids): (Vec<Vec<f64>>, Vec<Vec<f64>>) = (case.input("points"), case.input("centroids"));
    let structure = Structure::diagonal(centroids.concat().len());
    let product = |x: &Vec<Vec<f64>>, v: &Vec<Vec<f64>>| cost::hvp(&points, x, v);
    assert!(structure.check(&centroids, product, 7).expect("of one length").is_confirmed());
}
