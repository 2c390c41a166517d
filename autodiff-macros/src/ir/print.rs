//! The text form of the IR: one statement a line, regions indented, the same text for the same function.
//!
//! ```text
//! fn power(v0 x: f64 = param 0 active, v1 n: usize = param 1) {
//!   v2: f64 = const 1.0
//!   v3: usize = const 0
//!   v4: f64 = for v5: usize in v3..v1 with (v6: f64 = v2) {
//!     v7: f64 = mul v6, v0
//!     yield v7
//!   }
//!   return v4 = result 0
//! }
//! ```
//!
//! Values are `v0, v1, …`, memory `m0, m1, …` and stacks `s0, s1, …`, by their numbers in the arenas; a user's name
//! follows the number where the thing is defined.

use std::fmt::{self, Display, Formatter, Write};

use quote::ToTokens;

use super::{
    Access, Arg, Block, By, Call, CallForm, CmpOp, Const, Dim, Float, For, Func, Init, Int, IntOp, Mark, Mem, Op,
    Operand, Origin, Place, Role, Slot, Slotted, StackId, Stmt, Tangent, Ty, Val, Zeros,
};
use crate::rules::Rule;

impl Display for Val {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

impl Display for Mem {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "m{}", self.0)
    }
}

impl Display for StackId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "s{}", self.0)
    }
}

impl Display for Ty {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Ty::Float(Float::F32) => "f32",
            Ty::Float(Float::F64) => "f64",
            Ty::Float(Float::Param(name)) => name,
            Ty::Bool => "bool",
            Ty::Opaque => "opaque",
            Ty::Int(int) => match int {
                Int::Infer => "int",
                Int::I8 => "i8",
                Int::I16 => "i16",
                Int::I32 => "i32",
                Int::I64 => "i64",
                Int::I128 => "i128",
                Int::Isize => "isize",
                Int::U8 => "u8",
                Int::U16 => "u16",
                Int::U32 => "u32",
                Int::U64 => "u64",
                Int::U128 => "u128",
                Int::Usize => "usize",
            },
        })
    }
}

impl Display for Role {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.origin {
            Origin::Param(i) => write!(f, "param {i}")?,
            Origin::Result(j) => write!(f, "result {j}")?,
        }
        for mark in &self.marks {
            match mark {
                Mark::Dot(1) => f.write_str(" dot")?,
                Mark::Dot(k) => write!(f, " dot{k}")?,
                Mark::Bar => f.write_str(" bar")?,
            }
        }
        Ok(())
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.mem)?;
        for access in &self.path {
            match access {
                Access::Index(v) => write!(f, "[{v}]")?,
                Access::Const(i) => write!(f, "[{i}]")?,
                Access::Field(name) => write!(f, ".{name}")?,
                Access::Range { lo, len } => write!(f, "[{lo}..][..{len}]")?,
            }
        }
        Ok(())
    }
}

impl Display for Const {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Const::Float { text: Some(text), .. } => f.write_str(text),
            Const::Float { value, text: None } => write!(f, "{value:?}"),
            Const::Int(i) => write!(f, "{i}"),
            Const::Bool(b) => write!(f, "{b}"),
        }
    }
}

/// A rule, by its name in lower case: `ln_1p`, `mul_add`.
impl Display for Rule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (i, c) in format!("{self:?}").char_indices() {
            if i > 0 && c.is_ascii_uppercase() {
                f.write_char('_')?;
            }
            f.write_char(c.to_ascii_lowercase())?;
        }
        Ok(())
    }
}

fn int_op(op: IntOp) -> &'static str {
    match op {
        IntOp::Add => "iadd",
        IntOp::Sub => "isub",
        IntOp::Mul => "imul",
        IntOp::Div => "idiv",
        IntOp::Rem => "irem",
        IntOp::Neg => "ineg",
        IntOp::BitAnd => "and",
        IntOp::BitOr => "or",
        IntOp::BitXor => "xor",
        IntOp::Shl => "shl",
        IntOp::Shr => "shr",
        IntOp::Not => "not",
    }
}

fn cmp_op(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Lt => "lt",
        CmpOp::Le => "le",
        CmpOp::Gt => "gt",
        CmpOp::Ge => "ge",
        CmpOp::Eq => "eq",
        CmpOp::Ne => "ne",
    }
}

/// `a, b, c`.
fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

impl Display for Func {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let params = self.params.iter().map(|p| {
            let held = match p.held {
                Slotted::Val(v) => self.defined(v),
                Slotted::Mem(m) => self.described(m),
            };
            format!("{held} = {}{}", p.role, if p.active { " active" } else { "" })
        });
        writeln!(f, "fn {}({}) {{", self.name, list(params))?;
        let tape = self.stacks.iter().enumerate().filter(|(_, s)| s.on_tape);
        for (i, stack) in tape {
            writeln!(f, "  tape s{i}{}: {}", named(stack.name.as_deref()), stack.ty)?;
        }
        self.print_stmts(f, &self.body, 1)?;
        let results = self.body.yields.iter().enumerate().map(|(j, v)| match self.results.get(j) {
            Some(role) => format!("{v} = {role}"),
            None => v.to_string(),
        });
        writeln!(f, "  return {}", list(results))?;
        f.write_str("}\n")
    }
}

