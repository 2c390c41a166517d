//! The printer's inverse, so that a function that a test has found can be pasted as a test.
//!
//! Line by line, as [`super::print`] writes: it reads everything but calls of derivatives, opaque Rust, records and lengths that are not
//! literals. Positions are numbers of lines. Memory contents are read from `[1.0, 2.0]` and `{w: [1.0], b: 2.0f32}`.

use std::iter::Peekable;
use std::str::Lines;

use proc_macro2::{Span, TokenStream};

use super::eval::{Cell, Value};
use super::{
    Access, Arg, Block, By, Call, CallForm, CmpOp, Const, Dim, Float, For, Func, Init, Int, IntOp, Mark, Mem, MemData,
    Op, Origin, Param, Place, Ret, Role, Slotted, StackData, StackId, Stmt, Ty, Val, ValData,
};
use crate::rules;

/// Reads a function.
pub(crate) fn parse(text: &str) -> Result<Func, String> {
    let mut parser = Parser {
        lines: text.lines().peekable(),
        line: String::new(),
        f: Func {
            name: String::new(),
            vals: Vec::new(),
            mems: Vec::new(),
            stacks: Vec::new(),
            params: Vec::new(),
            body: Block::default(),
            results: Vec::new(),
            returned: Vec::new(),
        },
    };
    parser.func().map_err(|message| format!("{message} in `{}`", parser.line))?;
    Ok(parser.f)
}

/// Reads memory contents or a scalar; `f32`s have that suffix.
pub(crate) fn cell(text: &str) -> Result<Cell, String> {
    let text = text.trim();
    let inside = |open: &str, close: &str| text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    if let Some(items) = inside("[", "]") {
        return Ok(Cell::Seq(split(items).into_iter().map(cell).collect::<Result<_, _>>()?));
    }
    if let Some(fields) = inside("{", "}") {
        let field = |text: &str| {
            let (name, value) = text.split_once(':').ok_or("a field without a value")?;
            Ok((name.trim().to_owned(), cell(value)?))
        };
        return Ok(Cell::Fields(split(fields).into_iter().map(field).collect::<Result<_, String>>()?));
    }
    let bad = |_| format!("`{text}` is not a value");
    Ok(Cell::Scalar(match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ if text.ends_with("f32") => Value::F32(text[..text.len() - 3].parse().map_err(bad)?),
        _ if text.contains(['.', 'e', 'N', 'i']) => Value::F64(text.parse().map_err(bad)?),
        _ => Value::Int(text.parse().map_err(|_| format!("`{text}` is not a value"))?),
    }))
}

/// The items of a list, at the commas outside brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0i32, 0, Vec::new());
    for (i, c) in text.char_indices() {
        match c {
            '[' | '{' | '(' => depth += 1,
            ']' | '}' | ')' => depth -= 1,
            ',' if depth == 0 => {
                items.push(text[start..i].trim());
                start = i + 1;
            }
            _ => {}
        }
    }
    let last = text[start..].trim();
    if !last.is_empty() {
        items.push(last);
    }
    items
}

fn number(text: &str) -> Result<usize, String> {
    text.trim().parse().map_err(|_| format!("`{text}` is not a number"))
}

/// `v3`, `m0` or `s1`.
fn id(kind: char, text: &str) -> Result<u32, String> {
    let digits = text.trim().strip_prefix(kind).ok_or_else(|| format!("`{text}` does not begin with `{kind}`"))?;
    Ok(number(digits)? as u32)
}

fn val(text: &str) -> Result<Val, String> {
    id('v', text).map(Val)
}

fn vals(text: &str) -> Result<Vec<Val>, String> {
    split(text).into_iter().map(val).collect()
}

const INTS: [(&str, Int); 13] = [
    ("int", Int::Infer),
    ("i8", Int::I8),
    ("i16", Int::I16),
    ("i32", Int::I32),
    ("i64", Int::I64),
    ("i128", Int::I128),
    ("isize", Int::Isize),
    ("u8", Int::U8),
    ("u16", Int::U16),
    ("u32", Int::U32),
    ("u64", Int::U64),
    ("u128", Int::U128),
    ("usize", Int::Usize),
];

