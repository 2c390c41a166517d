//! The functions on which optimizers are tested, from the collection of Surjanovic and Bingham (*Virtual Library of
//! Simulation Experiments*) and that of Moré, Garbow and Hillstrom (*Testing unconstrained optimization software*,
//! 1981). Hessians are compared with extrapolated differences of the gradient, and with closed forms where these are
//! short.

#![expect(clippy::needless_range_loop, reason = "the functions under test are written as their users write them")]

use std::f64::consts::{E, PI};

use autodiff_runtime::differentiate;

use crate::{of_array, of_list, of_two};
use autodiff_tests::compare::assert_relative;

#[differentiate(order = 2)]
fn rosenbrock(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        let a = x[i] - x[i - 1] * x[i - 1];
        let b = 1.0 - x[i - 1];
        sum += 100.0 * a * a + b * b;
    }
    sum
}

#[test]
fn rosenbrock_is_tridiagonal() {
    for x in [&[1.0; 5][..], &[-1.2, 1.0], &[0.3, -0.7, 1.9, 0.1, -2.0, 0.4]] {
        let n = x.len();
        let mut wanted = vec![0.0; n * n];
        for i in 0..n {
            if i + 1 < n {
                wanted[i * n + i] += 1200.0 * x[i] * x[i] - 400.0 * x[i + 1] + 2.0;
                wanted[i * n + i + 1] = -400.0 * x[i];
                wanted[(i + 1) * n + i] = -400.0 * x[i];
            }
            if i > 0 {
                wanted[i * n + i] += 200.0;
            }
        }
        assert_relative("Rosenbrock", &of_list!(rosenbrock).check(x), &wanted, 1e-14);
    }
    assert!(rosenbrock::hessian(&[]).is_empty());
    assert_eq!(rosenbrock::hessian(&[3.0]), [[0.0]]);
}

#[differentiate(order = 2)]
fn beale(x: f64, y: f64) -> f64 {
    (1.5 - x + x * y).powi(2) + (2.25 - x + x * y.powi(2)).powi(2) + (2.625 - x + x * y.powi(3)).powi(2)
}

#[test]
fn beale_at_its_minimum() {
    of_two!(beale).check(&[1.0, 1.0]);
    // At (3, 0.5) the residuals are 0, so that the Hessian is 2 JᵀJ.
    let j = [[-0.5, 3.0], [-0.75, 3.0], [-0.875, 2.25]];
    let entry = |a: usize, b: usize| 2.0 * j.iter().map(|row| row[a] * row[b]).sum::<f64>();
    let wanted = [entry(0, 0), entry(0, 1), entry(1, 0), entry(1, 1)];
    assert_relative("Beale", &of_two!(beale).check(&[3.0, 0.5]), &wanted, 1e-14);
}

#[differentiate(order = 2)]
fn himmelblau(x: f64, y: f64) -> f64 {
    (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2)
}

#[test]
fn himmelblau_everywhere() {
    for (x, y) in [(3.0, 2.0), (-2.805118, 3.131312), (0.0, 0.0), (-0.270845, -0.923039)] {
        let wanted = [12.0 * x * x + 4.0 * y - 42.0, 4.0 * (x + y), 4.0 * (x + y), 12.0 * y * y + 4.0 * x - 26.0];
        assert_relative("Himmelblau", &of_two!(himmelblau).check(&[x, y]), &wanted, 1e-14);
    }
}

#[differentiate(order = 2)]
fn ackley(x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let mut squares = 0.0;
    let mut cosines = 0.0;
    for i in 0..x.len() {
        squares += x[i] * x[i];
        cosines += (2.0 * PI * x[i]).cos();
    }
    -20.0 * (-0.2 * (squares / n).sqrt()).exp() - (cosines / n).exp() + 20.0 + E
}

#[test]
fn ackley_off_its_kink() {
    for x in [&[0.5, -0.25][..], &[1.0, 2.0, -0.3], &[-3.1, 0.7, 0.2, 4.4]] {
        of_list!(ackley).check(x);
    }
}

#[differentiate(order = 2)]
fn griewank(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    let mut product = 1.0;
    for i in 0..x.len() {
        sum += x[i] * x[i] / 4000.0;
        product *= (x[i] / ((i + 1) as f64).sqrt()).cos();
    }
    sum - product + 1.0
}

