//! Bundle adjustment: where a camera sees a point, and by how much that misses what was observed.

use autodiff_runtime::{Differentiable, differentiate};

use crate::cases::{Case, cases};

#[derive(Differentiable, Clone, Debug)]
struct Camera {
    /// Its axis, times the angle.
    rotation: [f64; 3],
    center: [f64; 3],
    focal_length: f64,
    principal_point: [f64; 2],
    /// Of the square of the radius, and of its square.
    distortion: [f64; 2],
}

#[differentiate]
fn dot(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[differentiate]
fn cross(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// Rodrigues' formula.
#[differentiate]
fn rotate(rotation: &[f64; 3], x: &[f64; 3]) -> [f64; 3] {
    let square = dot(rotation, rotation);
    if square == 0.0 {
        let turned = cross(rotation, x);
        return std::array::from_fn(|i| x[i] + turned[i]);
    }
    let angle = square.sqrt();
    let (sin, cos) = angle.sin_cos();
    let axis = rotation.map(|r| r / angle);
    let turned = cross(&axis, x);
    let along = dot(&axis, x) * (1.0 - cos);
    std::array::from_fn(|i| x[i] * cos + turned[i] * sin + axis[i] * along)
}

#[differentiate]
fn project(camera: &Camera, x: &[f64; 3]) -> [f64; 2] {
    let relative: [f64; 3] = std::array::from_fn(|i| x[i] - camera.center[i]);
    let [x, y, z] = rotate(&camera.rotation, &relative);
    let (x, y) = (x / z, y / z);
    let square = x * x + y * y;
    let scale = camera.focal_length * (1.0 + camera.distortion[0] * square + camera.distortion[1] * square * square);
    [x * scale + camera.principal_point[0], y * scale + camera.principal_point[1]]
}

#[differentiate]
fn residual(camera: &Camera, x: &[f64; 3], weight: f64, #[constant] feature: &[f64; 2]) -> [f64; 2] {
    let seen = project(camera, x);
    [weight * (seen[0] - feature[0]), weight * (seen[1] - feature[1])]
}

#[differentiate]
fn weight_residual(weight: f64) -> f64 {
    1.0 - weight * weight
}

fn camera(case: &Case) -> Camera {
    let [r0, r1, r2, c0, c1, c2, f, u, v, k1, k2]: [f64; 11] = case.input("cam");
    Camera {
        rotation: [r0, r1, r2],
        center: [c0, c1, c2],
        focal_length: f,
        principal_point: [u, v],
        distortion: [k1, k2],
    }
}

#[derive(serde::Deserialize)]
struct Repeated<T> {
    #[serde(alias = "element")]
    elements: T,
    repeated: usize,
}

/// All cameras, points and weights of the benchmark are the same.
#[test]
fn reference_cases() {
    for case in cases("ba", &["objective", "jacobian"]) {
        let (camera, x, w, feature): (_, [f64; 3], f64, [f64; 2]) =
            (camera(&case), case.input("x"), case.input("w"), case.input("feat"));
        let p: usize = case.input("p");
        match &*case.function {
            "objective" => {
                let errors: Repeated<[f64; 2]> = case.output_field("reproj_error");
                case.check(&residual(&camera, &x, w, &feature), &errors.elements, 1e-12);
                let errors_of_weights: Repeated<f64> = case.output_field("w_err");
                case.check(&[weight_residual(w)], &[errors_of_weights.elements], 1e-13);
                assert_eq!((errors.repeated, errors_of_weights.repeated), (p, p));
            }
            _ => {
                // Two rows of the first observation, and the last entry, that of the last weight.
                let mut found = Vec::new();
                for (camera_bar, x_bar, w_bar) in residual::jacobian(&camera, &x, w, &feature) {
                    found.extend(camera_bar.to_flat());
                    found.extend(x_bar);
                    found.push(w_bar);
                }
                found.push(weight_residual::grad(w));
                case.check(&found, &case.output_field::<Vec<f64>>("vals"), 1e-12);
            }
        }
    }
}
