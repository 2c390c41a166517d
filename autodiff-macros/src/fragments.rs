//! What `macro_rules` has put into a function as statements, as what it is.
//!
//! A `$body:block` or `$first:stmt` arrives in a group without delimiters. syn takes that for an expression, so that it would
//! need a semicolon where rustc asks for none, and could not be a `let`: the function would not parse. What is an operand
//! stays in its group, or `$a * $b` of two sums would become another product.

use proc_macro2::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree};

/// The tokens with every block and statement that stands for itself outside of its group.
pub(crate) fn open_statements(tokens: TokenStream) -> TokenStream {
    opened(tokens, false)
}

fn opened(tokens: TokenStream, in_braces: bool) -> TokenStream {
    let mut tokens = tokens.into_iter().peekable();
    let mut all = TokenStream::new();
    // Whether a statement may start here.
    let mut starts = in_braces;
    while let Some(token) = tokens.next() {
        let next = tokens.peek();
        let TokenTree::Group(group) = token else {
            starts = in_braces && is_semicolon(&token);
            all.extend([token]);
            continue;
        };
        let is_block = block_of(&group).is_some();
        let mut inside = Group::new(group.delimiter(), opened(group.stream(), group.delimiter() == Delimiter::Brace));
        inside.set_span(group.span());
        match block_of(&inside) {
            Some(block) if !continues(next) => all.extend([block]),
            None if group.delimiter() == Delimiter::None && starts && ends_statement(next) => {
                let ended = inside.stream().into_iter().last().is_none_or(|last| is_semicolon(&last));
                all.extend(inside.stream());
                if !ended && !next.is_some_and(is_semicolon) {
                    all.extend([TokenTree::Punct(Punct::new(';', Spacing::Alone))]);
                }
            }
            _ => all.extend([TokenTree::Group(inside)]),
        }
        starts = in_braces && (is_block || matches!(group.delimiter(), Delimiter::Brace | Delimiter::None));
    }
    all
}

/// The one block of a group without delimiters.
fn block_of(group: &Group) -> Option<TokenTree> {
    let mut tokens = group.stream().into_iter();
    match (group.delimiter(), tokens.next(), tokens.next()) {
        (Delimiter::None, Some(TokenTree::Group(block)), None) if block.delimiter() == Delimiter::Brace => {
            Some(TokenTree::Group(block))
        }
        _ => None,
    }
}

fn is_semicolon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(mark) if mark.as_char() == ';')
}

/// Whether an expression may go on with this token.
fn continues(token: Option<&TokenTree>) -> bool {
    match token {
        None | Some(TokenTree::Literal(_)) => false,
        Some(TokenTree::Ident(word)) => word == "as",
        Some(TokenTree::Punct(mark)) => mark.as_char() != '#',
        // An index or a call.
        Some(TokenTree::Group(group)) => matches!(group.delimiter(), Delimiter::Bracket | Delimiter::Parenthesis),
    }
}

/// Whether what is in front of this token is a statement, which neither an operator, a method, nor the end of a block shows.
fn ends_statement(token: Option<&TokenTree>) -> bool {
    match token {
        Some(TokenTree::Ident(word)) => word != "as" && word != "else",
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::None,
        Some(token) => is_semicolon(token),
        None => false,
    }
}