#[test]
fn griewank_with_a_product_in_a_loop() {
    of_list!(griewank).check(&[0.4, -1.3, 2.2, 5.0]);
    // At the origin, 1/2000 + 1/i on the diagonal.
    let found = of_list!(griewank).check(&[0.0; 3]);
    let diagonal = [1.0005, 0.5005, 1.0 / 3.0 + 0.0005];
    let wanted: Vec<f64> = (0..9).map(|k| if k % 4 == 0 { diagonal[k / 4] } else { 0.0 }).collect();
    assert_relative("Griewank", &found, &wanted, 1e-14);
}

#[differentiate(order = 2)]
fn powell(x: &[f64; 4]) -> f64 {
    (x[0] + 10.0 * x[1]).powi(2)
        + 5.0 * (x[2] - x[3]).powi(2)
        + (x[1] - 2.0 * x[2]).powi(4)
        + 10.0 * (x[0] - x[3]).powi(4)
}

#[test]
fn powell_is_singular_at_its_minimum() {
    of_array!(powell, 4).check(&[3.0, -1.0, 0.0, 1.0]);
    let wanted = [2.0, 20.0, 0.0, 0.0, 20.0, 200.0, 0.0, 0.0, 0.0, 0.0, 10.0, -10.0, 0.0, 0.0, -10.0, 10.0];
    assert_relative("Powell", &of_array!(powell, 4).check(&[0.0; 4]), &wanted, 1e-14);
}

#[differentiate(order = 2)]
fn wood(x: &[f64; 4]) -> f64 {
    100.0 * (x[1] - x[0].powi(2)).powi(2)
        + (1.0 - x[0]).powi(2)
        + 90.0 * (x[3] - x[2].powi(2)).powi(2)
        + (1.0 - x[2]).powi(2)
        + 10.0 * (x[1] + x[3] - 2.0).powi(2)
        + 0.1 * (x[1] - x[3]).powi(2)
}

#[test]
fn wood_in_closed_form() {
    for x in [[-3.0, -1.0, -3.0, -1.0], [1.0; 4], [0.4, -0.9, 1.7, 0.2]] {
        let wanted = [
            [1200.0 * x[0] * x[0] - 400.0 * x[1] + 2.0, -400.0 * x[0], 0.0, 0.0],
            [-400.0 * x[0], 220.2, 0.0, 19.8],
            [0.0, 0.0, 1080.0 * x[2] * x[2] - 360.0 * x[3] + 2.0, -360.0 * x[2]],
            [0.0, 19.8, -360.0 * x[2], 200.2],
        ];
        assert_relative("Wood", &of_array!(wood, 4).check(&x), wanted.as_flattened(), 1e-14);
    }
}

#[differentiate(order = 2)]
fn colville(x1: f64, x2: f64, x3: f64, x4: f64) -> f64 {
    100.0 * (x1 * x1 - x2).powi(2)
        + (x1 - 1.0).powi(2)
        + (x3 - 1.0).powi(2)
        + 90.0 * (x3 * x3 - x4).powi(2)
        + 10.1 * ((x2 - 1.0).powi(2) + (x4 - 1.0).powi(2))
        + 19.8 * (x2 - 1.0) * (x4 - 1.0)
}

/// The same function as Wood's, multiplied out, of four numbers rather than of an array.
#[test]
fn colville_is_wood() {
    let x = [0.4, -0.9, 1.7, 0.2];
    let (a, b, c, d) = colville::hessian(x[0], x[1], x[2], x[3]);
    let rows = [a, b, c, d].map(|(a, b, c, d)| [a, b, c, d]);
    assert_relative("Colville", rows.as_flattened(), wood::hessian(&x).as_flattened(), 1e-14);
}

#[differentiate(order = 2)]
fn booth(x: f64, y: f64) -> f64 {
    (x + 2.0 * y - 7.0).powi(2) + (2.0 * x + y - 5.0).powi(2)
}

#[differentiate(order = 2)]
fn matyas(x: f64, y: f64) -> f64 {
    0.26 * (x * x + y * y) - 0.48 * x * y
}

