//! Macros: arrays, assertions, printing and panics; the arguments of the formatting ones, implicit captures included.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Ident, Token};

use super::expr::Want;
use super::infer::Class;
use super::value::{Frag, Value};
use super::{BOOL, Lower};

/// The macros that we know.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Vec,
    /// `assert!` and the like: so many expressions, then a format string.
    Assert(usize),
    Print,
    Panic,
    Format,
    /// Its arguments are no expressions of ours: `cfg!`, `stringify!`, `line!`.
    Inert,
}

impl Family {
    pub(super) fn of(mac: &syn::Macro) -> Option<Family> {
        let name = mac.path.segments.last()?.ident.to_string();
        Some(match name.as_str() {
            "vec" => Family::Vec,
            "assert" | "debug_assert" => Family::Assert(1),
            "assert_eq" | "assert_ne" | "debug_assert_eq" | "debug_assert_ne" => Family::Assert(2),
            "print" | "println" | "eprint" | "eprintln" => Family::Print,
            "panic" | "unreachable" | "todo" | "unimplemented" => Family::Panic,
            "format" => Family::Format,
            "cfg" | "stringify" | "concat" | "line" | "column" | "file" | "module_path" | "env" | "option_env"
            | "include_str" | "include_bytes" => Family::Inert,
            _ => return None,
        })
    }
}

/// One argument of a macro: an expression, or `name = expression` of a format.
struct Argument {
    name: Option<Ident>,
    expr: syn::Expr,
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Argument> {
        let name = match input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            true => {
                let name = input.parse()?;
                input.parse::<Token![=]>()?;
                Some(name)
            }
            false => None,
        };
        Ok(Argument { name, expr: input.parse()? })
    }
}

/// The arguments of a macro.
pub(super) enum Arguments {
    List(Vec<(Option<Ident>, syn::Expr)>),
    /// `vec![x; n]`.
    Repeat(Box<syn::Expr>, Box<syn::Expr>),
}

pub(super) fn arguments(mac: &syn::Macro) -> syn::Result<Arguments> {
    if Family::of(mac) == Some(Family::Vec)
        && let Some((elem, len)) = vec_repeat(mac)
    {
        return Ok(Arguments::Repeat(Box::new(elem), Box::new(len)));
    }
    let list = Punctuated::<Argument, Token![,]>::parse_terminated.parse2(mac.tokens.clone())?;
    Ok(Arguments::List(list.into_iter().map(|arg| (arg.name, arg.expr)).collect()))
}