fn ty(text: &str) -> Result<Ty, String> {
    Ok(match text.trim() {
        "f32" => Ty::Float(Float::F32),
        "f64" => Ty::Float(Float::F64),
        "bool" => Ty::Bool,
        "opaque" => Ty::Opaque,
        other => {
            let int = INTS.iter().find(|(name, _)| *name == other);
            Ty::Int(int.ok_or_else(|| format!("`{other}` is not a type"))?.1)
        }
    })
}

fn role(text: &str) -> Result<Role, String> {
    let mut words = text.split_whitespace();
    let (kind, at) = (words.next(), number(words.next().unwrap_or_default())?);
    let origin = match kind {
        Some("param") => Origin::Param(at),
        Some("result") => Origin::Result(at),
        _ => return Err(format!("`{text}` is not a role")),
    };
    let marks = words.map(|word| match word {
        "dot" => Ok(Mark::Dot(1)),
        "bar" => Ok(Mark::Bar),
        _ => match word.strip_prefix("dot").map(number) {
            Some(direction) => Ok(Mark::Dot(direction?)),
            None => Err(format!("`{word}` is not a mark")),
        },
    });
    Ok(Role { origin, marks: marks.collect::<Result<_, _>>()? })
}

/// `m0[v1][2].name`.
fn place(text: &str) -> Result<Place, String> {
    let text = text.trim();
    let end = text.find(['[', '.']).unwrap_or(text.len());
    let mem = Mem(id('m', &text[..end])?);
    let mut path = Vec::new();
    let mut rest = &text[end..];
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (index, after) = inner.split_once(']').ok_or("an open bracket")?;
            path.push(if index.starts_with('v') { Access::Index(val(index)?) } else { Access::Const(number(index)?) });
            rest = after;
        } else {
            let inner = &rest[1..];
            let end = inner.find(['[', '.']).unwrap_or(inner.len());
            path.push(Access::Field(inner[..end].to_owned()));
            rest = &inner[end..];
        }
    }
    Ok(Place { mem, path })
}

/// `[2][3]`, as texts.
fn brackets(text: &str) -> Vec<&str> {
    text.split(['[', ']']).map(str::trim).filter(|part| !part.is_empty()).collect()
}

fn int_op(word: &str) -> Option<IntOp> {
    Some(match word {
        "iadd" => IntOp::Add,
        "isub" => IntOp::Sub,
        "imul" => IntOp::Mul,
        "idiv" => IntOp::Div,
        "irem" => IntOp::Rem,
        "ineg" => IntOp::Neg,
        "and" => IntOp::BitAnd,
        "or" => IntOp::BitOr,
        "xor" => IntOp::BitXor,
        "shl" => IntOp::Shl,
        "shr" => IntOp::Shr,
        "not" => IntOp::Not,
        _ => return None,
    })
}

fn cmp_op(word: &str) -> Option<CmpOp> {
    Some(match word {
        "lt" => CmpOp::Lt,
        "le" => CmpOp::Le,
        "gt" => CmpOp::Gt,
        "ge" => CmpOp::Ge,
        "eq" => CmpOp::Eq,
        "ne" => CmpOp::Ne,
        _ => return None,
    })
}

struct Parser<'t> {
    lines: Peekable<Lines<'t>>,
    /// The line at hand, for messages.
    line: String,
    f: Func,
}