#[test]
fn quadratics_have_one_hessian() {
    for x in [[1.0, 3.0], [0.0, 0.0], [-7.0, 2.5]] {
        assert_relative("Booth", &of_two!(booth).check(&x), &[10.0, 8.0, 8.0, 10.0], 1e-15);
        assert_relative("Matyas", &of_two!(matyas).check(&x), &[0.52, -0.48, -0.48, 0.52], 1e-15);
    }
}

#[differentiate(order = 2)]
fn mccormick(x: f64, y: f64) -> f64 {
    (x + y).sin() + (x - y).powi(2) - 1.5 * x + 2.5 * y + 1.0
}

#[test]
fn mccormick_in_closed_form() {
    for (x, y) in [(-0.54719, -1.54719), (0.0, 0.0), (2.0, -3.0)] {
        let s = f64::sin(x + y);
        let wanted = [2.0 - s, -2.0 - s, -2.0 - s, 2.0 - s];
        assert_relative("McCormick", &of_two!(mccormick).check(&[x, y]), &wanted, 1e-14);
    }
}

#[differentiate(order = 2)]
fn styblinski_tang(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i].powi(4) - 16.0 * x[i].powi(2) + 5.0 * x[i];
    }
    0.5 * sum
}

#[differentiate(order = 2)]
fn rastrigin(x: &[f64]) -> f64 {
    let mut sum = 10.0 * x.len() as f64;
    for i in 0..x.len() {
        sum += x[i] * x[i] - 10.0 * (2.0 * PI * x[i]).cos();
    }
    sum
}

#[test]
fn separable_functions_are_diagonal() {
    let x = [-2.903534, 0.0, 0.7, 1.3];
    let n = x.len();
    let diagonal = |second: &dyn Fn(f64) -> f64| -> Vec<f64> {
        (0..n * n).map(|k| if k % (n + 1) == 0 { second(x[k / n]) } else { 0.0 }).collect()
    };
    let wanted = diagonal(&|x| 6.0 * x * x - 16.0);
    assert_relative("Styblinski–Tang", &of_list!(styblinski_tang).check(&x), &wanted, 1e-14);
    let wanted = diagonal(&|x| 2.0 + 40.0 * PI * PI * (2.0 * PI * x).cos());
    assert_relative("Rastrigin", &of_list!(rastrigin).check(&x), &wanted, 1e-14);
}

#[differentiate(order = 2)]
fn levy(x: &[f64]) -> f64 {
    let n = x.len();
    let first = 1.0 + (x[0] - 1.0) / 4.0;
    let mut sum = (PI * first).sin().powi(2);
    for i in 0..n - 1 {
        let w = 1.0 + (x[i] - 1.0) / 4.0;
        sum += (w - 1.0).powi(2) * (1.0 + 10.0 * (PI * w + 1.0).sin().powi(2));
    }
    let last = 1.0 + (x[n - 1] - 1.0) / 4.0;
    sum + (last - 1.0).powi(2) * (1.0 + (2.0 * PI * last).sin().powi(2))
}

#[test]
fn levy_by_differences() {
    for x in [&[1.0, 1.0, 1.0][..], &[-4.0, 2.5], &[0.3, 3.7, -1.1, 0.0, 2.0]] {
        of_list!(levy).check(x);
    }
}

#[differentiate(order = 2)]
fn zakharov(x: &[f64]) -> f64 {
    let mut squares = 0.0;
    let mut weighted = 0.0;
    for i in 0..x.len() {
        squares += x[i] * x[i];
        weighted += 0.5 * (i + 1) as f64 * x[i];
    }
    squares + weighted.powi(2) + weighted.powi(4)
}

#[test]
fn zakharov_is_a_rank_one_change_of_the_identity() {
    let x = [0.3, -1.2, 0.9];
    let s: f64 = (0..3).map(|i| 0.5 * (i + 1) as f64 * x[i]).sum();
    let w = |i: usize| 0.5 * (i + 1) as f64;
    let wanted: Vec<f64> =
        (0..9).map(|k| (2.0 + 12.0 * s * s) * w(k / 3) * w(k % 3) + if k % 4 == 0 { 2.0 } else { 0.0 }).collect();
    assert_relative("Zakharov", &of_list!(zakharov).check(&x), &wanted, 1e-14);
}