/// ` name`, or nothing.
fn named(name: Option<&str>) -> String {
    name.map(|name| format!(" {name}")).unwrap_or_default()
}

impl Func {
    /// A scalar where it is defined: `v3 x_bar: f64`.
    fn defined(&self, v: Val) -> String {
        match self.vals.get(v.0 as usize) {
            Some(data) => format!("{v}{}: {}", named(data.name.as_deref()), data.ty),
            None => format!("{v}: ?"),
        }
    }

    /// A memory object where it comes into being: `m0 w: mem f64`.
    fn described(&self, m: Mem) -> String {
        let Some(data) = self.mems.get(m.0 as usize) else {
            return format!("{m}: ?");
        };
        let elem = data.elem.map(|ty| format!(" {ty}")).unwrap_or_default();
        format!("{m}{}: mem{elem}", named(data.name.as_deref()))
    }

    fn print_stmts(&self, f: &mut Formatter<'_>, block: &Block, depth: usize) -> fmt::Result {
        block.stmts.iter().try_for_each(|stmt| self.print_stmt(f, stmt, depth))
    }

    fn print_region(&self, f: &mut Formatter<'_>, block: &Block, depth: usize) -> fmt::Result {
        f.write_str("{\n")?;
        self.print_stmts(f, block, depth + 1)?;
        if !block.yields.is_empty() {
            writeln!(f, "{:1$}yield {2}", "", 2 * (depth + 1), list(&block.yields))?;
        }
        write!(f, "{:1$}}}", "", 2 * depth)
    }

    fn print_stmt(&self, f: &mut Formatter<'_>, stmt: &Stmt, depth: usize) -> fmt::Result {
        write!(f, "{:1$}", "", 2 * depth)?;
        if !stmt.out.is_empty() {
            write!(f, "{} = ", list(stmt.out.iter().map(|&v| self.defined(v))))?;
        }
        match &stmt.op {
            Op::Const(c) => write!(f, "const {c}")?,
            Op::Node { rule, args } => write!(f, "{rule} {}", list(args))?,
            Op::Int { op, args } => write!(f, "{} {}", int_op(*op), list(args))?,
            Op::Cmp { op, a, b } => write!(f, "{} {a}, {b}", cmp_op(*op))?,
            Op::Cast(v) => write!(f, "cast {v}")?,
            Op::Select { cond, a, b } => write!(f, "select {cond}, {a}, {b}")?,
            Op::Len(p) => write!(f, "len {p}")?,
            Op::Load(p) => write!(f, "load {p}")?,
            Op::Store { place, value } => write!(f, "{place} = {value}")?,
            Op::Accum { place, value } => write!(f, "{place} += {value}")?,
            Op::Alloc { mem, init } => write!(f, "alloc {} = {}", self.described(*mem), init_text(init))?,
            Op::AddMem { dst, src } => write!(f, "{dst} += all {src}")?,
            Op::Clear(place) => write!(f, "clear {place}")?,
            Op::Swap { a, b } => write!(f, "swap {a}, {b}")?,
            Op::Resize { mem, from, to, zeros } => {
                write!(f, "resize {mem} from {from} to {to}")?;
                if let Zeros::Like(like) | Zeros::Last(like) = zeros {
                    write!(f, " like {like}")?;
                }
            }
            Op::NewStack(s) => match self.stacks.get(s.0 as usize) {
                Some(data) => write!(f, "stack {s}{}: {}", named(data.name.as_deref()), data.ty)?,
                None => write!(f, "stack {s}: ?")?,
            },
            Op::Push { stack, value } => write!(f, "push {stack}, {value}")?,
            Op::Pop(s) => write!(f, "pop {s}")?,
            Op::Save { stack, mem } => write!(f, "save {stack}, {mem}")?,
            Op::Restore { stack, mem } => write!(f, "restore {stack}, {mem}")?,
            Op::If { cond, then, els } => {
                write!(f, "if {cond} ")?;
                self.print_region(f, then, depth)?;
                if !(els.stmts.is_empty() && els.yields.is_empty()) {
                    f.write_str(" else ")?;
                    self.print_region(f, els, depth)?;
                }
            }
            Op::For(l) => self.print_for(f, l, depth)?,
            Op::Call(call) => f.write_str(&call_text(call))?,
            Op::Opaque(o) => {
                let binds = o.binds.iter().map(|(ident, operand)| match operand {
                    Operand::Val(v) => format!("{ident} = {v}"),
                    Operand::Place(p) => format!("{ident} = {p}"),
                    Operand::Constant(p) => format!("{ident} = constant {p}"),
                });
                let flags = [(o.pure_, " pure"), (o.mutable, " mut")];
                let flags: String = flags.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
                write!(f, "opaque{flags} `{}` with ({})", o.expr.to_token_stream(), list(binds))?;
            }
            Op::Record(r) => {
                let parents = r.parents.iter().map(|(id, value, partial)| format!("{id}: {value} by {partial}"));
                let label = r.label.as_deref().unwrap_or("_");
                write!(f, "record type {} {label} `{}` of {}", r.kind, r.template, r.value)?;
                write!(f, " parents ({}) constants ({})", list(parents), list(&r.constants))?;
            }
        }
        f.write_char('\n')
    }

