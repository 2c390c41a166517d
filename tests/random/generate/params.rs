//! The parameters of a function, and the constants of its body.

use super::body::Body;
use super::code::{Bounds, Float, Int};
use super::generic::LENGTHS;
use super::program::{PARAM_ABS, Param, Shape, Ty};
use super::scope::{Dim, Indices, Var};
use super::structs::Kept;

impl Body<'_> {
    pub(super) fn params(&mut self, owner: Option<usize>, recursive: bool) -> Vec<Param> {
        let receiver = owner.map(|model| Param { name: "self".into(), ty: Ty::Model(model), active: true });
        let count = self.random.within(if owner.is_some() { 0 } else { 1 }, 4);
        let mut params: Vec<Param> = receiver.into_iter().collect();
        params.extend((0..count).map(|_| self.param()));
        if recursive {
            params.push(Param { name: "depth".into(), ty: Ty::Count(3), active: false });
        }
        if !params.iter().any(|param| param.active) {
            let name = self.fresh("x");
            params.push(Param { name, ty: Ty::Float(self.float), active: true });
        }
        params
    }

    fn param(&mut self) -> Param {
        let float = self.some_float();
        let (prefix, ty) = match self.random.weighted(&[7, 9, 4, 3, 3, 1, 1, 3, 3]) {
            0 => ("x", Ty::Float(float)),
            1 => {
                let min = self.random.below(3);
                ("w", Ty::Array { float, shape: Shape::Slice, dims: vec![Dim { len: String::new(), min, max: 4 }] })
            }
            2 => {
                let n = self.random.within(1, 4);
                let shape = if self.random.chance(50) { Shape::Value } else { Shape::Ref };
                let dim = if self.generics.length { Dim::generic() } else { Dim::fixed(n) };
                ("q", Ty::Array { float, shape, dims: vec![dim] })
            }
            3 => {
                let (rows, columns) = (self.random.within(1, 3), self.random.within(2, 3));
                let (shape, rows) = match self.random.below(3) {
                    0 => (Shape::Value, Dim::fixed(rows)),
                    1 => (Shape::Ref, Dim::fixed(rows)),
                    _ => (Shape::Slice, Dim { len: String::new(), min: self.random.below(2), max: 3 }),
                };
                ("d", Ty::Array { float, shape, dims: vec![rows, Dim::fixed(columns)] })
            }
            4 => ("n", Ty::Count(self.random.within(2, 4))),
            5 => ("on", Ty::Flag),
            6 => ("order", Ty::Indices(Dim { len: String::new(), min: 2, max: 4 })),
            8 => ("maybe", Ty::Maybe(3)),
            _ if self.float == Float::F64 && !self.library.models.is_empty() => {
                ("p", Ty::Model(self.random.below(self.library.models.len())))
            }
            _ => ("y", Ty::Float(float)),
        };
        let constant = matches!(ty, Ty::Float(_) | Ty::Array { .. }) && self.random.chance(25);
        let active = !constant && matches!(ty, Ty::Float(_) | Ty::Array { .. } | Ty::Model(_));
        let name = self.fresh(prefix);
        let ty = match ty {
            Ty::Array { float, shape, mut dims } => {
                if shape == Shape::Slice {
                    dims[0].len = format!("{name}.len()");
                }
                Ty::Array { float, shape, dims }
            }
            Ty::Indices(dim) => Ty::Indices(Dim { len: format!("{name}.len()"), ..dim }),
            ty => ty,
        };
        Param { name, ty, active }
    }

    pub(super) fn declare_param(&mut self, param: &Param) {
        let gain = if param.active { 1.0 } else { 0.0 };
        let bounds = Bounds::symmetric(PARAM_ABS, gain);
        let name = &param.name;
        match &param.ty {
            Ty::Float(float) => {
                let var = self.var(name, vec![], *float, bounds);
                self.scope.declare(Var { active: param.active, ..var });
            }
            Ty::Array { float, shape, dims } => {
                let var = self.var(name, dims.clone(), *float, bounds);
                let reference = *shape != Shape::Value;
                if dims.iter().any(Dim::is_generic) {
                    self.scope.declare_int(Int::var("N", LENGTHS.0, LENGTHS.1, Vec::new()));
                }
                if *shape == Shape::Mut {
                    return self.declare_changing(Var { reference, ..var });
                }
                self.scope.declare(Var { active: param.active, reference, ..var });
            }
            Ty::Count(most) => self.scope.declare_int(Int::var(name, 0, *most, Vec::new())),
            Ty::Flag => self.scope.declare_bool(name.clone()),
            Ty::Maybe(most) => self.scope.declare_option(name.clone(), *most),
            Ty::Indices(dim) => {
                self.scope.declare_indices(Indices { name: name.clone(), dim: dim.clone(), max: 3 });
            }
            Ty::Model(id) => {
                let declaration = self.scope.next_declaration();
                self.declare_fields(std::slice::from_ref(name), &[], *id, declaration, Kept::Constant { gain: 1.0 });
            }
        }
    }

    /// Constants of the body.
    pub(super) fn prelude(&mut self) {
        if self.float != Float::Generic && self.random.chance(12) {
            let name = self.fresh("SCALE");
            let value = self.random.decimal(-1.5, 1.5);
            self.line(format!("const {name}: {} = {value:?};", self.float.name()));
            let var = self.var(&name, vec![], self.float, Bounds::new(value, value, 0.0));
            self.scope.declare(Var { active: false, ..var });
        }
        if self.random.chance(12) {
            let name = self.fresh("COUNT");
            let value = self.random.within(1, 3);
            self.line(format!("const {name}: usize = {value};"));
            self.scope.declare_int(Int::var(&name, value, value, Vec::new()));
        }
    }
}
