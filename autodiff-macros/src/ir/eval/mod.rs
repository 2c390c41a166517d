//! The interpreter: the oracle of the tests.
//!
//! It computes what rustc would for the generated code: `f32` operations are rounded as `f32`, integers overflow as in
//! the debug profile, and every failure is an [`Error`] rather than a panic. Opaque Rust and the recording of a trace
//! are not known to it. Calls are resolved by a [`Registry`].

mod call;
mod int;
mod prim;
mod value;

pub(crate) use call::{Callee, Registry};
pub(crate) use prim::prim;
pub(crate) use value::{Cell, Error, Value};

use super::{
    Access, Block, Const, Dim, Float, For, Func, Init, Mem, Op, Place, Slotted, StackId, Stmt, Ty, Val, Zeros,
};

/// The caller's tape: one stack for each class of scalars, as in the runtime.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tape {
    f32s: Vec<Value>,
    f64s: Vec<Value>,
    words: Vec<Value>,
    copies: Vec<Cell>,
}

impl Tape {
    fn stack(&mut self, ty: Ty) -> &mut Vec<Value> {
        match ty {
            Ty::Float(Float::F32) => &mut self.f32s,
            Ty::Float(Float::F64 | Float::Param(_)) => &mut self.f64s,
            Ty::Int(_) | Ty::Bool | Ty::Opaque => &mut self.words,
        }
    }

    /// How many scalars and copies it holds: 0 again after a reverse sweep.
    pub(crate) fn len(&self) -> usize {
        self.f32s.len() + self.f64s.len() + self.words.len() + self.copies.len()
    }
}

/// What a run leaves: the results, and the arguments after it (memory may have changed).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    pub(crate) results: Vec<Value>,
    pub(crate) args: Vec<Cell>,
}

/// Runs a function that calls nothing and keeps nothing for later.
pub(crate) fn eval(f: &Func, args: Vec<Cell>) -> Result<Run, Error> {
    run(f, args, &Registry::default(), &mut Tape::default())
}

/// Runs a function on one cell a parameter, in order.
pub(crate) fn run(f: &Func, args: Vec<Cell>, callees: &Registry, tape: &mut Tape) -> Result<Run, Error> {
    if args.len() != f.params.len() {
        return Err(Error::Arguments { given: args.len(), wanted: f.params.len() });
    }
    let mut machine = Machine {
        f,
        vals: vec![None; f.vals.len()],
        mems: vec![None; f.mems.len()],
        stacks: vec![Vec::new(); f.stacks.len()],
        copies: vec![Vec::new(); f.stacks.len()],
        callees,
        tape,
    };
    for (p, arg) in f.params.iter().zip(args) {
        match (p.held, arg) {
            (Slotted::Val(v), Cell::Scalar(value)) => machine.set(v, value)?,
            (Slotted::Val(v), _) => return Err(Error::Type(v.to_string())),
            (Slotted::Mem(m), cell) => machine.mems[m.0 as usize] = Some(cell),
        }
    }
    machine.block(&f.body)?;
    let results = machine.read(&f.body.yields)?;
    let mut args = Vec::with_capacity(f.params.len());
    for p in &f.params {
        args.push(match p.held {
            Slotted::Val(v) => Cell::Scalar(machine.get(v)?),
            Slotted::Mem(m) => machine.mems[m.0 as usize].take().ok_or_else(|| Error::Undefined(m.to_string()))?,
        });
    }
    Ok(Run { results, args })
}

/// After how many iterations a `while` counts as endless.
const WHILE_LIMIT: i128 = 1 << 20;

struct Machine<'m> {
    f: &'m Func,
    vals: Vec<Option<Value>>,
    mems: Vec<Option<Cell>>,
    stacks: Vec<Vec<Value>>,
    /// Of memory that is kept as a whole.
    copies: Vec<Vec<Cell>>,
    callees: &'m Registry,
    tape: &'m mut Tape,
}

