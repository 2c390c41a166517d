//! The fence: the catalogue of what is outside the language, with what to write instead.
//!
//! Each construct is refused where the lowering meets it, with the words of this module; attributes, which change what is
//! compiled and which the lowering does not look at, are refused here for the whole function.

use syn::visit::{self, Visit};

use crate::diag::Diag;

/// Refuses every attribute in the parameters and in the body that could mean something: dropping one would change the
/// meaning. `#[constant]` on a parameter is ours; lint levels and documentation change nothing.
pub(crate) fn attributes(item: &syn::ItemFn, diag: &mut Diag) {
    let mut visitor = Attributes { diag, in_params: true };
    for input in &item.sig.inputs {
        visitor.visit_fn_arg(input);
    }
    visitor.in_params = false;
    visitor.visit_block(&item.block);
}

struct Attributes<'d> {
    diag: &'d mut Diag,
    in_params: bool,
}

impl<'ast> Visit<'ast> for Attributes<'_> {
    fn visit_attribute(&mut self, attr: &'ast syn::Attribute) {
        let path = attr.path();
        let harmless = ["allow", "warn", "expect", "deny", "forbid", "doc"].iter().any(|name| path.is_ident(name));
        let constant = path.is_ident("constant");
        if harmless || (constant && self.in_params) {
            return;
        }
        if constant {
            self.diag
                .error(attr, "`#[constant]` belongs on a parameter; a local variable is active where its value is");
        } else {
            self.diag.unsupported(
                attr,
                "attributes inside a differentiated function",
                "put it on the whole function, or write the choice as `if cfg!(..) { .. } else { .. }`",
            );
        }
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        // Refused as a whole, or passed through as it is.
        if !matches!(item, syn::Item::Fn(_) | syn::Item::Mod(_) | syn::Item::Impl(_)) {
            visit::visit_item(self, item);
        }
    }
}

/// What a refused expression is, and what to write instead. `None`: the lowering has better words, or accepts it.
pub(crate) fn expression(expr: &syn::Expr) -> Option<(&'static str, &'static str)> {
    Some(match expr {
        syn::Expr::Async(_) | syn::Expr::Await(_) => ("`async` code", "compute what is awaited outside and pass it in"),
        syn::Expr::Closure(_) => ("closures", "write a function with `#[differentiate]` and call it"),
        syn::Expr::Let(_) => ("`let` inside a condition", "write it as an `if let` of its own"),
        syn::Expr::Try(_) => ("`?`", "unwrap the value outside and pass it in"),
        syn::Expr::TryBlock(_) | syn::Expr::Yield(_) | syn::Expr::Verbatim(_) => {
            ("this expression", "write it with the arithmetic, loops and branches of stable Rust")
        }
        syn::Expr::Unsafe(_) => ("`unsafe` blocks", "write safe code: the derivatives are safe code"),
        syn::Expr::Const(_) => ("`const` blocks", "write a `const` item outside the function"),
        syn::Expr::RawAddr(_) => ("raw pointers", "write safe code: the derivatives are safe code"),
        _ => return None,
    })
}

/// What to write instead of a method that is no primitive, where the receiver or an argument is active.
pub(crate) fn method(name: &str) -> String {
    let instead = match name {
        "iter" | "into_iter" | "iter_mut" | "zip" | "map" | "sum" | "fold" | "enumerate" | "chunks" | "windows"
        | "rev" | "product" | "filter" | "chunks_exact" | "copied" | "cloned" => {
            "write a loop over the indices: `let mut s = 0.0; for i in 0..x.len() { s += x[i]; }`"
        }
        "push_back" | "push_front" | "pop_front" | "pop_back" => {
            "keep a `Vec`: `v.push(x)`, and `v.remove(0)` takes its first element"
        }
        "try_fold" | "try_for_each" => "write a `for` loop that is left by `break` or `return`",
        "partition" | "group_by" | "chunk_by" | "split" | "rsplit" | "rchunks" => {
            "write a loop that keeps the positions where the parts begin and end"
        }
        "by_ref" => "take the elements with `while let Some(v) = it.next()`",
        "max_by_key" | "min_by_key" => "compare the numbers themselves: `max_by(|a, b| a.total_cmp(b))`",
        "push" | "insert" | "extend" | "resize" | "truncate" | "clear" => {
            "make the vector with its length, `vec![0.0; n]`, and assign its elements: `v[i] = x;`"
        }
        "pop" => "write `v.pop().unwrap()`",
        "first" | "last" | "get" => {
            "keep the number itself, unwrap it, `x.last().unwrap()`, or index the element: `x[i]`"
        }
        "into" | "try_into" => "write a cast: `x as f64`",
        "to_bits" => "write a comparison, or a function with `#[differentiate]`",
        "unwrap" | "expect" | "ok" => "keep the number itself, or index the element: `x[i]`",
        "swap" | "fill" | "copy_from_slice" | "clone_from_slice" | "reverse" => {
            "write a loop that assigns the elements"
        }
        "sort_unstable_by" | "sort_by_key" | "sort_by_cached_key" | "select_nth_unstable_by" => {
            "sort a copy by a comparison: `v.sort_by(|a, b| a.total_cmp(b));`"
        }
        "drain" => "hand the elements out by value, `for v in x`, or copy and clear: `let old = x.clone(); x.clear();`",
        "pow" => "write `x.powi(n)` for floats",
        _ => {
            "write it with the known functions, or as a `#[differentiate]`d function `f(x)` that is called by its name"
        }
    };
    format!("not yet supported: the derivative of the method `{name}`; {instead}")
}