impl Parser<'_> {
    /// The next line that is not empty.
    fn next(&mut self) -> Result<String, String> {
        loop {
            let line = self.lines.next().ok_or("the end of the text")?.trim();
            if !line.is_empty() {
                self.line = line.to_owned();
                return Ok(line.to_owned());
            }
        }
    }

    // ---- definitions --------------------------------------------------------------------------------------------

    /// `v3 name: f64`.
    fn define(&mut self, text: &str) -> Result<Val, String> {
        let (head, ty_text) = text.split_once(':').ok_or_else(|| format!("`{text}` has no type"))?;
        let (number, name) = named(head);
        let (v, ty) = (val(number)?, ty(ty_text)?);
        let blank = || ValData { ty: Ty::Bool, name: None, span: Span::call_site() };
        grow(&mut self.f.vals, v.0, blank);
        self.f.vals[v.0 as usize] = ValData { ty, name, span: Span::call_site() };
        Ok(v)
    }

    /// `m0 name: mem f64`.
    fn define_mem(&mut self, text: &str) -> Result<Mem, String> {
        let (head, elem) = text.split_once(':').ok_or_else(|| format!("`{text}` has no type"))?;
        let (number, name) = named(head);
        let m = Mem(id('m', number)?);
        let elem = elem.trim().strip_prefix("mem").ok_or("memory that is not `mem`")?.trim();
        let elem = if elem.is_empty() { None } else { Some(ty(elem)?) };
        let blank = || MemData::new(None, None, Span::call_site());
        grow(&mut self.f.mems, m.0, blank);
        self.f.mems[m.0 as usize] = MemData::new(elem, name, Span::call_site());
        Ok(m)
    }

    /// `s0 name: f64`.
    fn define_stack(&mut self, text: &str, on_tape: bool) -> Result<StackId, String> {
        let (head, ty_text) = text.split_once(':').ok_or_else(|| format!("`{text}` has no type"))?;
        let (number, name) = named(head);
        let s = StackId(id('s', number)?);
        grow(&mut self.f.stacks, s.0, || StackData { ty: Ty::Bool, on_tape: false, name: None });
        self.f.stacks[s.0 as usize] = StackData { ty: ty(ty_text)?, on_tape, name };
        Ok(s)
    }

    // ---- structure ----------------------------------------------------------------------------------------------

    fn func(&mut self) -> Result<(), String> {
        let header = self.next()?;
        let header = header.strip_prefix("fn ").and_then(|h| h.strip_suffix(") {")).ok_or("not a function")?;
        let (name, params) = header.split_once('(').ok_or("no parameters")?;
        self.f.name = name.to_owned();
        for param in split(params) {
            let (held, role_text) = param.split_once(" = ").ok_or("a parameter without a role")?;
            let (role_text, active) = match role_text.strip_suffix(" active") {
                Some(role_text) => (role_text, true),
                None => (role_text, false),
            };
            let held = if held.starts_with('m') {
                Slotted::Mem(self.define_mem(held)?)
            } else {
                Slotted::Val(self.define(held)?)
            };
            self.f.params.push(Param { role: role(role_text)?, held, active, by_mut: false });
        }
        let (mut body, end) = self.block()?;
        let results = end.strip_prefix("return").ok_or("no `return`")?;
        for result in split(results) {
            let (v, role_text) = result.split_once(" = ").ok_or("a result without a role")?;
            body.yields.push(val(v)?);
            self.f.results.push(role(role_text)?);
        }
        self.f.body = body;
        Ok(())
    }

    /// Statements, and the line that ends them: `}`, `} else {` or `return ..`.
    fn block(&mut self) -> Result<(Block, String), String> {
        let mut block = Block::default();
        loop {
            let line = self.next()?;
            if let Some(stack) = line.strip_prefix("tape ") {
                self.define_stack(stack, true)?;
            } else if let Some(yields) = line.strip_prefix("yield ") {
                block.yields = vals(yields)?;
            } else if line.starts_with('}') || line.starts_with("return") {
                return Ok((block, line));
            } else {
                let stmt = self.stmt(&line)?;
                block.stmts.push(stmt);
            }
        }
    }

    fn stmt(&mut self, line: &str) -> Result<Stmt, String> {
        let (mut out, mut body) = (Vec::new(), line);
        if line.starts_with('v') {
            let (defs, rest) = line.split_once(" = ").ok_or("a definition without `=`")?;
            for def in split(defs) {
                out.push(self.define(def)?);
            }
            body = rest;
        }
        Ok(Stmt { op: self.op(body, &out)?, out, span: Span::call_site() })
    }

    fn op(&mut self, body: &str, out: &[Val]) -> Result<Op, String> {
        if body.starts_with('m') && body[1..].starts_with(|c: char| c.is_ascii_digit()) {
            return effect(body);
        }
        let (word, rest) = body.split_once(' ').unwrap_or((body, ""));
        let pair = || rest.split_once(", ").ok_or_else(|| format!("`{rest}` is not two operands"));
        Ok(match word {
            "const" => Op::Const(self.constant(rest, out)?),
            "cast" => Op::Cast(val(rest)?),
            "select" => match vals(rest)?[..] {
                [cond, a, b] => Op::Select { cond, a, b },
                _ => return Err("`select` has three operands".to_owned()),
            },
            "len" => Op::Len(place(rest)?),
            "load" => Op::Load(place(rest)?),
            "alloc" => {
                let (mem, init) = rest.split_once(" = ").ok_or("`alloc` without a beginning")?;
                let init = init_of(init)?;
                Op::Alloc { mem: self.define_mem(mem)?, init }
            }
            "stack" => Op::NewStack(self.define_stack(rest, false)?),
            "push" => Op::Push { stack: StackId(id('s', pair()?.0)?), value: val(pair()?.1)? },
            "pop" => Op::Pop(StackId(id('s', rest)?)),
            "save" => Op::Save { stack: StackId(id('s', pair()?.0)?), mem: Mem(id('m', pair()?.1)?) },
            "restore" => Op::Restore { stack: StackId(id('s', pair()?.0)?), mem: Mem(id('m', pair()?.1)?) },
            "if" => {
                let cond = val(rest.strip_suffix('{').ok_or("`if` without a block")?)?;
                let (then, end) = self.block()?;
                let els = if end == "} else {" { self.block()?.0 } else { Block::default() };
                Op::If { cond, then, els }
            }
            "for" => self.for_loop(rest)?,
            "call" => call(rest, out.len())?,
            _ => {
                let args = vals(rest)?;
                if let Some(op) = int_op(word) {
                    Op::Int { op, args }
                } else if let (Some(op), [a, b]) = (cmp_op(word), &args[..]) {
                    Op::Cmp { op, a: *a, b: *b }
                } else {
                    let row = rules::rows().iter().find(|row| row.rule.to_string() == word);
                    let row = row.ok_or_else(|| format!("no operation `{word}`"))?;
                    Op::Node { rule: row.rule, args }
                }
            }
        })
    }

    fn constant(&self, text: &str, out: &[Val]) -> Result<Const, String> {
        let ty = out.first().map(|v| self.f.vals[v.0 as usize].ty).ok_or("a constant without a name")?;
        let bad = || format!("`{text}` is not a {ty}");
        Ok(match ty {
            Ty::Bool => Const::Bool(text == "true"),
            Ty::Int(_) | Ty::Opaque => Const::Int(text.parse().map_err(|_| bad())?),
            Ty::Float(_) => {
                let value: f64 = text.replace('_', "").parse().map_err(|_| bad())?;
                let text = if format!("{value:?}") == text { None } else { Some(text.to_owned()) };
                Const::Float { value, text }
            }
        })
    }

    /// `v5: usize in v3..v1 rev with (v6: f64 = v2) {`, or `v5: usize in while with (v6: bool = v2) {`.
    fn for_loop(&mut self, text: &str) -> Result<Op, String> {
        let text = text.strip_suffix('{').ok_or("`for` without a block")?.trim();
        let (var, rest) = text.split_once(" in ").ok_or("`for` without `in`")?;
        let mut params = vec![self.define(var)?];
        let mut inits = Vec::new();
        let (mut range, carried) = rest.split_once(" with ").unwrap_or((rest, "()"));
        let rev = range.ends_with(" rev");
        range = range.strip_suffix(" rev").unwrap_or(range);
        let carried = carried.strip_prefix('(').and_then(|c| c.strip_suffix(')')).ok_or("`with` without a list")?;
        for state in split(carried) {
            let (param, init) = state.split_once(" = ").ok_or("a carried value without a beginning")?;
            params.push(self.define(param)?);
            inits.push(val(init)?);
        }
        let range = if range.trim() == "while" {
            None
        } else {
            let (lo, hi) = range.split_once("..").ok_or("`for` without a range")?;
            let inclusive = hi.starts_with('=');
            Some(super::Range { lo: val(lo)?, hi: val(hi.trim_start_matches('='))?, inclusive, rev })
        };
        let (mut body, _) = self.block()?;
        body.params = params;
        Ok(Op::For(Box::new(For { range, inits, body })))
    }
}