impl Machine<'_> {
    // ---- scalars, places, stacks --------------------------------------------------------------------------------

    fn set(&mut self, v: Val, value: Value) -> Result<(), Error> {
        if !value.fits(self.f.ty(v)) {
            return Err(Error::Type(v.to_string()));
        }
        self.vals[v.0 as usize] = Some(value);
        Ok(())
    }

    fn get(&self, v: Val) -> Result<Value, Error> {
        self.vals[v.0 as usize].ok_or_else(|| Error::Undefined(v.to_string()))
    }

    fn read(&self, vals: &[Val]) -> Result<Vec<Value>, Error> {
        vals.iter().map(|&v| self.get(v)).collect()
    }

    fn int(&self, v: Val) -> Result<i128, Error> {
        match self.get(v)? {
            Value::Int(i) => Ok(i),
            _ => Err(Error::Type(v.to_string())),
        }
    }

    fn bool(&self, v: Val) -> Result<bool, Error> {
        match self.get(v)? {
            Value::Bool(b) => Ok(b),
            _ => Err(Error::Type(v.to_string())),
        }
    }

    fn mem(&self, m: Mem) -> Result<&Cell, Error> {
        self.mems[m.0 as usize].as_ref().ok_or_else(|| Error::Undefined(m.to_string()))
    }

    fn cell(&self, place: &Place) -> Result<&Cell, Error> {
        let mut cell = self.mem(place.mem)?;
        for access in &place.path {
            cell = match (access, cell) {
                (Access::Field(name), Cell::Fields(fields)) => {
                    let field = fields.iter().find(|(field, _)| field == name);
                    &field.ok_or_else(|| Error::Path(place.to_string()))?.1
                }
                (Access::Index(_) | Access::Const(_), Cell::Seq(cells)) => {
                    let index = self.index(access)?;
                    let found = usize::try_from(index).ok().and_then(|i| cells.get(i));
                    found.ok_or(Error::OutOfBounds { index, len: cells.len() })?
                }
                _ => return Err(Error::Path(place.to_string())),
            };
        }
        Ok(cell)
    }

    fn index(&self, access: &Access) -> Result<i128, Error> {
        match access {
            Access::Index(v) => self.int(*v),
            Access::Const(i) => Ok(*i as i128),
            Access::Field(name) => Err(Error::Path(name.clone())),
            Access::Range { .. } => Err(Error::Unsupported("a part of a sequence")),
        }
    }

    /// Replaces the cell at a place by what `f` makes of it.
    fn update(&mut self, place: &Place, f: impl FnOnce(&mut Cell) -> Result<(), Error>) -> Result<(), Error> {
        // The checks of `cell` first: then the walk below cannot fail.
        self.cell(place)?;
        let indices = place.path.iter().map(|access| match access {
            Access::Field(_) => Ok(0),
            _ => self.index(access),
        });
        let indices = indices.collect::<Result<Vec<i128>, Error>>()?;
        let lost = || Error::Path(place.to_string());
        let mut cell = self.mems[place.mem.0 as usize].as_mut().ok_or_else(lost)?;
        for (access, &index) in place.path.iter().zip(&indices) {
            cell = match (access, cell) {
                (Access::Field(name), Cell::Fields(fields)) => {
                    &mut fields.iter_mut().find(|(field, _)| field == name).ok_or_else(lost)?.1
                }
                (_, Cell::Seq(cells)) => cells.get_mut(index as usize).ok_or_else(lost)?,
                _ => return Err(lost()),
            };
        }
        f(cell)
    }

    fn stack(&mut self, s: StackId) -> &mut Vec<Value> {
        let data = &self.f.stacks[s.0 as usize];
        if data.on_tape { self.tape.stack(data.ty) } else { &mut self.stacks[s.0 as usize] }
    }

    /// The stack of memory that is kept as a whole, if this is one.
    fn copies(&mut self, s: StackId) -> Option<&mut Vec<Cell>> {
        let data = &self.f.stacks[s.0 as usize];
        let copies = if data.on_tape { &mut self.tape.copies } else { &mut self.copies[s.0 as usize] };
        (data.ty == Ty::Opaque).then_some(copies)
    }

    // ---- statements ---------------------------------------------------------------------------------------------

    fn block(&mut self, block: &Block) -> Result<(), Error> {
        block.stmts.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn set_all(&mut self, out: &[Val], values: Vec<Value>) -> Result<(), Error> {
        if out.len() != values.len() {
            return Err(Error::Arguments { given: values.len(), wanted: out.len() });
        }
        out.iter().zip(values).try_for_each(|(&v, value)| self.set(v, value))
    }

    fn stmt(&mut self, stmt: &Stmt) -> Result<(), Error> {
        let value = match &stmt.op {
            Op::If { cond, then, els } => {
                let taken = if self.bool(*cond)? { then } else { els };
                self.block(taken)?;
                let yields = self.read(&taken.yields)?;
                return self.set_all(&stmt.out, yields);
            }
            Op::For(l) => {
                let state = self.for_loop(l)?;
                return self.set_all(&stmt.out, state);
            }
            Op::Call(call) => {
                let results = self.call(call)?;
                return self.set_all(&stmt.out, results);
            }
            Op::Store { place, value } => {
                let value = self.get(*value)?;
                return self.update(place, |cell| store(cell, value));
            }
            Op::Accum { place, value } => {
                let value = self.get(*value)?;
                return self.update(place, |cell| accumulate(cell, &Cell::Scalar(value)));
            }
            Op::Clear(place) => {
                return self.update(place, |cell| {
                    clear(cell);
                    Ok(())
                });
            }
            Op::AddMem { dst, src } => {
                let src = self.cell(src)?.clone();
                return self.update(dst, |cell| accumulate(cell, &src));
            }
            Op::Swap { a, b } => {
                let (of_a, of_b) = (self.cell(a)?.clone(), self.cell(b)?.clone());
                self.update(a, |cell| {
                    *cell = of_b;
                    Ok(())
                })?;
                return self.update(b, |cell| {
                    *cell = of_a;
                    Ok(())
                });
            }
            Op::Resize { mem, to, zeros, .. } => {
                let float = self.f.mem(*mem).elem.and_then(Ty::float);
                let zero = match (zeros, float) {
                    (Zeros::Like(like), _) => self.cell(like)?.zeros(),
                    (Zeros::Numbers, Some(float)) => Cell::Scalar(Value::float(0.0, float)),
                    (Zeros::None | Zeros::Last(_), _) => Cell::Seq(Vec::new()),
                    (Zeros::Numbers, None) => return Err(Error::Unsupported("vectors of these")),
                };
                let len = usize::try_from(self.int(*to)?).map_err(|_| Error::Overflow)?;
                return self.update(&Place::whole(*mem), |cell| match cell {
                    Cell::Seq(cells) => {
                        cells.resize(len, zero);
                        Ok(())
                    }
                    _ => Err(Error::Shape),
                });
            }
            Op::Alloc { mem, init } => {
                let cell = self.init(init)?;
                self.mems[mem.0 as usize] = Some(cell);
                return Ok(());
            }
            Op::NewStack(s) => {
                self.stacks[s.0 as usize].clear();
                return Ok(());
            }
            Op::Push { stack, value } => {
                let value = self.get(*value)?;
                self.stack(*stack).push(value);
                return Ok(());
            }
            Op::Save { stack, mem } => {
                let whole = self.mem(*mem)?.clone();
                if let Some(copies) = self.copies(*stack) {
                    copies.push(whole);
                    return Ok(());
                }
                let floats = self.mem(*mem)?.leaves().into_iter().filter(|v| v.as_f64().is_some());
                let floats: Vec<Value> = floats.collect();
                self.stack(*stack).extend(floats);
                return Ok(());
            }
            Op::Restore { stack, mem } => {
                if let Some(copies) = self.copies(*stack) {
                    let whole = copies.pop().ok_or(Error::EmptyStack)?;
                    self.mems[mem.0 as usize] = Some(whole);
                    return Ok(());
                }
                let leaves = self.mem(*mem)?.leaves().into_iter().filter(|v| v.as_f64().is_some()).count();
                let kept = self.stack(*stack);
                let from = kept.len().checked_sub(leaves).ok_or(Error::EmptyStack)?;
                let mut floats = kept.split_off(from).into_iter();
                return self.update(&Place::whole(*mem), |cell| {
                    *cell = cell.map(&mut |old| match old.as_f64() {
                        Some(_) => floats.next().unwrap_or(old),
                        None => old,
                    });
                    Ok(())
                });
            }
            op => self.scalar(op, stmt)?,
        };
        self.set_all(&stmt.out, vec![value])
    }

    /// The value of an operation that defines one scalar.
    fn scalar(&mut self, op: &Op, stmt: &Stmt) -> Result<Value, Error> {
        let ty = stmt.out.first().map(|&v| self.f.ty(v)).ok_or(Error::Unsupported("a step without a result"))?;
        match op {
            Op::Const(c) => constant(c, ty),
            Op::Node { rule, args } => prim(*rule, &self.read(args)?),
            Op::Int { op, args } => int::int_op(*op, &self.read(args)?, ty),
            Op::Cmp { op, a, b } => int::compare(*op, self.get(*a)?, self.get(*b)?),
            Op::Cast(v) => int::cast(self.get(*v)?, ty),
            Op::Select { cond, a, b } => {
                let (a, b) = (self.get(*a)?, self.get(*b)?);
                Ok(if self.bool(*cond)? { a } else { b })
            }
            Op::Len(place) => match self.cell(place)? {
                Cell::Seq(cells) => Ok(Value::Int(cells.len() as i128)),
                _ => Err(Error::Path(place.to_string())),
            },
            Op::Load(place) => match self.cell(place)? {
                Cell::Scalar(value) => Ok(*value),
                _ => Err(Error::Path(place.to_string())),
            },
            Op::Pop(s) => self.stack(*s).pop().ok_or(Error::EmptyStack),
            Op::Opaque(_) => Err(Error::Unsupported("opaque Rust")),
            Op::Record(_) => Err(Error::Unsupported("the recording of a trace")),
            _ => Err(Error::Unsupported("an effect with a result")),
        }
    }

    fn for_loop(&mut self, l: &For) -> Result<Vec<Value>, Error> {
        let mut state = self.read(&l.inits)?;
        let mut steps = match l.range {
            Some(range) => {
                let (lo, hi) = (self.int(range.lo)?, self.int(range.hi)?);
                lo..if range.inclusive { hi.checked_add(1).ok_or(Error::Overflow)? } else { hi }
            }
            None => 0..WHILE_LIMIT,
        };
        let rev = l.range.is_some_and(|range| range.rev);
        while let Some(i) = if rev { steps.next_back() } else { steps.next() } {
            if l.range.is_none() && state.first() != Some(&Value::Bool(true)) {
                return Ok(state);
            }
            let mut entry = Vec::with_capacity(state.len() + 1);
            entry.push(Value::Int(i));
            entry.append(&mut state);
            self.set_all(&l.body.params, entry)?;
            self.block(&l.body)?;
            state = self.read(&l.body.yields)?;
        }
        if l.range.is_none() { Err(Error::Endless) } else { Ok(state) }
    }

    fn init(&self, init: &Init) -> Result<Cell, Error> {
        match init {
            Init::Fill { value, dims } => {
                let mut cell = Cell::Scalar(self.get(*value)?);
                for dim in dims.iter().rev() {
                    let n = match dim {
                        Dim::Fixed { value, .. } => {
                            value.ok_or(Error::Unsupported("a length that is not a literal"))?
                        }
                        Dim::Heap(n) => usize::try_from(self.int(*n)?).map_err(|_| Error::Overflow)?,
                    };
                    cell = Cell::Seq(vec![cell; n]);
                }
                Ok(cell)
            }
            Init::List { items, shape } => {
                let mut items = self.read(items)?.into_iter().map(Cell::Scalar);
                let cell = nest(&mut items, shape)?;
                if items.next().is_some() { Err(Error::Shape) } else { Ok(cell) }
            }
            Init::Copy(place) => self.cell(place).cloned(),
            Init::ZerosLike(place) => Ok(self.cell(place)?.zeros()),
            Init::Build(_) => Err(Error::Unsupported("the making of a struct")),
            Init::Popped(_) => Err(Error::Unsupported("memory that is kept as a whole")),
        }
    }
}

