//! What rustdoc says of a companion: each function with what it returns, in the types of the function at hand.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;

use super::hessian::is_opaque;
use super::signature::{Kind, is_dynamic};
use crate::ir::{Float, Ty};
use crate::signature::{Shape, Signature};

/// The companion type.
pub(super) fn companion(sig: &Signature) -> TokenStream {
    let (f, link) = (&sig.ident, link(sig));
    let mut text = format!("The derivatives of [`{f}`]({link}).\n\n| parameter | gradient | shadow |\n|---|---|---|\n");
    for p in &sig.params {
        let (name, ty) = (&p.ident, source(&p.ty));
        if p.by_mut {
            text += &format!("| `{name}: {ty}` | written | `&mut {}` |\n", shadow(&p.shape));
        } else if p.active {
            let g = gradient(&p.shape);
            text += &format!("| `{name}: {ty}` | `{g}` | `&mut {}` |\n", shadow(&p.shape));
        } else {
            text += &format!("| `{name}: {ty}` | constant | |\n");
        }
    }
    lines(&text)
}

/// One of its functions.
pub(super) fn function(kind: Kind, sig: &Signature) -> TokenStream {
    let (f, link) = (&sig.ident, link(sig));
    let y = source(&sig.ret.ty);
    let active: Vec<String> = sig.params.iter().filter(|p| p.active).map(|p| p.ident.unraw().to_string()).collect();
    let parts: Vec<String> = sig.params.iter().filter(|p| p.active).map(|p| gradient(&p.shape)).collect();
    let g = match parts.as_slice() {
        [one] => one.clone(),
        parts => format!("({})", parts.join(", ")),
    };
    let with_respect_to = list(&active);
    let bars = list(&active.iter().map(|name| format!("{name}_bar")).collect::<Vec<_>>());
    let dots = list(&active.iter().map(|name| format!("{name}_dot")).collect::<Vec<_>>());
    let dot = float_parts(sig);
    let mut text = match kind {
        Kind::ValueAndGrad => format!(
            "Returns the value of [`{f}`]({link}) and its gradient with respect to {with_respect_to}, from one fused pass: `({y}, {g})`."
        ),
        Kind::Grad => format!("Returns the gradient of [`{f}`]({link}) with respect to {with_respect_to}: `{g}`."),
        Kind::GradInto => format!(
            "Returns the value of [`{f}`]({link}), `{y}`, and adds its gradient with respect to {with_respect_to} to {bars}."
        ),
        Kind::Vjp => format!(
            "Returns the value of [`{f}`]({link}) and `seedᵀ · J`, with the Jacobian `J` with respect to {with_respect_to}: `({y}, {g})`."
        ),
        Kind::VjpInto => format!(
            "Returns the value of [`{f}`]({link}), `{y}`, and adds `seedᵀ · J`, with the Jacobian `J` with respect to {with_respect_to}, to {bars}."
        ),
        Kind::Pullback => format!(
            "Returns the value of [`{f}`]({link}), `{y}`, and a closure that takes the seed, `{dot}`, the adjoint of the value, to `seedᵀ · J`, with the Jacobian `J` with respect to {with_respect_to}: `{g}`.\n\n{}",
            if Kind::HiddenForward.exists(sig) {
                "The forward sweep is made now, the reverse sweep where the closure is called."
            } else {
                "The value is computed now, and again with the reverse sweep where the closure is called."
            }
        ),
        Kind::Jvp => format!(
            "Returns the value of [`{f}`]({link}) and its derivative along the tangents {dots}, `J · tangent`: `({y}, {dot})`."
        ),
        Kind::Jacobian if sig.writes() => format!(
            "Returns the Jacobian of [`{f}`]({link}) with respect to {with_respect_to}, with the initial values of what is behind `&mut`: the result, if there is one, and each `&mut` parameter at the end, with the gradient, `{g}`, in the place of every float.\n\nThe arguments end with the function's output. It costs one forward sweep for each number in {with_respect_to}, or one reverse sweep for each number in the result and behind `&mut`, whichever are fewer."
        ),
        Kind::Jacobian => format!(
            "Returns the Jacobian of [`{f}`]({link}) with respect to {with_respect_to}: the result, `{y}`, with the gradient, `{g}`, in the place of every float.\n\nIt costs one forward sweep for each number in {with_respect_to}, or one reverse sweep for each number in the result, whichever are fewer."
        ),
        Kind::Hvp => format!(
            "Returns the Hessian of [`{f}`](fn@{f}) with respect to {with_respect_to} times the directions {dots}: `{g}`."
        ),
        Kind::HvpInto => format!(
            "Adds the Hessian of [`{f}`](fn@{f}) with respect to {with_respect_to} times the directions {dots} to {bars}."
        ),
        Kind::Hessian => format!(
            "Returns the Hessian of [`{f}`](fn@{f}) with respect to {with_respect_to}, {}: `{}`.\n\nIt costs one Hessian-vector product a row.",
            hessian_is(sig),
            hessian(sig, &g)
        ),
        Kind::ValueGradHessian => format!(
            "Returns the value of [`{f}`](fn@{f}), its gradient and its Hessian with respect to {with_respect_to}, {}: `({y}, {g}, {})`.",
            hessian_is(sig),
            hessian(sig, &g)
        ),
        _ => format!(
            "Evaluates [`{f}`]({link}) and returns the evaluation trace: every step with its type, parents, value and adjoint."
        ),
    };
    if matches!(kind, Kind::Vjp | Kind::VjpInto) && !sig.ret.is_unit() {
        text += &format!("\n\nThe seed, `{dot}`, is the adjoint of the value.");
    }
    let written: Vec<String> = sig.params.iter().filter(|p| p.by_mut).map(|p| p.ident.unraw().to_string()).collect();
    if !written.is_empty() {
        let (suffix, what) = match kind {
            Kind::Jvp => ("dot", "the tangent of the initial value, and on return that of the final value"),
            _ => ("bar", "the cotangent of the final value, and on return that of the initial value"),
        };
        let marks = list(&written.iter().map(|name| format!("{name}_{suffix}")).collect::<Vec<_>>());
        text += &format!("\n\n{} ends as [`{f}`]({link}) leaves it; {marks} holds on entry {what}.", list(&written));
    }
    let takes_shapes = matches!(kind, Kind::GradInto | Kind::VjpInto | Kind::Jvp | Kind::Hvp | Kind::HvpInto);
    if takes_shapes && sig.params.iter().any(|p| p.active && is_dynamic(&p.shape)) {
        let what = match kind {
            Kind::Jvp => "tangent",
            Kind::Hvp => "direction",
            Kind::HvpInto => "direction or shadow",
            _ => "shadow",
        };
        text += &format!("\n\n# Panics\n\nWhen the shape of a {what} is not that of its parameter.");
    }
    if !matches!(kind, Kind::Trace) || !sig.ret.tuple {
        return lines(&text);
    }
    lines(&format!("{text} The adjoints are those of the first float of the result."))
}

