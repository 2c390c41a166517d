//! Building IR: an arena of values and a stack of open blocks.
//!
//! The lowering, the rule table and the transforms all write IR through this one type, so that a partial derivative in
//! the table and a statement of the user become the same kind of thing.

use proc_macro2::Span;

use super::{
    Access, Block, CmpOp, Const, Float, For, Func, Int, IntOp, Mem, MemData, Op, Param, Place, Range, Role, StackData,
    StackId, Stmt, Ty, Val, ValData,
};
use crate::rules::Rule;

/// An IR function under construction.
pub(crate) struct Builder {
    pub(crate) vals: Vec<ValData>,
    pub(crate) mems: Vec<MemData>,
    pub(crate) stacks: Vec<StackData>,
    open: Vec<Block>,
    /// The source position that new statements and values get.
    pub(crate) span: Span,
}

impl Builder {
    pub(crate) fn new() -> Builder {
        Builder {
            vals: Vec::new(),
            mems: Vec::new(),
            stacks: Vec::new(),
            open: vec![Block::default()],
            span: Span::call_site(),
        }
    }

    /// A builder that continues the arenas of a function, with an empty body: values of `f` keep their numbers.
    pub(crate) fn extending(f: &Func) -> Builder {
        Builder {
            vals: f.vals.clone(),
            mems: f.mems.clone(),
            stacks: f.stacks.clone(),
            open: vec![Block::default()],
            span: Span::call_site(),
        }
    }

    /// Closes the body.
    pub(crate) fn finish(mut self, name: String, params: Vec<Param>, results: Vec<(Role, Val)>) -> Func {
        let mut body = self.open.pop().unwrap_or_default();
        debug_assert!(self.open.is_empty(), "a block was left open");
        let (results, yields) = results.into_iter().unzip();
        body.yields = yields;
        Func {
            name,
            vals: self.vals,
            mems: self.mems,
            stacks: self.stacks,
            params,
            body,
            results,
            returned: Vec::new(),
        }
    }

    pub(crate) fn ty(&self, v: Val) -> Ty {
        self.vals[v.0 as usize].ty
    }

    pub(crate) fn name(&self, v: Val) -> Option<&str> {
        self.vals[v.0 as usize].name.as_deref()
    }

    pub(crate) fn set_name(&mut self, v: Val, name: impl Into<String>) {
        self.vals[v.0 as usize].name = Some(name.into());
    }

    /// A new scalar, not yet defined by any statement.
    pub(crate) fn fresh(&mut self, ty: Ty) -> Val {
        self.vals.push(ValData { ty, name: None, span: self.span });
        Val(self.vals.len() as u32 - 1)
    }

    pub(crate) fn fresh_mem(&mut self, elem: Option<Ty>, name: Option<String>) -> Mem {
        self.mems.push(MemData::new(elem, name, self.span));
        Mem(self.mems.len() as u32 - 1)
    }

    /// Memory for the adjoints or tangents of other memory, or for a copy of it.
    pub(crate) fn mem_like(&mut self, of: Mem, name: Option<String>) -> Mem {
        let MemData { elem, is_vec, clean, part, .. } = self.mems[of.0 as usize];
        self.mems.push(MemData { is_vec, clean, part, ..MemData::new(elem, name, self.span) });
        Mem(self.mems.len() as u32 - 1)
    }

    pub(crate) fn fresh_stack(&mut self, ty: Ty, on_tape: bool, name: Option<String>) -> StackId {
        self.stacks.push(StackData { ty, on_tape, name });
        StackId(self.stacks.len() as u32 - 1)
    }

    // ---- blocks -------------------------------------------------------------------------------------------------

    pub(crate) fn open_block(&mut self, params: Vec<Val>) {
        self.open.push(Block { params, ..Block::default() });
    }

    pub(crate) fn close_block(&mut self, yields: Vec<Val>) -> Block {
        let mut block = self.open.pop().unwrap_or_default();
        block.yields = yields;
        block
    }