#[differentiate(order = 2)]
fn branin(x: f64, y: f64) -> f64 {
    let b = 5.1 / (4.0 * PI * PI);
    let c = 5.0 / PI;
    let t = 1.0 / (8.0 * PI);
    (y - b * x * x + c * x - 6.0).powi(2) + 10.0 * (1.0 - t) * x.cos() + 10.0
}

#[test]
fn branin_in_closed_form() {
    for (x, y) in [(-PI, 12.275), (PI, 2.275), (2.0f64, 7.0)] {
        let (b, c, t) = (5.1 / (4.0 * PI * PI), 5.0 / PI, 1.0 / (8.0 * PI));
        let (r, slope) = (y - b * x * x + c * x - 6.0, c - 2.0 * b * x);
        let xx = 2.0 * slope * slope - 4.0 * b * r - 10.0 * (1.0 - t) * x.cos();
        assert_relative("Branin", &of_two!(branin).check(&[x, y]), &[xx, 2.0 * slope, 2.0 * slope, 2.0], 1e-13);
    }
}

#[differentiate(order = 2)]
fn three_hump_camel(x: f64, y: f64) -> f64 {
    2.0 * x.powi(2) - 1.05 * x.powi(4) + x.powi(6) / 6.0 + x * y + y * y
}

#[differentiate(order = 2)]
fn six_hump_camel(x: f64, y: f64) -> f64 {
    (4.0 - 2.1 * x.powi(2) + x.powi(4) / 3.0) * x.powi(2) + x * y + (-4.0 + 4.0 * y.powi(2)) * y.powi(2)
}

#[test]
fn camels_in_closed_form() {
    for (x, y) in [(0.0898f64, -0.7126f64), (0.0, 0.0), (-1.5, 0.6)] {
        let wanted = [4.0 - 12.6 * x * x + 5.0 * x.powi(4), 1.0, 1.0, 2.0];
        assert_relative("three humps", &of_two!(three_hump_camel).check(&[x, y]), &wanted, 1e-14);
        let wanted = [8.0 - 25.2 * x * x + 10.0 * x.powi(4), 1.0, 1.0, -8.0 + 48.0 * y * y];
        assert_relative("six humps", &of_two!(six_hump_camel).check(&[x, y]), &wanted, 1e-14);
    }
}

#[differentiate(order = 2)]
fn easom(x: f64, y: f64) -> f64 {
    -x.cos() * y.cos() * (-(x - PI).powi(2) - (y - PI).powi(2)).exp()
}

#[test]
fn easom_at_its_minimum_and_off_it() {
    of_two!(easom).check(&[2.5, 3.9]);
    assert_relative("Easom", &of_two!(easom).check(&[PI, PI]), &[3.0, 0.0, 0.0, 3.0], 1e-14);
}

#[differentiate(order = 2)]
fn goldstein_price(x: f64, y: f64) -> f64 {
    let a = 1.0 + (x + y + 1.0).powi(2) * (19.0 - 14.0 * x + 3.0 * x * x - 14.0 * y + 6.0 * x * y + 3.0 * y * y);
    let b =
        30.0 + (2.0 * x - 3.0 * y).powi(2) * (18.0 - 32.0 * x + 12.0 * x * x + 48.0 * y - 36.0 * x * y + 27.0 * y * y);
    a * b
}

#[test]
fn goldstein_price_at_its_minimum() {
    of_two!(goldstein_price).check(&[0.7, -0.4]);
    // At (0, -1) the first factor is 1 with a zero gradient: H = 3 H(a) + H(b), from the expansions by hand.
    let wanted = [504.0, -216.0, -216.0, 864.0];
    assert_relative("Goldstein–Price", &of_two!(goldstein_price).check(&[0.0, -1.0]), &wanted, 1e-13);
}

#[differentiate(order = 2)]
fn dixon_price(x: &[f64]) -> f64 {
    let mut sum = (x[0] - 1.0).powi(2);
    for i in 1..x.len() {
        sum += (i + 1) as f64 * (2.0 * x[i].powi(2) - x[i - 1]).powi(2);
    }
    sum
}