/// Takes the items of an array of the given shape.
fn nest(items: &mut impl Iterator<Item = Cell>, shape: &[usize]) -> Result<Cell, Error> {
    match shape.split_first() {
        None => items.next().ok_or(Error::Shape),
        Some((&n, rest)) => Ok(Cell::Seq((0..n).map(|_| nest(items, rest)).collect::<Result<_, _>>()?)),
    }
}

fn constant(c: &Const, ty: Ty) -> Result<Value, Error> {
    match (c, ty) {
        (Const::Float { text: Some(text), .. }, Ty::Float(Float::F32)) => {
            // The nearest f32 to the literal, not to its f64.
            let digits = text.replace('_', "");
            digits.parse().map(Value::F32).map_err(|_| Error::Type(text.clone()))
        }
        (Const::Float { value, .. }, Ty::Float(float)) => Ok(Value::float(*value, float)),
        (Const::Int(i), Ty::Int(int)) => int::in_range(*i, int).map(Value::Int),
        (Const::Bool(b), Ty::Bool) => Ok(Value::Bool(*b)),
        _ => Err(Error::Type(c.to_string())),
    }
}

/// `cell = value`.
fn store(cell: &mut Cell, value: Value) -> Result<(), Error> {
    match cell {
        Cell::Scalar(old) if std::mem::discriminant(old) == std::mem::discriminant(&value) => {
            *old = value;
            Ok(())
        }
        Cell::Scalar(_) => Err(Error::Type("a stored value".to_owned())),
        _ => Err(Error::Shape),
    }
}

