//! Hand tracking: a skeleton is posed by angles, skin follows its bones, and points are to lie on triangles of it.

#![expect(clippy::needless_range_loop, reason = "the functions under test are written as their users write them")]

use autodiff_runtime::differentiate;
use serde::Deserialize;

use crate::cases::cases;

#[derive(Deserialize)]
struct Model {
    parents: Vec<i32>,
    base_relatives: Vec<[[f64; 4]; 4]>,
    inverse_base_absolutes: Vec<[[f64; 4]; 4]>,
    base_positions: Vec<[f64; 4]>,
    /// Of each bone, by vertex.
    weights: Vec<Vec<f64>>,
    triangles: Vec<[usize; 3]>,
    is_mirrored: bool,
}

#[derive(Deserialize)]
struct Data {
    model: Model,
    correspondences: Vec<usize>,
    points: Vec<[f64; 3]>,
}

#[differentiate]
fn product(a: &[[f64; 4]; 4], b: &[[f64; 4]; 4]) -> [[f64; 4]; 4] {
    let mut c = [[0.0; 4]; 4];
    for i in 0..4 {
        for j in 0..4 {
            for k in 0..4 {
                c[i][j] += a[i][k] * b[k][j];
            }
        }
    }
    c
}

/// Turns about the axes x, then y, then z.
#[differentiate]
fn euler_rotation(x: f64, y: f64, z: f64) -> [[f64; 4]; 4] {
    let ((sx, cx), (sy, cy), (sz, cz)) = (x.sin_cos(), y.sin_cos(), z.sin_cos());
    [
        [cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx, 0.0],
        [sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx, 0.0],
        [-sy, cy * sx, cy * cx, 0.0],
        [0.0, 0.0, 0.0, 1.0],
    ]
}