/// What the user's function is linked as.
fn link(sig: &Signature) -> String {
    let f = &sig.ident;
    if sig.owner.is_some() { format!("Self::{f}") } else { format!("fn@{f}") }
}

/// One `#[doc]` attribute a line, as `///` gives.
fn lines(text: &str) -> TokenStream {
    let lines = text.trim_end().lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// `` `a`, `b` and `c` ``.
fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn float_parts(sig: &Signature) -> String {
    let parts: Vec<String> = (sig.ret.parts.iter().enumerate())
        .map(|(j, &ty)| match sig.ret.shape(j) {
            Some(shape) => gradient(shape),
            None if ty.float().is_some() => scalar(ty),
            None => "()".into(),
        })
        .collect();
    match (sig.ret.tuple, parts.as_slice()) {
        (false, parts) => parts.concat(),
        (true, [one]) => format!("({one},)"),
        (true, parts) => format!("({})", parts.join(", ")),
    }
}

fn scalar(ty: Ty) -> String {
    match ty {
        Ty::Float(Float::F32) => "f32".into(),
        Ty::Float(Float::F64) => "f64".into(),
        Ty::Float(Float::Param(name)) => name.into(),
        ty => source(super::expr::ty_tokens(ty)).rsplit("::").next().unwrap_or_default().to_string(),
    }
}

fn gradient(shape: &Shape) -> String {
    match shape {
        Shape::Scalar(ty) => scalar(*ty),
        Shape::Array(inner, len) => format!("[{}; {}]", gradient(inner), source(&**len)),
        Shape::Slice(inner) | Shape::Vec(inner) => format!("Vec<{}>", gradient(inner)),
        Shape::Tuple(parts) => format!("({})", parts.iter().map(gradient).collect::<Vec<_>>().join(", ")),
        Shape::Named(ty) => source(&**ty),
    }
}

fn shadow(shape: &Shape) -> String {
    match shape {
        Shape::Slice(inner) | Shape::Vec(inner) => format!("[{}]", gradient(inner)),
        shape => gradient(shape),
    }
}

/// How the Hessian is to be read.
fn hessian_is(sig: &Signature) -> &'static str {
    if is_flat(sig) { "rows in flat order" } else { "the gradient with every float replaced by a gradient" }
}

fn is_flat(sig: &Signature) -> bool {
    sig.params.iter().any(|p| p.active && is_opaque(&p.shape))
}

fn hessian(sig: &Signature, g: &str) -> String {
    if is_flat(sig) {
        let float = sig.float().map_or("f64".into(), |float| scalar(Ty::Float(float)));
        return format!("Vec<Vec<{float}>>");
    }
    let parts: Vec<String> = sig.params.iter().filter(|p| p.active).map(|p| replaced(&p.shape, g)).collect();
    match parts.as_slice() {
        [one] => one.clone(),
        parts => format!("({})", parts.join(", ")),
    }
}

/// The gradient of a shape with every float replaced by `g`.
fn replaced(shape: &Shape, g: &str) -> String {
    match shape {
        Shape::Scalar(_) | Shape::Named(_) => g.into(),
        Shape::Array(inner, len) => format!("[{}; {}]", replaced(inner, g), source(&**len)),
        Shape::Slice(inner) | Shape::Vec(inner) => format!("Vec<{}>", replaced(inner, g)),
        Shape::Tuple(parts) => format!("({})", parts.iter().map(|p| replaced(p, g)).collect::<Vec<_>>().join(", ")),
    }
}

/// Tokens of a type or an expression as a person writes them.
fn source(tokens: impl quote::ToTokens) -> String {
    crate::dump::inline(tokens.to_token_stream())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_read_as_written() {
        let print = |text: &str| {
            let ty: syn::Type = syn::parse_str(text).expect("a type");
            assert_eq!(source(&ty), text);
        };
        print("&'a [[f64; 3]]");
        print("Vec<(f64, f32)>");
        print("&model::Params<f64, 3>");
        print("[f64; N + 1]");
        print("&mut [Vec<f64>]");
    }
}