/// Every float becomes 0.
fn clear(cell: &mut Cell) {
    match cell {
        Cell::Scalar(Value::F32(x)) => *x = 0.0,
        Cell::Scalar(Value::F64(x)) => *x = 0.0,
        Cell::Scalar(_) => {}
        Cell::Seq(items) => items.iter_mut().for_each(clear),
        Cell::Fields(fields) => fields.iter_mut().for_each(|(_, field)| clear(field)),
    }
}

/// `dst += src`, leaf by leaf; what is not a float stays.
fn accumulate(dst: &mut Cell, src: &Cell) -> Result<(), Error> {
    match (dst, src) {
        (Cell::Scalar(Value::F32(a)), Cell::Scalar(Value::F32(b))) => *a += b,
        (Cell::Scalar(Value::F64(a)), Cell::Scalar(Value::F64(b))) => *a += b,
        (Cell::Scalar(a), Cell::Scalar(b)) if a == b && a.as_f64().is_none() => {}
        (Cell::Seq(a), Cell::Seq(b)) if a.len() == b.len() => {
            for (a, b) in a.iter_mut().zip(b) {
                accumulate(a, b)?;
            }
        }
        (Cell::Fields(a), Cell::Fields(b)) if a.len() == b.len() => {
            for ((_, a), (_, b)) in a.iter_mut().zip(b) {
                accumulate(a, b)?;
            }
        }
        _ => return Err(Error::Shape),
    }
    Ok(())
}