    fn print_for(&self, f: &mut Formatter<'_>, l: &For, depth: usize) -> fmt::Result {
        let var = l.body.params.first().map_or_else(|| "?".to_owned(), |&v| self.defined(v));
        match l.range {
            Some(range) => {
                let dots = if range.inclusive { "..=" } else { ".." };
                let rev = if range.rev { " rev" } else { "" };
                write!(f, "for {var} in {}{dots}{}{rev} ", range.lo, range.hi)?;
            }
            None => write!(f, "for {var} in while ")?,
        }
        if !l.inits.is_empty() {
            let carried = l.body.params.iter().skip(1).zip(&l.inits);
            write!(f, "with ({}) ", list(carried.map(|(&p, init)| format!("{} = {init}", self.defined(p)))))?;
        }
        self.print_region(f, &l.body, depth)
    }
}

fn init_text(init: &Init) -> String {
    match init {
        Init::Fill { value, dims } => {
            let dims = dims.iter().map(|dim| match dim {
                Dim::Fixed { value: Some(n), .. } => format!("[{n}]"),
                Dim::Fixed { tokens, value: None } => format!("[{tokens}]"),
                Dim::Heap(n) => format!("[heap {n}]"),
            });
            format!("fill {value} {}", dims.collect::<String>())
        }
        Init::List { items, shape } => {
            format!("list ({}) {}", list(items), shape.iter().map(|n| format!("[{n}]")).collect::<String>())
        }
        Init::Copy(p) => format!("copy {p}"),
        Init::ZerosLike(p) => format!("zeros like {p}"),
        Init::Popped(popped) => format!("pop whole {}", popped.stack),
        Init::Build(build) => {
            let operand = |operand: &Operand| match operand {
                Operand::Val(v) => v.to_string(),
                Operand::Place(p) => p.to_string(),
                Operand::Constant(p) => format!("constant {p}"),
            };
            let binds = build.made.binds.iter().map(|(ident, of)| format!("{ident} = {}", operand(of)));
            format!("build `{}` with ({})", build.made.expr.to_token_stream(), list(binds))
        }
    }
}

fn call_text(call: &Call) -> String {
    let path = call.path.to_token_stream().to_string().replace(' ', "");
    let args = list(call.args.iter().map(|arg| match arg {
        Arg::Val(v) => v.to_string(),
        Arg::Place { place, by } => {
            let by = match by {
                By::Value => "",
                By::Ref => "&",
                By::Mut => "&mut ",
            };
            format!("{by}{place}")
        }
        Arg::Gone => "gone".to_owned(),
    }));
    let tangents = given;
    let made = list(call.mems().map(|m| m.to_string()));
    let form = match &call.form {
        CallForm::Primal => format!("call {path}({args})"),
        CallForm::Forward => format!("call forward {path}({args})"),
        CallForm::Reverse { seeds, slots } => format!("call reverse {path}({args}){}", seeded(seeds, slots)),
        CallForm::Vjp { seeds, slots } => format!("call vjp {path}({args}){}", seeded(seeds, slots)),
        CallForm::Jvp { tangents: ts } => format!("call jvp {path}({args}) tangents ({})", tangents(ts)),
        CallForm::Trace { tangents: ts } => format!("call trace {path}({args}) ids ({})", tangents(ts)),
        CallForm::Dot(d) => {
            let of = call_text(&Call { form: d.of.clone(), made: Vec::new(), ..call.clone() });
            let layers = d.layers.iter();
            let layers = layers.map(|layer| {
                format!(" tangents ({}){}", tangents(&layer.tangents), seeded(&layer.seeds, &layer.slots))
            });
            layers.fold(of, |text, layer| text + &layer)
        }
    };
    if made.is_empty() { form } else { format!("{form} making ({made})") }
}

fn given(tangents: &[Tangent]) -> String {
    list(tangents.iter().map(|t| match t {
        Tangent::Zero => "0".to_owned(),
        Tangent::Val(v) => v.to_string(),
        Tangent::Mem(p) => p.to_string(),
    }))
}

fn seeded(seeds: &[Tangent], slots: &[Slot]) -> String {
    let seeds = given(seeds);
    let slots = list(slots.iter().map(|s| match s {
        Slot::Off => "off".to_owned(),
        Slot::Scalar => "scalar".to_owned(),
        Slot::Mem(p) => p.to_string(),
    }));
    format!(" seeds ({seeds}) slots ({slots})")
}
