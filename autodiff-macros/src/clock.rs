//! How long expansions take, for those who wonder what their compiler waits for.
//!
//! `AUTODIFF_TIME=1 cargo check` prints a line per function: `AUTODIFF_TIME: loss 3.141 ms`. What the compiler then
//! does with the generated code is not in it.

use std::time::Instant;

use proc_macro2::{TokenStream, TokenTree};

/// Expands `item`, and prints how long that took if the environment asks for it.
pub(crate) fn timed(item: TokenStream, expand: impl FnOnce(TokenStream) -> TokenStream) -> TokenStream {
    if std::env::var_os("AUTODIFF_TIME").is_none() {
        return expand(item);
    }
    let name = name(item.clone());
    let start = Instant::now();
    let expanded = expand(item);
    eprintln!("AUTODIFF_TIME: {name} {:.3} ms", start.elapsed().as_secs_f64() * 1e3);
    expanded
}

/// What stands behind `fn`; of other items, the first word.
fn name(item: TokenStream) -> String {
    let words: Vec<String> = item
        .into_iter()
        .filter_map(|token| match token {
            TokenTree::Ident(ident) => Some(ident.to_string()),
            _ => None,
        })
        .collect();
    let behind_fn = words.iter().skip_while(|word| *word != "fn").nth(1);
    behind_fn.or(words.first()).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn functions_go_by_their_names() {
        assert_eq!(
            name(quote!(
                #[inline]
                pub(crate) const fn f(fn_: f64) -> f64 {
                    x
                }
            )),
            "f"
        );
        assert_eq!(name(quote!(impl Model { fn loss() {} })), "impl");
        assert_eq!(name(quote!()), "");
    }

    #[test]
    fn what_is_expanded_comes_back() {
        assert_eq!(timed(quote!(a), |item| quote!(#item b)).to_string(), "a b");
    }
}
