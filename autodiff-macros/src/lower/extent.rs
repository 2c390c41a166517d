//! Where a piece of the user's code begins and ends.
//!
//! A message underlines an expression from its first token to its last; these two are noted of every step in case that
//! there is something to say about it. To print the expression and to look at the ends, as `syn::spanned` does, would print
//! every expression as often as it is deep.

use proc_macro2::{Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned as _;

/// The first and the last token of a piece of code. As tokens, it is something in both places, for messages.
#[derive(Copy, Clone, Debug)]
pub(super) struct Extent {
    pub(super) first: Span,
    last: Span,
}

impl Extent {
    pub(super) fn of(expr: &syn::Expr) -> Extent {
        Extent { first: first(expr), last: last(expr) }
    }

    pub(super) fn of_binary(binary: &syn::ExprBinary) -> Extent {
        Extent { first: first(&binary.left), last: last(&binary.right) }
    }

    pub(super) fn of_method_call(call: &syn::ExprMethodCall) -> Extent {
        Extent { first: first(&call.receiver), last: call.paren_token.span.join() }
    }

    pub(super) fn of_if(branch: &syn::ExprIf) -> Extent {
        Extent { first: branch.if_token.span, last: last_of_if(branch) }
    }

    pub(super) fn of_stmts(stmts: &[syn::Stmt]) -> Extent {
        match stmts {
            [] => Extent { first: Span::call_site(), last: Span::call_site() },
            [first, .., last] => Extent { first: first.span(), last: Extent::of_tokens(last).last },
            [only] => Extent::of_tokens(only),
        }
    }

    /// Of code that is seldom met, or short.
    pub(super) fn of_tokens(tokens: impl ToTokens) -> Extent {
        let mut spans = tokens.into_token_stream().into_iter().map(|token| token.span());
        let first = spans.next().unwrap_or_else(Span::call_site);
        Extent { first, last: spans.last().unwrap_or(first) }
    }
}

impl ToTokens for Extent {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend([self.first, self.last].map(|span| {
            let mut token = Punct::new(';', Spacing::Alone);
            token.set_span(span);
            TokenTree::from(token)
        }));
    }
}

/// The first token of an expression.
pub(super) fn first(expr: &syn::Expr) -> Span {
    use syn::Expr;
    match expr {
        Expr::Path(syn::ExprPath { attrs, qself: None, path }) if attrs.is_empty() => match path.leading_colon {
            None => path.segments.first().map_or_else(|| expr.span(), |segment| segment.ident.span()),
            Some(colons) => colons.spans[0],
        },
        Expr::Lit(lit) if lit.attrs.is_empty() => lit.lit.span(),
        Expr::Binary(binary) if binary.attrs.is_empty() => first(&binary.left),
        Expr::Assign(assign) if assign.attrs.is_empty() => first(&assign.left),
        Expr::MethodCall(call) if call.attrs.is_empty() => first(&call.receiver),
        Expr::Call(call) if call.attrs.is_empty() => first(&call.func),
        Expr::Index(index) if index.attrs.is_empty() => first(&index.expr),
        Expr::Field(field) if field.attrs.is_empty() => first(&field.base),
        Expr::Cast(cast) if cast.attrs.is_empty() => first(&cast.expr),
        Expr::Paren(paren) if paren.attrs.is_empty() => paren.paren_token.span.join(),
        Expr::Unary(syn::ExprUnary { attrs, op: syn::UnOp::Neg(minus), .. }) if attrs.is_empty() => minus.spans[0],
        Expr::Reference(reference) if reference.attrs.is_empty() => reference.and_token.spans[0],
        Expr::If(branch) if branch.attrs.is_empty() => branch.if_token.span,
        Expr::ForLoop(syn::ExprForLoop { attrs, label: None, for_token, .. }) if attrs.is_empty() => for_token.span,
        _ => expr.span(),
    }
}

/// The last token of an expression.
fn last(expr: &syn::Expr) -> Span {
    use syn::Expr;
    match expr {
        Expr::Path(syn::ExprPath { qself: None, path, .. }) => match path.segments.last() {
            Some(syn::PathSegment { ident, arguments: syn::PathArguments::None }) => ident.span(),
            _ => Extent::of_tokens(expr).last,
        },
        Expr::Lit(lit) => lit.lit.span(),
        Expr::Binary(binary) => last(&binary.right),
        Expr::Assign(assign) => last(&assign.right),
        Expr::Unary(unary) => last(&unary.expr),
        Expr::Reference(reference) => last(&reference.expr),
        Expr::MethodCall(call) => call.paren_token.span.join(),
        Expr::Call(call) => call.paren_token.span.join(),
        Expr::Index(index) => index.bracket_token.span.join(),
        Expr::Paren(paren) => paren.paren_token.span.join(),
        Expr::If(branch) => last_of_if(branch),
        Expr::Block(block) => block.block.brace_token.span.join(),
        Expr::ForLoop(for_loop) => for_loop.body.brace_token.span.join(),
        _ => Extent::of_tokens(expr).last,
    }
}

fn last_of_if(branch: &syn::ExprIf) -> Span {
    match &branch.else_branch {
        Some((_, els)) => last(els),
        None => branch.then_branch.brace_token.span.join(),
    }
}