    /// The innermost open block.
    pub(crate) fn block(&mut self) -> &mut Block {
        if self.open.is_empty() {
            self.open.push(Block::default());
        }
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    pub(crate) fn push_stmt(&mut self, op: Op, out: Vec<Val>) {
        let span = self.span;
        self.block().stmts.push(Stmt { op, out, span });
    }

    /// A statement without results.
    pub(crate) fn effect(&mut self, op: Op) {
        self.push_stmt(op, Vec::new());
    }

    /// A statement with one result.
    pub(crate) fn emit(&mut self, op: Op, ty: Ty) -> Val {
        let v = self.fresh(ty);
        self.push_stmt(op, vec![v]);
        v
    }

    // ---- scalars ------------------------------------------------------------------------------------------------

    pub(crate) fn float(&mut self, value: f64, float: Float) -> Val {
        self.emit(Op::Const(Const::Float { value, text: None }), Ty::Float(float))
    }

    /// A constant of the (float) type of `like`.
    pub(crate) fn like(&mut self, value: f64, like: Val) -> Val {
        let ty = self.ty(like);
        self.emit(Op::Const(Const::Float { value, text: None }), ty)
    }

    pub(crate) fn int(&mut self, value: i128, int: Int) -> Val {
        self.emit(Op::Const(Const::Int(value)), Ty::Int(int))
    }

    pub(crate) fn bool(&mut self, value: bool) -> Val {
        self.emit(Op::Const(Const::Bool(value)), Ty::Bool)
    }

    /// A step of the rule table; its type is that of its first argument.
    pub(crate) fn node(&mut self, rule: Rule, args: &[Val]) -> Val {
        let ty = self.ty(args[0]);
        self.emit(Op::Node { rule, args: args.to_vec() }, ty)
    }

    pub(crate) fn add(&mut self, a: Val, b: Val) -> Val {
        self.node(Rule::Add, &[a, b])
    }

    pub(crate) fn sub(&mut self, a: Val, b: Val) -> Val {
        self.node(Rule::Sub, &[a, b])
    }

    pub(crate) fn mul(&mut self, a: Val, b: Val) -> Val {
        self.node(Rule::Mul, &[a, b])
    }

    #[cfg(test)]
    pub(crate) fn div(&mut self, a: Val, b: Val) -> Val {
        self.node(Rule::Div, &[a, b])
    }

    pub(crate) fn neg(&mut self, a: Val) -> Val {
        self.node(Rule::Neg, &[a])
    }

    pub(crate) fn int_op(&mut self, op: IntOp, args: &[Val]) -> Val {
        let ty = self.ty(args[0]);
        self.emit(Op::Int { op, args: args.to_vec() }, ty)
    }

    pub(crate) fn cmp(&mut self, op: CmpOp, a: Val, b: Val) -> Val {
        self.emit(Op::Cmp { op, a, b }, Ty::Bool)
    }

    pub(crate) fn cast(&mut self, v: Val, ty: Ty) -> Val {
        self.emit(Op::Cast(v), ty)
    }

    pub(crate) fn select(&mut self, cond: Val, a: Val, b: Val) -> Val {
        let ty = self.ty(a);
        self.emit(Op::Select { cond, a, b }, ty)
    }

    pub(crate) fn load(&mut self, place: Place, ty: Ty) -> Val {
        self.emit(Op::Load(place), ty)
    }

    /// Runs `visit` for every element of a sequence, as a loop.
    pub(crate) fn each_element(&mut self, mem: Mem, visit: impl FnOnce(&mut Builder, Place)) {
        let usize_ = Ty::Int(Int::Usize);
        let lo = self.int(0, Int::Usize);
        let hi = self.emit(Op::Len(Place::whole(mem)), usize_);
        let var = self.fresh(usize_);
        self.open_block(vec![var]);
        visit(self, Place { mem, path: vec![Access::Index(var)] });
        let body = self.close_block(Vec::new());
        let range = Some(Range { lo, hi, inclusive: false, rev: false });
        self.effect(Op::For(Box::new(For { range, inits: Vec::new(), body })));
    }

    // ---- regions ------------------------------------------------------------------------------------------------

    /// `if cond { .. } else { .. }`; both branches yield values of the same types.
    #[cfg(test)]
    pub(crate) fn if_else(
        &mut self,
        cond: Val,
        then: impl FnOnce(&mut Builder) -> Vec<Val>,
        els: impl FnOnce(&mut Builder) -> Vec<Val>,
    ) -> Vec<Val> {
        self.open_block(Vec::new());
        let yields = then(self);
        let then = self.close_block(yields);
        self.open_block(Vec::new());
        let yields = els(self);
        let els = self.close_block(yields);
        let out: Vec<Val> =
            then.yields.iter().map(|&v| self.ty(v)).collect::<Vec<_>>().into_iter().map(|ty| self.fresh(ty)).collect();
        self.push_stmt(Op::If { cond, then, els }, out.clone());
        out
    }

    /// A counted loop over `lo..hi`; `body` gets the loop variable and the carried values and returns the next ones.
    #[cfg(test)]
    pub(crate) fn for_loop(
        &mut self,
        header: (Val, Val, bool, bool),
        inits: Vec<Val>,
        body: impl FnOnce(&mut Builder, Val, &[Val]) -> Vec<Val>,
    ) -> Vec<Val> {
        let (lo, hi, inclusive, rev) = header;
        let var_ty = self.ty(lo);
        let var = self.fresh(var_ty);
        let mut params = vec![var];
        for &init in &inits {
            let ty = self.ty(init);
            let p = self.fresh(ty);
            params.push(p);
        }
        self.open_block(params.clone());
        let yields = body(self, var, &params[1..]);
        let body = self.close_block(yields);
        let out: Vec<Val> =
            inits.iter().map(|&v| self.ty(v)).collect::<Vec<_>>().into_iter().map(|ty| self.fresh(ty)).collect();
        let range = Some(super::Range { lo, hi, inclusive, rev });
        self.push_stmt(Op::For(Box::new(super::For { range, inits, body })), out.clone());
        out
    }
}