#[test]
fn dixon_price_is_tridiagonal() {
    let x = [0.5, -1.0, 0.3, 2.0];
    let n = x.len();
    let mut wanted = vec![0.0; n * n];
    wanted[0] = 2.0;
    for i in 1..n {
        let k = (i + 1) as f64;
        wanted[i * n + i] += k * (48.0 * x[i] * x[i] - 8.0 * x[i - 1]);
        wanted[(i - 1) * n + i - 1] += 2.0 * k;
        wanted[i * n + i - 1] = -8.0 * k * x[i];
        wanted[(i - 1) * n + i] = -8.0 * k * x[i];
    }
    assert_relative("Dixon–Price", &of_list!(dixon_price).check(&x), &wanted, 1e-14);
}

#[differentiate(order = 2)]
fn trid(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += (x[i] - 1.0).powi(2);
    }
    for i in 1..x.len() {
        sum -= x[i] * x[i - 1];
    }
    sum
}

#[differentiate(order = 2)]
fn drop_wave(x: f64, y: f64) -> f64 {
    let r = x * x + y * y;
    -(1.0 + (12.0 * r.sqrt()).cos()) / (0.5 * r + 2.0)
}

#[test]
fn trid_and_drop_wave() {
    let found = of_list!(trid).check(&[0.1, 2.0, -0.7, 3.3]);
    let wanted = [2.0, -1.0, 0.0, 0.0, -1.0, 2.0, -1.0, 0.0, 0.0, -1.0, 2.0, -1.0, 0.0, 0.0, -1.0, 2.0];
    assert_relative("Trid", &found, &wanted, 1e-15);
    of_two!(drop_wave).check(&[0.4, -0.3]);
}

#[differentiate(order = 2)]
fn log_sum_exp(x: &[f64]) -> f64 {
    let mut top = f64::NEG_INFINITY;
    for i in 0..x.len() {
        top = top.max(x[i]);
    }
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += (x[i] - top).exp();
    }
    top + sum.ln()
}

#[test]
fn log_sum_exp_is_the_covariance_of_softmax() {
    let x: [f64; 4] = [0.3, 1.1, -0.8, 0.9];
    let total: f64 = x.iter().map(|x| x.exp()).sum();
    let p = x.map(|x: f64| x.exp() / total);
    let wanted: Vec<f64> = (0..16).map(|k| if k % 5 == 0 { p[k / 4] } else { 0.0 } - p[k / 4] * p[k % 4]).collect();
    assert_relative("log-sum-exp", &of_list!(log_sum_exp).check(&x), &wanted, 1e-13);
}

#[differentiate(order = 2)]
fn logistic(w: &[f64], #[constant] x: &[[f64; 3]], #[constant] y: &[f64]) -> f64 {
    let mut loss = 0.0;
    for i in 0..x.len() {
        let mut z = 0.0;
        for j in 0..w.len() {
            z += w[j] * x[i][j];
        }
        let softplus = if z > 0.0 { z + (-z).exp().ln_1p() } else { z.exp().ln_1p() };
        loss += softplus - y[i] * z;
    }
    loss
}

#[test]
fn logistic_is_a_weighted_gram_matrix() {
    let x = [[0.3, -1.2, 1.0], [0.9, 0.4, 1.0], [-2.0, 0.7, 1.0], [0.1, 1.6, 1.0]];
    let (y, w) = ([1.0, 0.0, 1.0, 0.0], [0.4, -0.7, 0.2]);
    let mut wanted = [0.0; 9];
    for row in &x {
        let z: f64 = row.iter().zip(&w).map(|(x, w)| x * w).sum();
        let p = 1.0 / (1.0 + (-z).exp());
        for (k, entry) in wanted.iter_mut().enumerate() {
            *entry += p * (1.0 - p) * row[k / 3] * row[k % 3];
        }
    }
    let found: Vec<f64> = logistic::hessian(&w, &x, &y).concat();
    assert_relative("logistic", &found, &wanted, 1e-13);
    let mut product = vec![1.0, 2.0, 3.0];
    logistic::hvp_into(&w, &x, &y, &[1.0, 0.0, 0.0], &mut product);
    let added: Vec<f64> = (0..3).map(|k| wanted[k] + (k + 1) as f64).collect();
    assert_relative("logistic, added", &product, &added, 1e-14);
}