/// `v3 name` as number and name.
fn named(head: &str) -> (&str, Option<String>) {
    match head.split_once(' ') {
        Some((number, name)) => (number, Some(name.to_owned())),
        None => (head, None),
    }
}

fn grow<T>(arena: &mut Vec<T>, at: u32, blank: impl Fn() -> T) {
    while arena.len() <= at as usize {
        arena.push(blank());
    }
}

/// `clear place`, `place = v`, `place += v` or `place += all place`.
fn effect(body: &str) -> Result<Op, String> {
    if let Some(cleared) = body.strip_prefix("clear ") {
        return Ok(Op::Clear(place(cleared)?));
    }
    if let Some((dst, src)) = body.split_once(" += all ") {
        return Ok(Op::AddMem { dst: place(dst)?, src: place(src)? });
    }
    if let Some((to, value)) = body.split_once(" += ") {
        return Ok(Op::Accum { place: place(to)?, value: val(value)? });
    }
    let (to, value) = body.split_once(" = ").ok_or("not a statement")?;
    Ok(Op::Store { place: place(to)?, value: val(value)? })
}

/// `g(v1, &m0)`.
fn call(text: &str, results: usize) -> Result<Op, String> {
    let (path, args) = text.strip_suffix(')').and_then(|t| t.split_once('(')).ok_or("a call without arguments")?;
    let args = split(args).into_iter().map(|arg| match (arg.strip_prefix("&mut "), arg.strip_prefix('&')) {
        (Some(at), _) => Ok(Arg::Place { place: place(at)?, by: By::Mut }),
        (None, Some(at)) => Ok(Arg::Place { place: place(at)?, by: By::Ref }),
        (None, None) if arg.starts_with('m') => Ok(Arg::Place { place: place(arg)?, by: By::Value }),
        (None, None) => val(arg).map(Arg::Val),
    });
    Ok(Op::Call(Box::new(Call {
        path: syn::parse_str(path).map_err(|e| e.to_string())?,
        method: false,
        companion: None,
        form: CallForm::Primal,
        args: args.collect::<Result<_, String>>()?,
        ret: if results == 1 { Ret::Scalar } else { Ret::Tuple(results) },
        made: Vec::new(),
    })))
}

fn init_of(text: &str) -> Result<Init, String> {
    if let Some(rest) = text.strip_prefix("fill ") {
        let (value, dims) = rest.split_once(' ').unwrap_or((rest, ""));
        let dims = brackets(dims).into_iter().map(|dim| match dim.strip_prefix("heap ") {
            Some(n) => val(n).map(Dim::Heap),
            None => number(dim).map(|n| Dim::Fixed { tokens: TokenStream::new(), value: Some(n) }),
        });
        return Ok(Init::Fill { value: val(value)?, dims: dims.collect::<Result<_, _>>()? });
    }
    if let Some(rest) = text.strip_prefix("list (") {
        let (items, shape) = rest.split_once(')').ok_or("an open list")?;
        let shape = brackets(shape).into_iter().map(number).collect::<Result<_, _>>()?;
        return Ok(Init::List { items: vals(items)?, shape });
    }
    if let Some(from) = text.strip_prefix("copy ") {
        return Ok(Init::Copy(place(from)?));
    }
    if let Some(like) = text.strip_prefix("zeros like ") {
        return Ok(Init::ZerosLike(place(like)?));
    }
    Err(format!("`{text}` is not a beginning"))
}
