//! The walks agree with each other, on every kind of value and on derived structs.

use alloc::{boxed::Box, format, string::String, string::ToString, vec, vec::Vec};
use core::marker::PhantomData;

use crate::Differentiable;

/// Every kind of field; the order of the fields is the order of the floats.
#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Model<T, M, const N: usize> {
    rows: Vec<[T; N]>,
    name: String,
    pair: (T, [T; 2]),
    #[constant]
    rate: f64,
    r#type: Bias<T>,
    limits: Option<(u8, i32)>,
    #[constant]
    meta: M,
    marker: PhantomData<fn() -> M>,
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Bias<T>(Box<T>, usize, Vec<T>);

/// Not `Clone`, not `Differentiable`: only what the derive asks for.
#[derive(Differentiable)]
struct Plain {
    x: f32,
    y: f64,
}

fn model() -> Model<f64, &'static str, 2> {
    Model {
        rows: vec![[1.0, 2.0], [3.0, 4.0]],
        name: "m".into(),
        pair: (5.0, [6.0, 7.0]),
        rate: 0.1,
        r#type: Bias(Box::new(8.0), 3, vec![9.0]),
        limits: Some((1, -1)),
        meta: "data",
        marker: PhantomData,
    }
}

#[test]
fn a_derived_struct_is_its_floats_in_order() {
    let mut m = model();
    assert_eq!(m.to_flat(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
    assert_eq!(m.flat_len(), 9);
    let names = m.paths("m");
    assert_eq!(names[..2], ["m.rows[0][0]", "m.rows[0][1]"]);
    assert_eq!(names[4..], ["m.pair.0", "m.pair.1[0]", "m.pair.1[1]", "m.type.0", "m.type.2[0]"]);
    m.read_flat(&[0.0, -1.0, -2.0, -3.0, -4.0, -5.0, -6.0, -7.0, -8.0]);
    assert_eq!((m.rows[1], m.pair.1, &m.r#type.2), ([-2.0, -3.0], [-5.0, -6.0], &vec![-8.0]));
    let mut flat = [1.0; 9];
    m.write_flat(&mut flat);
    assert_eq!(flat[8], -8.0);
}

#[test]
fn constant_fields_are_copied_and_ignored() {
    let zeros = model().zeros_like();
    assert_eq!(zeros.to_flat(), [0.0; 9]);
    assert_eq!(
        zeros,
        Model { rows: vec![[0.0; 2]; 2], pair: (0.0, [0.0; 2]), r#type: Bias(Box::new(0.0), 3, vec![0.0]), ..model() }
    );
    let mut other = Model { rate: 7.0, name: "other".into(), ..model() };
    assert!(other.same_shape(&model()));
    other.accumulate(&model());
    assert_eq!((other.rate, other.name.as_str(), other.rows[0]), (7.0, "other", [2.0, 4.0]));
}

#[test]
fn shapes_print() {
    let shape = model().shape().to_string();
    assert_eq!(shape, "Model { rows: [2, 2], pair: (f64, [2]), type: Bias { 0: f64, 2: [1] } }");
    assert_eq!(vec![vec![0.0], vec![]].shape().to_string(), "[[1], [0]]");
    assert_eq!([(1.0_f32, 2.0)].shape().to_string(), "[1; (f32, f64)]");
    assert_eq!(format!("{} {}", (1.0,).shape(), ().shape()), "(f64,) ()");
}

#[test]
fn shapes_differ_where_a_vector_is_longer() {
    let mut longer = model();
    longer.r#type.2.push(0.0);
    assert!(!longer.same_shape(&model()) && !model().same_shape(&longer));
    let fixed = [Model::<f64, &str, 2>::STATIC_SHAPE, Plain::STATIC_SHAPE, <[(f32, [f64; 3]); 2]>::STATIC_SHAPE];
    assert_eq!(fixed, [false, true, true]);
}

#[test]
#[should_panic(expected = "a list of 2 against a list of 1")]
fn lists_of_different_lengths_cannot_be_added() {
    vec![1.0, 2.0].accumulate(&vec![1.0]);
}

#[test]
#[should_panic(expected = "the value holds 2 floats, but the flat slice has length 3")]
fn a_flat_slice_must_have_the_length() {
    [1.0, 2.0].write_flat(&mut [0.0; 3]);
}

#[test]
fn mixed_precision_has_the_wider_flat_view_and_keeps_its_own_precision() {
    let mut plain = Plain { x: 0.1, y: 0.1 };
    let flat: Vec<f64> = plain.to_flat();
    assert_eq!(flat, [f64::from(0.1_f32), 0.1]);
    plain.for_each_mut(|x| *x += 1e-12);
    assert_eq!((plain.x, plain.y), (0.1, 0.1 + 1e-12));
    // Sums are in the precision of the place: 0.1 + 0.2 in f32 is not 0.1 + 0.2 in f64 rounded twice.
    plain.accumulate(&Plain { x: 0.2, y: 0.2 });
    assert_eq!(plain.x, 0.1_f32 + 0.2_f32);
    let narrow: Vec<f32> = (1.0_f32, [2.0_f32], ()).to_flat();
    assert_eq!(narrow, [1.0, 2.0]);
}

#[test]
fn assigning_copies_bits_and_zeroing_clears_them() {
    let mut x = (1.0_f64, vec![2.0_f32, 3.0]);
    x.assign(&(-0.0, vec![f32::INFINITY, -1.5]));
    assert_eq!((x.0.to_bits(), &x.1), ((-0.0_f64).to_bits(), &vec![f32::INFINITY, -1.5]));
    x.set_zero();
    assert_eq!(x, (0.0, vec![0.0, 0.0]));
}

#[test]
fn zipping_sees_pairs_in_order() {
    let mut seen = Vec::new();
    let mut x = (1.0, [2.0, 3.0]);
    x.zip_each_mut(&(10.0, [20.0, 30.0]), |x, y| {
        seen.push((*x, y));
        *x -= y;
    });
    assert_eq!(seen, [(1.0, 10.0), (2.0, 20.0), (3.0, 30.0)]);
    assert_eq!(x, (-9.0, [-18.0, -27.0]));
}

mod renamed {
    //! The runtime under another path, and a scope in which every name of the prelude means something else.
    #![allow(dead_code, non_camel_case_types)]

    mod facade {
        pub(super) use crate as ad;
    }

    struct Option;
    struct Vec;
    struct Some;
    mod core {}
    type f64 = u8;

    #[derive(crate::Differentiable)]
    #[differentiable(crate = facade::ad)]
    struct Named<V: Clone, visitor> {
        visitor: f32,
        other: visitor,
        #[constant]
        v: V,
        #[constant]
        some: Some2,
    }

    #[derive(Clone)]
    struct Some2;

    #[test]
    fn names_do_not_clash() {
        use crate::Differentiable as _;
        let named = Named { visitor: 1.0, other: [2.0_f32], v: 3_u8, some: Some2 };
        assert_eq!(named.to_flat(), [1.0, 2.0]);
    }
}
