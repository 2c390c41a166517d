//! Expressions that are never evaluated, for their types.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::body::Body;
use super::expr::{member, ty_tokens};
use super::opaque::substituted;
use crate::ir::{Access, Like, Place};

impl Body<'_> {
    /// An expression of the type, by value.
    pub(super) fn like(&self, like: &Like) -> TokenStream {
        let rt = &self.rt;
        match like {
            Like::Any => quote!(#rt::never()),
            Like::Scalar(ty) => {
                let ty = ty_tokens(*ty);
                quote!(#rt::never::<#ty>())
            }
            Like::Param(_) | Like::Part(..) => {
                let place = self.like_place(like);
                quote!(#rt::ToOwned::to_owned(&#place))
            }
            Like::Ref(of, true) => {
                let of = self.like(of);
                quote!(&mut #of)
            }
            Like::Ref(of, false) => {
                let place = self.like_place(of);
                quote!(&#place)
            }
            Like::Filled(ty, dims) => {
                let ty = ty_tokens(*ty);
                dims.iter().rev().fold(quote!(#rt::never::<#ty>()), |inner, dim| match dim {
                    Some(len) => quote!([#inner; #len]),
                    None => quote!(#rt::vec![#inner; 0]),
                })
            }
            Like::Built(expr, binds) => substituted(quote!(#expr), &|name| {
                let (_, like) = binds.iter().find(|(placeholder, _)| placeholder == name)?;
                Some(self.like(like))
            }),
            Like::Call { path, method, args, part } => {
                let args: Vec<TokenStream> = args.iter().map(|arg| self.like(arg)).collect();
                let part = part.map(|part| {
                    let part = Literal::usize_unsuffixed(part);
                    quote!(.#part)
                });
                let of =
                    if *method { super::method::applied(&quote!(#path), &args) } else { quote!(#path(#(#args),*)) };
                quote!(#of #part)
            }
        }
    }

    /// The same, as a place to borrow.
    fn like_place(&self, like: &Like) -> TokenStream {
        match like {
            Like::Param(m) => {
                let place = self.place(&Place::whole(*m));
                quote!(#place)
            }
            Like::Part(of, place) => {
                let mut tokens = self.like_place(of);
                for access in &place.path {
                    tokens.extend(match access {
                        Access::Index(_) | Access::Const(_) => quote!([0]),
                        Access::Range { .. } => quote!([..]),
                        Access::Field(name) => {
                            let name = member(name);
                            quote!(.#name)
                        }
                    });
                }
                tokens
            }
            like => self.like(like),
        }
    }
}
