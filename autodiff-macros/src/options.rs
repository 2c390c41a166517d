//! The arguments of the attribute: `#[differentiate(order = 2, constant(x, y), name = foo_ad, crate = path)]`.

use proc_macro2::{Ident, TokenStream};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Token, parenthesized, token};

use crate::diag::Diag;

/// What the attribute asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// `constant(x, y)`: parameters without derivatives, as `#[constant]` on each says too.
    pub(crate) constants: Vec<Ident>,
    /// `name = foo_ad`: the companion's name.
    pub(crate) name: Option<Ident>,
    /// `crate = path`: where the runtime is.
    pub(crate) runtime: Option<syn::Path>,
    /// `dump`: the generated code is printed.
    pub(crate) dump: bool,
    /// `order = 2`: the derivatives wanted; 1 where nothing is said.
    pub(crate) order: Option<usize>,
}

/// The highest order that is made: the code doubles with every order at least.
const MOST: usize = 6;

/// One argument, its key kept for messages.
enum Argument {
    Constants(Ident, Vec<Ident>),
    Name(Ident, Ident),
    Crate(Token![crate], syn::Path),
    Dump,
    Order(Ident, syn::LitInt),
    Unknown(Ident),
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Argument> {
        if input.peek(Token![crate]) {
            let key = input.parse()?;
            input.parse::<Token![=]>()?;
            return Ok(Argument::Crate(key, input.call(syn::Path::parse_mod_style)?));
        }
        let key: Ident = input.call(syn::ext::IdentExt::parse_any)?;
        if key == "constant" {
            if !input.peek(token::Paren) {
                return Err(syn::Error::new(
                    key.span(),
                    "`constant` lists the parameters without derivatives: write `constant(x, y)`",
                ));
            }
            let list;
            parenthesized!(list in input);
            // `self` is a keyword.
            let names = Punctuated::<Ident, Token![,]>::parse_terminated_with(&list, syn::ext::IdentExt::parse_any)?;
            return Ok(Argument::Constants(key, names.into_iter().collect()));
        }
        if key == "name" {
            input.parse::<Token![=]>()?;
            return Ok(Argument::Name(key, input.parse()?));
        }
        if key == "order" {
            input.parse::<Token![=]>()?;
            return Ok(Argument::Order(key, input.parse()?));
        }
        if key == "dump" && (input.is_empty() || input.peek(Token![,])) {
            return Ok(Argument::Dump);
        }
        // Skipped to the next comma, so that what follows is read too.
        while !input.is_empty() && !input.peek(Token![,]) {
            input.parse::<proc_macro2::TokenTree>()?;
        }
        Ok(Argument::Unknown(key))
    }
}

impl Options {
    /// Reads the tokens between the parentheses of `#[differentiate(..)]`.
    pub(crate) fn parse(tokens: TokenStream, diag: &mut Diag) -> Options {
        let mut options = Options::default();
        let arguments = match Punctuated::<Argument, Token![,]>::parse_terminated.parse2(tokens) {
            Ok(arguments) => arguments,
            Err(error) => {
                diag.push(error);
                return options;
            }
        };
        for argument in arguments {
            match argument {
                Argument::Constants(key, names) => {
                    if names.is_empty() {
                        diag.error(&key, "`constant(..)` names no parameter: write `constant(x, y)`, or leave it out");
                    }
                    options.constants.extend(names);
                }
                Argument::Name(key, name) => {
                    if options.name.replace(name).is_some() {
                        diag.error(&key, "`name` is given twice; keep one");
                    }
                }
                Argument::Crate(key, path) => {
                    if options.runtime.replace(path).is_some() {
                        diag.error(key, "`crate` is given twice; keep one");
                    }
                }
                Argument::Dump => options.dump = true,
                Argument::Order(key, number) => {
                    let order = match number.base10_parse::<usize>() {
                        Ok(order @ 1..=MOST) => order,
                        Ok(0) => {
                            diag.error(&number, "`order` is 1 (gradients), 2 (Hessians too) or more");
                            continue;
                        }
                        _ => {
                            diag.error(
                                &number,
                                format_args!("not yet supported: derivatives of a higher order than {MOST}"),
                            );
                            continue;
                        }
                    };
                    if options.order.replace(order).is_some() {
                        diag.error(&key, "`order` is given twice; keep one");
                    }
                }
                Argument::Unknown(key) => diag.error(&key, unknown(&key.to_string())),
            }
        }
        options
    }
}

/// What to say of an argument that this version does not know.
fn unknown(key: &str) -> String {
    match key {
        "partials" | "vjp" | "jvp" => {
            format!(
                "not yet supported: derivatives given by hand (`{key}`); write the function out of differentiable steps"
            )
        }
        "companion" => {
            "not yet supported: `companion`; rename with `use path::f as g;` where the callee is called, or call a \
             function whose companion has its own name"
                .into()
        }
        _ => format!(
            "unknown argument `{key}`; known are `order = 2`, `constant(x, y)`, `name = ident`, `dump` and `crate = path::to::autodiff_runtime`"
        ),
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn parse(tokens: TokenStream) -> (Options, Vec<String>) {
        let mut diag = Diag::new();
        let options = Options::parse(tokens, &mut diag);
        let messages = diag.finish().err().map(|e| e.into_iter().map(|e| e.to_string()).collect()).unwrap_or_default();
        (options, messages)
    }

    #[test]
    fn all_known_arguments() {
        let (options, messages) = parse(quote!(constant(x, y), crate = ::renamed::runtime, order = 2, name = f_ad,));
        assert!(messages.is_empty(), "{messages:?}");
        assert_eq!(options.constants.iter().map(|i| i.to_string()).collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!(options.name.map(|i| i.to_string()).as_deref(), Some("f_ad"));
        let path = options.runtime.expect("given");
        assert_eq!(quote!(#path).to_string(), ":: renamed :: runtime");
        assert_eq!(options.order, Some(2));
    }

    #[test]
    fn every_mistake_is_named() {
        let (_, messages) = parse(quote!(order = 7, foo(bar, baz), constant(), name = a, name = b, partials(d)));
        assert_eq!(messages.len(), 5, "{messages:?}");
        assert!(messages[0].starts_with("not yet supported: derivatives of a higher order"), "{}", messages[0]);
        assert!(messages[1].contains("unknown argument `foo`; known are"), "{}", messages[1]);
        assert!(messages[2].contains("names no parameter"), "{}", messages[2]);
        assert!(messages[3].contains("given twice"), "{}", messages[3]);
        assert!(messages[4].contains("derivatives given by hand"), "{}", messages[4]);
    }

    #[test]
    fn bad_syntax_is_an_error_not_a_panic() {
        for tokens in [
            quote!(constant),
            quote!(constant = 3),
            quote!(name),
            quote!(order = x),
            quote!(crate),
            quote!(,),
            quote!("text"),
        ] {
            let (_, messages) = parse(tokens.clone());
            assert_eq!(messages.len(), 1, "{tokens}: {messages:?}");
        }
    }
}
