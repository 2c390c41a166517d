//! Results of calls in split blocks: they are kept as they are, shape and all. So are structs that Rust which is passed through
//! makes: it is evaluated once. And so are copies of what may not be there any more when the reverse sweep begins.
//!
//! Their types are those that only rustc knows. What is taken back from the tape says its type by an expression that has it
//! ([`Like`]).

use super::Plan;
use crate::analysis::sites::{Def, Site};
use crate::ir::{Arg, By, Call, Dim, Init, Like, Mem, Op, Opaque, Operand, Place, Ret, Ty, Val};

/// How far back the making of memory is followed.
const MAX_DEPTH: usize = 16;

impl Plan<'_> {
    /// Whether the memory object is the result of a call in a split block.
    pub(crate) fn is_result(&self, m: Mem) -> bool {
        let Some(Def::Stmt(site)) = self.mem_def(m) else { return false };
        let made = match &self.sites.stmt(site).op {
            Op::Call(_) => true,
            Op::Alloc { init: Init::Build(_), .. } => self.is_built(m),
            Op::Alloc { init: Init::Copy(from), mem } => {
                let part = self.f.mem(*mem).elem.is_none() && !from.path.is_empty();
                part && !self.keeps_length(from.mem) && !self.stays_at(from) && self.part(from, 0).is_some()
            }
            _ => false,
        };
        made && !self.joint(site.block)
    }

    /// Whether Rust that is passed through has made the struct.
    pub(super) fn is_built(&self, m: Mem) -> bool {
        let Some(Def::Stmt(site)) = self.mem_def(m) else { return false };
        matches!(&self.sites.stmt(site).op, Op::Alloc { init: Init::Build(build), .. } if !build.made.pure_)
    }

    /// Keeps such a result.
    pub(super) fn keep_result(&mut self, m: Mem) -> bool {
        let result = self.is_result(m);
        if let Some(def) = self.mem_def(m).filter(|_| result) {
            self.blocks[def.block().0].results.insert(m);
        }
        result
    }

    /// An expression of the type of the memory object.
    pub(crate) fn like(&self, m: Mem) -> Like {
        self.find_like(m, 0).unwrap_or(Like::Any)
    }

    fn find_like(&self, m: Mem, depth: usize) -> Option<Like> {
        if depth > MAX_DEPTH {
            return None;
        }
        let site: Site = match self.mem_def(m)? {
            Def::Param(_) if self.gone.contains(&m) => return Some(Like::Any),
            Def::Param(_) => return Some(Like::Param(m)),
            Def::Stmt(site) => site,
        };
        match &self.sites.stmt(site).op {
            Op::Alloc { init, .. } => match init {
                Init::Fill { dims, .. } => {
                    let dims = dims.iter().map(|dim| match dim {
                        Dim::Fixed { tokens, .. } => Some(tokens.clone()),
                        Dim::Heap(_) => None,
                    });
                    Some(Like::Filled(self.f.mem(m).elem?, dims.collect()))
                }
                Init::List { shape, .. } => {
                    let dims = shape.iter().enumerate().map(|(k, &n)| {
                        let n = proc_macro2::Literal::usize_unsuffixed(n);
                        (k > 0 || !self.f.mem(m).is_vec).then(|| quote::quote!(#n))
                    });
                    Some(Like::Filled(self.f.mem(m).elem?, dims.collect()))
                }
                Init::Copy(place) | Init::ZerosLike(place) => self.part(place, depth),
                Init::Popped(popped) => Some(popped.like.clone()),
                Init::Build(build) => self.built(&build.made, depth),
            },
            Op::Call(call) => {
                let made = call.made.iter().find(|made| made.layers.contains(&m))?;
                let part = matches!(call.ret, Ret::Tuple(_)).then_some(made.part);
                let (path, args) = (call.path.clone(), self.arguments(call, depth));
                Some(Like::Call { path, method: call.method, args, part })
            }
            _ => None,
        }
    }

    /// What Rust that is passed through makes.
    fn built(&self, made: &Opaque, depth: usize) -> Option<Like> {
        let binds = made.binds.iter().map(|(name, operand)| {
            let like = match operand {
                Operand::Val(v) => self.like_of_val(*v, depth)?,
                Operand::Place(place) | Operand::Constant(place) => self.part(place, depth)?,
            };
            Some((name.clone(), like))
        });
        Some(Like::Built(Box::new(made.expr.clone()), binds.collect::<Option<_>>()?))
    }

    fn like_of_val(&self, v: Val, depth: usize) -> Option<Like> {
        if depth > MAX_DEPTH {
            return None;
        }
        match self.sites.def(v) {
            Some(Def::Stmt(site)) if self.f.ty(v) == Ty::Opaque => match &self.sites.stmt(site).op {
                Op::Opaque(opaque) => self.built(opaque, depth + 1),
                _ => None,
            },
            _ => Some(Like::Scalar(self.f.ty(v))),
        }
    }

    fn part(&self, place: &Place, depth: usize) -> Option<Like> {
        match self.find_like(place.mem, depth + 1)? {
            Like::Any => None,
            of => Some(Like::Part(Box::new(of), place.clone())),
        }
    }

    /// Arguments of the types of those of a call, as far as they are known: the rest shows in the function's signature.
    fn arguments(&self, call: &Call, depth: usize) -> Vec<Like> {
        let of = |arg: &Arg| match arg {
            Arg::Val(v) => Like::Scalar(self.f.ty(*v)),
            Arg::Gone => Like::Any,
            Arg::Place { place, by } => match (self.part(place, depth), by) {
                (None, _) => Like::Any,
                (Some(of), By::Value) => of,
                (Some(of), by) => Like::Ref(Box::new(of), *by == By::Mut),
            },
        };
        call.args.iter().map(of).collect()
    }
}