/// `matches!(value, pat if guard)` as the `match` that it stands for.
pub(super) fn as_match(mac: &syn::Macro) -> Option<syn::ExprMatch> {
    if mac.path.segments.last()?.ident != "matches" {
        return None;
    }
    let parser = |input: ParseStream<'_>| {
        let value: syn::Expr = input.parse()?;
        input.parse::<Token![,]>()?;
        let pat = syn::Pat::parse_multi_with_leading_vert(input)?;
        let guard: TokenStream = match input.peek(Token![if]) {
            true => {
                let token: Token![if] = input.parse()?;
                let guard: syn::Expr = input.parse()?;
                quote!(#token #guard)
            }
            false => TokenStream::new(),
        };
        input.parse::<Option<Token![,]>>()?;
        syn::parse2::<syn::ExprMatch>(quote!(match #value { #pat #guard => true, _ => false }))
    };
    parser.parse2(mac.tokens.clone()).ok()
}

/// The expressions among the arguments of a macro that is understood.
pub(super) fn expressions(mac: &syn::Macro) -> Vec<syn::Expr> {
    if let Some(choice) = as_match(mac) {
        return vec![syn::Expr::Match(choice)];
    }
    match Family::of(mac).map(|_| arguments(mac)) {
        Some(Ok(Arguments::Repeat(elem, len))) => vec![*elem, *len],
        Some(Ok(Arguments::List(list))) => list.into_iter().map(|(_, expr)| expr).collect(),
        _ => Vec::new(),
    }
}

/// `x` and `n` of `vec![x; n]`.
pub(super) fn vec_repeat(mac: &syn::Macro) -> Option<(syn::Expr, syn::Expr)> {
    let parser = |input: ParseStream<'_>| {
        let elem: syn::Expr = input.parse()?;
        input.parse::<Token![;]>()?;
        let len: syn::Expr = input.parse()?;
        Ok((elem, len))
    };
    parser.parse2(mac.tokens.clone()).ok()
}

impl Arguments {
    pub(super) fn for_each(&mut self, mut visit: impl FnMut(&mut syn::Expr)) {
        match self {
            Arguments::List(list) => list.iter_mut().for_each(|(_, expr)| visit(expr)),
            Arguments::Repeat(elem, len) => {
                visit(elem);
                visit(len);
            }
        }
    }

    /// The names that the format string captures (`{x}`, `{0:width$}`) and that are no named arguments.
    pub(super) fn captures(&self, family: Family) -> Vec<String> {
        let skip = match family {
            Family::Assert(count) => count,
            Family::Print | Family::Panic | Family::Format => 0,
            Family::Vec | Family::Inert => return Vec::new(),
        };
        let Arguments::List(list) = self else {
            return Vec::new();
        };
        let Some((None, syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }))) = list.get(skip) else {
            return Vec::new();
        };
        let mut names = captured(&text.value());
        names.retain(|name| !list.iter().any(|(given, _)| given.as_ref().is_some_and(|given| given == name)));
        names
    }

    /// Turns an implicit capture into a named argument.
    pub(super) fn capture(&mut self, name: &str, value: syn::Expr) {
        if let Arguments::List(list) = self
            && let Ok(name) = syn::parse_str::<Ident>(name)
        {
            list.push((Some(name), value));
        }
    }

    pub(super) fn tokens(&self) -> TokenStream {
        match self {
            Arguments::List(list) => {
                let args = list.iter().map(|(name, expr)| match name {
                    Some(name) => quote!(#name = #expr),
                    None => expr.to_token_stream(),
                });
                quote!(#(#args),*)
            }
            Arguments::Repeat(elem, len) => quote!(#elem; #len),
        }
    }
}

/// The identifiers in the braces of a format string, each once: arguments, widths and precisions.
fn captured(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = rest.get(open + 1..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix('{') {
            rest = after;
            continue;
        }
        let Some(close) = rest.find('}') else {
            break;
        };
        let inside = rest.get(..close).unwrap_or_default();
        rest = rest.get(close + 1..).unwrap_or_default();
        let (argument, spec) = inside.split_once(':').unwrap_or((inside, ""));
        let mut candidates = vec![argument.trim()];
        // `width$` and `.precision$`.
        for piece in spec.split_inclusive('$') {
            if let Some(piece) = piece.strip_suffix('$') {
                let start = piece.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |i| i + 1);
                candidates.push(piece.get(start..).unwrap_or_default());
            }
        }
        for name in candidates {
            let starts = name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
            if starts && !names.iter().any(|n| n == name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

impl Lower<'_> {
    pub(super) fn macro_call(&mut self, mac: &syn::Macro, want: Want, at: &syn::Expr) -> Value {
        if let Some(choice) = as_match(mac) {
            self.means_macro(&mac.path);
            return self.match_expr(&choice, want);
        }
        let Some(family) = Family::of(mac) else {
            return self.unsupported(at, "this macro", "write out what it stands for");
        };
        match family {
            Family::Vec => self.vec_macro(mac, at),
            Family::Assert(_) | Family::Print | Family::Panic => {
                let mut frag = self.pass_through(at);
                frag.pure_ = false;
                // Neither what is checked nor what is printed changes the result: active values may be read.
                self.effect_opaque(frag, at.to_token_stream(), None);
                if family == Family::Panic {
                    self.means_macro(&mac.path);
                    Value::Never
                } else {
                    Value::Unit
                }
            }
            Family::Format | Family::Inert => {
                let mut frag = self.pass_through(at);
                frag.pure_ = true;
                let class = if mac.path.is_ident("cfg") { BOOL } else { Class::Unknown };
                frag.ty = self.fresh_ty(class);
                if want == Want::Nothing { Value::Unit } else { Value::Frag(Frag { ..frag }) }
            }
        }
    }

    fn vec_macro(&mut self, mac: &syn::Macro, at: &syn::Expr) -> Value {
        self.means_macro(&mac.path);
        match arguments(mac) {
            Ok(Arguments::Repeat(elem, len)) => self.repeat(&elem, &len, true),
            Ok(Arguments::List(list)) => {
                let elems = list.into_iter().map(|(_, expr)| expr).collect();
                self.array_literal(elems, true, at)
            }
            Err(error) => {
                self.diag.push(error);
                Value::Poison
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::captured;

    #[test]
    fn implicit_captures() {
        assert_eq!(captured("a {x} {{y}} {} {0} {z:?} {x:>w$.p$} {:.*} {1:_<n$}"), ["x", "z", "w", "p", "n"]);
        assert!(captured("none {{}} } {").is_empty());
    }
}
