//! The arguments of the attribute: `#[differentiate(order = 2, constant(x, y), name = foo_ad, crate = path)]`, and the rules
//! that are given by hand: `partials(df_dx, df_dy)`, or `vjp = p, jvp = q`.

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
    /// `companion(foo = path::foo_ad)`: called functions whose companions have other names.
    pub(crate) companions: Vec<(Ident, syn::Path)>,
    /// `partials(df_dx, df_dy)`, with the key.
    pub(crate) partials: Option<(Ident, Vec<syn::Path>)>,
    /// `vjp = path`, with the key.
    pub(crate) vjp: Option<(Ident, syn::Path)>,
    /// `jvp = path`, with the key.
    pub(crate) jvp: Option<(Ident, syn::Path)>,
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
    Companions(Vec<(Ident, syn::Path)>),
    Partials(Ident, Vec<syn::Path>),
    /// `vjp` or `jvp`.
    Product(Ident, syn::Path),
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
        if key == "partials" {
            let list = Argument::list(&key, input, "the partial derivatives, `partials(df_dx, df_dy)`")?;
            let paths = Punctuated::<syn::Path, Token![,]>::parse_terminated(&list)?;
            return Ok(Argument::Partials(key, paths.into_iter().collect()));
        }
        if key == "companion" {
            let list = Argument::list(&key, input, "companions of other names, `companion(foo = path::foo_ad)`")?;
            let pair = |input: ParseStream<'_>| {
                let name: Ident = input.parse()?;
                input.parse::<Token![=]>()?;
                Ok((name, input.call(syn::Path::parse_mod_style)?))
            };
            let pairs = Punctuated::<(Ident, syn::Path), Token![,]>::parse_terminated_with(&list, pair)?;
            return Ok(Argument::Companions(pairs.into_iter().collect()));
        }
        if key == "vjp" || key == "jvp" {
            input.parse::<Token![=]>()?;
            return Ok(Argument::Product(key, input.parse()?));
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

impl Argument {
    /// What is between the parentheses behind `key`.
    fn list<'a>(key: &Ident, input: ParseStream<'a>, what: &str) -> syn::Result<syn::parse::ParseBuffer<'a>> {
        if !input.peek(token::Paren) {
            return Err(syn::Error::new(key.span(), format!("`{key}` lists {what}")));
        }
        let list;
        parenthesized!(list in input);
        Ok(list)
    }
}

impl Options {
    /// Whether derivatives are given by hand.
    pub(crate) fn has_rules(&self) -> bool {
        self.partials.is_some() || self.vjp.is_some() || self.jvp.is_some()
    }

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
                Argument::Companions(companions) => options.companions.extend(companions),
                Argument::Partials(key, paths) => {
                    if let Some((key, _)) = options.partials.replace((key, paths)) {
                        diag.error(&key, "`partials` is given twice; keep one");
                    }
                }
                Argument::Product(key, path) => {
                    let product = if key == "vjp" { &mut options.vjp } else { &mut options.jvp };
                    if let Some((key, _)) = product.replace((key, path)) {
                        diag.error(&key, format_args!("`{key}` is given twice; keep one"));
                    }
                }
                Argument::Unknown(key) => diag.error(
                    &key,
                    format_args!(
                        "unknown argument `{key}`; known are `order = 2`, `constant(x, y)`, `partials(df_dx, df_dy)`, `vjp = path`, \
                         `jvp = path`, `name = ident`, `companion(foo = path::foo_ad)`, `dump` and `crate = path::to::autodiff_runtime`"
                    ),
                ),
            }
        }
        options
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
    fn rules_by_hand() {
        let (options, messages) =
            parse(quote!(partials(a::dx, dy), vjp = p, jvp = Self::q, companion(f = m::f_ad, g = g_ad)));
        assert!(messages.is_empty(), "{messages:?}");
        assert_eq!(options.partials.map(|(_, paths)| paths.len()), Some(2));
        assert!(options.vjp.is_some_and(|(_, path)| path.is_ident("p")));
        assert!(options.jvp.is_some_and(|(_, path)| path.segments.len() == 2));
        assert_eq!(options.companions.iter().map(|(f, _)| f.to_string()).collect::<Vec<_>>(), ["f", "g"]);
    }

    #[test]
    fn every_mistake_is_named() {
        let (_, messages) = parse(quote!(order = 7, foo(bar, baz), constant(), name = a, name = b, vjp = p, vjp = q));
        assert_eq!(messages.len(), 5, "{messages:?}");
        assert!(messages[0].starts_with("not yet supported: derivatives of a higher order"), "{}", messages[0]);
        assert!(messages[1].contains("unknown argument `foo`; known are"), "{}", messages[1]);
        assert!(messages[2].contains("names no parameter"), "{}", messages[2]);
        assert!(messages[3].contains("given twice"), "{}", messages[3]);
        assert!(messages[4].contains("`vjp` is given twice"), "{}", messages[4]);
    }

    #[test]
    fn bad_syntax_is_an_error_not_a_panic() {
        for tokens in [
            quote!(constant),
            quote!(constant = 3),
            quote!(name),
            quote!(order = x),
            quote!(crate),
            quote!(partials = d),
            quote!(partials(1)),
            quote!(companion = f),
            quote!(companion(f)),
            quote!(vjp(p)),
            quote!(,),
            quote!("text"),
        ] {
            let (_, messages) = parse(tokens.clone());
            assert_eq!(messages.len(), 1, "{tokens}: {messages:?}");
        }
    }
}
