//! K-means: the sum of squared distances to the nearest of the centroids, and its Newton direction.
//!
//! The Hessian is diagonal, so that one Hessian-vector product with ones for the direction is all of it.

#![expect(clippy::needless_range_loop, reason = "the functions under test are written as their users write them")]

use autodiff_runtime::differentiate;
use autodiff_runtime::second_order::Structure;

use crate::json::cases;

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
    let mut solved = Vec::new();
    for case in cases("kmeans") {
        let (function, input) = (case.get("function").text(), case.get("input"));
        let (points, centroids) = (input.get("points").rows(), input.get("centroids").rows());
        match function {
            "cost" => {
                let (found, wanted) = (cost(&points, &centroids), case.get("output").number());
                assert!((found - wanted).abs() <= 1e-12 * wanted, "{found} is not {wanted}");
            }
            "dir" => {
                let (found, wanted) = (direction(&points, &centroids).concat(), case.get("output").rows().concat());
                assert_eq!(found.len(), wanted.len());
                for (a, b) in found.iter().zip(&wanted) {
                    assert!((a - b).abs() <= 1e-12, "{a} is not {b}");
                }
            }
            other => panic!("no function {other}"),
        }
        solved.push(function.to_owned());
    }
    assert_eq!(solved, ["cost", "dir"]);
}

/// The structure that the direction relies on is that of the Hessian.
#[test]
fn the_hessian_is_diagonal() {
    let case = &cases("kmeans")[0];
    let (points, centroids) = (case.get("input").get("points").rows(), case.get("input").get("centroids").rows());
    let structure = Structure::diagonal(centroids.concat().len());
    let product = |x: &Vec<Vec<f64>>, v: &Vec<Vec<f64>>| cost::hvp(&points, x, v);
    assert!(structure.check(&centroids, product, 7).expect("of one length").is_confirmed());
}