/// Of a turn about an axis, times the angle.
#[differentiate]
fn rotation(axis: &[f64]) -> [[f64; 3]; 3] {
    let angle = axis.iter().map(|a| a * a).sum::<f64>().sqrt();
    if angle < 0.0001 {
        return [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    }
    let (x, y, z) = (axis[0] / angle, axis[1] / angle, axis[2] / angle);
    let (s, c) = angle.sin_cos();
    [
        [x * x + (1.0 - x * x) * c, x * y * (1.0 - c) - z * s, x * z * (1.0 - c) + y * s],
        [x * y * (1.0 - c) + z * s, y * y + (1.0 - y * y) * c, y * z * (1.0 - c) - x * s],
        [x * z * (1.0 - c) - y * s, z * y * (1.0 - c) + x * s, z * z + (1.0 - z * z) * c],
    ]
}

/// The angles of each bone: the palm's are 0; each finger has four for its three joints, and a tip.
#[differentiate]
fn angles(theta: &[f64], bones: usize) -> Vec<[f64; 3]> {
    let mut angles = vec![[0.0; 3]; bones];
    let mut next = 6;
    for finger in 0..5 {
        for joint in 0..3 {
            let bone = 2 + 4 * finger + joint;
            angles[bone][0] = theta[next];
            next += 1;
            if joint == 0 {
                angles[bone][1] = theta[next];
                next += 1;
            }
        }
    }
    angles
}

/// What each bone does to the skin.
#[differentiate]
fn transforms(theta: &[f64], #[constant] model: &Model) -> Vec<[[f64; 4]; 4]> {
    let bones = model.parents.len();
    let angles = angles(theta, bones);
    let mut absolutes = vec![[[0.0; 4]; 4]; bones];
    for i in 0..bones {
        let turn = euler_rotation(angles[i][0], angles[i][2], angles[i][1]);
        let relative = product(&model.base_relatives[i], &turn);
        let parent = model.parents[i];
        if parent < 0 {
            absolutes[i] = relative;
        } else {
            absolutes[i] = product(&absolutes[parent as usize], &relative);
        }
    }
    for i in 0..bones {
        absolutes[i] = product(&absolutes[i], &model.inverse_base_absolutes[i]);
    }
    absolutes
}

/// Where a vertex of the skin is.
#[differentiate]
fn position(
    theta: &[f64],
    transforms: &[[[f64; 4]; 4]],
    globally: &[[f64; 3]; 3],
    #[constant] model: &Model,
    vertex: usize,
) -> [f64; 3] {
    let base = &model.base_positions[vertex];
    let mut local = [0.0; 3];
    for (bone, transform) in transforms.iter().enumerate() {
        let weight = model.weights[vertex][bone];
        for i in 0..3 {
            for j in 0..4 {
                local[i] += weight * transform[i][j] * base[j];
            }
        }
    }
    if model.is_mirrored {
        local[0] = -local[0];
    }
    let mut there = [theta[3], theta[4], theta[5]];
    for i in 0..3 {
        for j in 0..3 {
            there[i] += globally[i][j] * local[j];
        }
    }
    there
}

/// By how much each point misses the place on its triangle with the coordinates `us`.
#[differentiate]
fn objective(theta: &[f64], us: &[[f64; 2]], #[constant] data: &Data) -> Vec<f64> {
    let transforms = transforms(theta, &data.model);
    let globally = rotation(&theta[..3]);
    let mut missing = Vec::with_capacity(3 * data.points.len());
    for (i, point) in data.points.iter().enumerate() {
        let [a, b, c] = data.model.triangles[data.correspondences[i]];
        let a = position(theta, &transforms, &globally, &data.model, a);
        let b = position(theta, &transforms, &globally, &data.model, b);
        let c = position(theta, &transforms, &globally, &data.model, c);
        let [u, v] = us[i];
        for k in 0..3 {
            missing.push(point[k] - (u * a[k] + v * b[k] + (1.0 - u - v) * c[k]));
        }
    }
    missing
}

#[test]
fn reference_cases() {
    for case in cases("ht", &["objective", "jacobian"]) {
        let (theta, us, data): (Vec<f64>, Vec<[f64; 2]>, Data) =
            (case.input("theta"), case.input("us"), case.input("data"));
        match &*case.function {
            "objective" => case.check(&objective(&theta, &us, &data), &case.output::<Vec<f64>>(), 1e-12),
            _ => {
                // Every residual depends on its own coordinates alone, so that one direction serves for all of them.
                let jacobian: Vec<Vec<f64>> = case.output();
                let still = vec![0.0; theta.len()];
                let column = |k: usize| jacobian.iter().map(|row| row[k]).collect::<Vec<f64>>();
                for k in 0..2 {
                    let mut along = [0.0; 2];
                    along[k] = 1.0;
                    let (_, found) = objective::jvp(&theta, &us, &data, &still, &vec![along; us.len()]);
                    case.check(&found, &column(k), 1e-12);
                }
                for k in 0..theta.len() {
                    let mut along = still.clone();
                    along[k] = 1.0;
                    let (_, found) = objective::jvp(&theta, &us, &data, &along, &vec![[0.0; 2]; us.len()]);
                    case.check(&found, &column(2 + k), 1e-12);
                }
                // The other mode.
                let seed: Vec<f64> = (0..jacobian.len()).map(|i| (i as f64).cos()).collect();
                let (_, (theta_bar, us_bar)) = objective::vjp(&theta, &us, &data, seed.clone());
                let wanted = |k: usize| seed.iter().zip(column(k)).map(|(s, j)| s * j).sum::<f64>();
                let wanted_theta: Vec<f64> = (0..theta.len()).map(|k| wanted(2 + k)).collect();
                case.check(&theta_bar, &wanted_theta, 1e-12);
                let of_us = |k: usize| us_bar.iter().map(|u| u[k]).sum::<f64>();
                case.check(&[of_us(0), of_us(1)], &[wanted(0), wanted(1)], 1e-12);
            }
        }
    }
}
