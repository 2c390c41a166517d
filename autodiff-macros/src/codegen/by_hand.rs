//! The hidden functions of a function whose products are given by hand: `#[differentiate(vjp = p, jvp = q)]`.
//!
//! `p` has the signature of `vjp_into` and `q` that of `jvp`, so that this is a matter of passing on: a slot that is off
//! becomes a zero shadow that is dropped, a tangent that is not given a zero one. The tangent of `p` itself, for the second
//! order, is that of a differentiated function which writes to its shadows.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;

use super::expr::{double, from_number, number, ty_tokens};
use super::names::Names;
use super::signature::{Base, Interface, Kind, Signed, shadow};
use crate::ir::Ty;
use crate::signature::{Shape, SigParam};

/// Arguments that stand for slots or tangents, with what comes before the call and after it.
#[derive(Default)]
struct Passed {
    before: TokenStream,
    args: Vec<TokenStream>,
    after: TokenStream,
}

impl Interface<'_> {
    /// A hidden function from the rules `vjp` and `jvp`.
    pub(super) fn by_hand(&self, kind: Kind, (vjp, jvp): (&syn::Path, &syn::Path), signed: &Signed) -> TokenStream {
        let mut names = signed.names.clone();
        names.reserve(quote!(#vjp #jvp));
        let body = match kind {
            Kind::HiddenForward | Kind::HiddenReverse | Kind::Dotted(Base::Forward | Base::Reverse, _) => {
                return self.run_again(kind, signed);
            }
            Kind::HiddenVjp => self.vjp_by_hand(vjp, signed, &mut names),
            Kind::HiddenJvp => {
                let (args, Passed { before, args: dots, .. }) =
                    (&signed.args, self.public_tangents(signed, &mut names));
                quote!(#before #jvp(#(#args,)* #(#dots),*))
            }
            Kind::HiddenTrace => return self.one_step(&quote!(#vjp), signed),
            Kind::Dotted(Base::Jvp, _) => self.jvp_dot_by_hand(jvp, signed, &mut names),
            _ => self.vjp_dot_by_hand(kind, vjp, signed, &mut names),
        };
        self.witnessed(signed, body)
    }

    fn vjp_by_hand(&self, vjp: &syn::Path, signed: &Signed, names: &mut Names) -> TokenStream {
        let Passed { before, args: bars, after } = self.lent(signed, signed.slots(0), names);
        let (args, seed) = (&signed.args, self.public_seed(signed.seed(0), signed));
        let y = names.fresh("y", self.sig.ident.span());
        quote! {
            #before
            let #y = #vjp(#(#args,)* #seed #(#bars),*);
            #after
            #y
        }
    }

    /// The forward derivative of the rule, which is a differentiated function.
    fn vjp_dot_by_hand(&self, kind: Kind, vjp: &syn::Path, signed: &Signed, names: &mut Names) -> TokenStream {
        let rt = &self.rt;
        let bars = self.lent(signed, signed.slots(0), names);
        let bar_dots = self.lent(signed, signed.slots(1), names);
        let (seed, seed_dot) = if kind == Kind::HiddenHvp {
            let one = self.sig.ret.parts.first().map(|ty| number(1.0, *ty, rt));
            (quote!(#one,), quote!(#rt::Off,))
        } else {
            let dot = self.public_seed(signed.seed(1), signed);
            (self.public_seed(signed.seed(0), signed), if self.sig.ret.tuple { quote!(&#dot) } else { dot })
        };
        let (args, dots) = (&signed.args, signed.tangents(1).iter().map(|(_, dot)| dot));
        // In the Hessian-vector product, the adjoints themselves go nowhere.
        let bars = if signed.slots(0).is_empty() { self.no_shadows(signed, names) } else { bars };
        let (before, after) = (&bars.before, &bars.after);
        let (before_dots, after_dots) = (&bar_dots.before, &bar_dots.after);
        let (bars, bar_dots) = (&bars.args, &bar_dots.args);
        let (derivative, called) = self.jvp_of_rule(vjp);
        let y = names.fresh("y", self.sig.ident.span());
        let value = (kind != Kind::HiddenHvp).then(|| quote!(#y));
        quote! {
            #before
            #before_dots
            let #y = #derivative(#called #(#args,)* #seed #(#bars,)* #(#dots,)* #seed_dot #(#bar_dots),*);
            #after
            #after_dots
            #value
        }
    }

    /// The tangent of a tangent: the forward derivative of the rule, which is a differentiated function of the arguments and
    /// the tangents in the first direction.
    fn jvp_dot_by_hand(&self, jvp: &syn::Path, signed: &Signed, names: &mut Names) -> TokenStream {
        let Passed { before, args: dots, .. } = self.public_tangents(signed, names);
        let (derivative, called) = self.jvp_of_rule(jvp);
        let second = signed.tangents(2).iter().map(|(_, dot)| dot);
        let mixed = signed.tangents(3).iter().filter(|(i, _)| self.sig.params[*i].active).map(|(_, dot)| dot);
        let (args, span) = (&signed.args, self.sig.ident.span());
        let [y, y1, y2, y12] = ["y", "y_dot", "y_dot", "y_dot"].map(|hint| names.fresh(hint, span));
        quote! {
            #before
            let ((#y, #y1), (#y2, #y12)) = #derivative(#called #(#args,)* #(#dots,)* #(#second,)* #(#mixed),*);
            (#y, #y1, #y2, #y12)
        }
    }

    /// The forward derivative of a rule, and what it takes first.
    fn jvp_of_rule(&self, rule: &syn::Path) -> (TokenStream, TokenStream) {
        match (&self.sig.owner, rule.segments.last()) {
            (Some(_), Some(last)) => {
                let mut path = rule.clone();
                if let Some(segment) = path.segments.last_mut() {
                    segment.ident = Ident::new(&super::signature::sibling(&last.ident, "__jvp"), last.ident.span());
                }
                (quote!(#path), TokenStream::new())
            }
            _ => (quote!(#rule::__jvp), quote!(#rule,)),
        }
    }

    /// The trace of a function that is one step, by a function with the signature of its `vjp_into`.
    pub(super) fn one_step(&self, vjp: &TokenStream, signed: &Signed) -> TokenStream {
        let (mut names, rt) = (signed.names.clone(), &self.rt);
        names.reserve(vjp.clone());
        let body = if self.sig.ret.has_memory() || self.sig.writes() {
            let name = self.sig.ident.unraw().to_string();
            quote!(#rt::no_trace(#name))
        } else {
            self.trace_by_hand(vjp, signed, &mut names)
        };
        self.witnessed(signed, body)
    }

    /// One step a float of the result, whose parents are all floats of the arguments.
    fn trace_by_hand(&self, vjp: &TokenStream, signed: &Signed, names: &mut Names) -> TokenStream {
        let (rt, f, args) = (&self.rt, self.original(), self.cloned(signed));
        let Some(recorder) = &signed.recorder else { return TokenStream::new() };
        let span = self.sig.ident.span();
        let [y, parents] = ["y", "parents"].map(|hint| names.fresh(hint, span));
        let written: Vec<String> = self.sig.params.iter().map(|p| p.ident.unraw().to_string()).collect();
        let template = format!("{}({})", self.sig.ident.unraw(), written.join(", "));
        let float = |j: usize| self.sig.ret.parts[j].float().is_some();
        let ids = (0..self.sig.ret.parts.len()).map(|j| {
            if !float(j) {
                return quote!(());
            }
            let seeds: Vec<TokenStream> = (self.sig.ret.parts.iter().enumerate())
                .map(|(k, ty)| if float(k) { number(f64::from(u8::from(j == k)), *ty, rt) } else { quote!(()) })
                .collect();
            let (seed, mut names) = (self.tuple(&seeds), names.clone());
            let Passed { before, args: bars, .. } = self.no_shadows(signed, &mut names);
            let active = self.sig.params.iter().zip(&signed.args).enumerate().filter(|(_, (p, _))| p.active);
            let add = active.zip(&bars).map(|((i, (p, arg)), bar)| {
                let id = &signed.tangents(1)[i].1;
                let value = if p.by_ref { quote!(#arg) } else { quote!(&#arg) };
                let shadow = shadow(&p.shape, rt);
                quote!(#parents.add::<_, #shadow>(#value, &#id, &*#bar);)
            });
            let (k, ty) = (proc_macro2::Literal::usize_unsuffixed(j), self.sig.ret.parts[j]);
            let part = if self.sig.ret.tuple { quote!(#y.#k) } else { quote!(#y) };
            let value = double(part, ty, rt);
            let id = from_number(quote!(#parents.record(#recorder, #template, #value)), ty, rt);
            quote! {{
                #before
                #vjp(#(#args,)* #seed, #(&mut *#bars),*);
                let mut #parents = #rt::Parents::new();
                #(#add)*
                #id
            }}
        });
        let ids: Vec<TokenStream> = ids.collect();
        let ids = self.tuple(&ids);
        quote! {
            let #y = #f(#(#args),*);
            (#y, #ids)
        }
    }

    /// The seed as the rule takes it, with a comma.
    fn public_seed(&self, seed: Option<&Ident>, signed: &Signed) -> TokenStream {
        let (Some(seed), rt) = (seed.filter(|_| !self.sig.ret.is_unit()), &self.rt) else {
            return TokenStream::new();
        };
        let args = self.cloned(signed);
        let original = self.original();
        let owned = |seed: TokenStream, part: TokenStream| quote!(#rt::seed(&#seed, || #rt::zeros(&#original(#(#args),*) #part)));
        if !self.sig.ret.tuple {
            if self.sig.ret.has_memory() {
                let seed = owned(quote!(#seed), TokenStream::new());
                return quote!(#seed,);
            }
            return quote!(#seed,);
        }
        let parts: Vec<TokenStream> = (self.sig.ret.parts.iter().enumerate())
            .map(|(j, ty)| {
                let memory = self.sig.ret.shape(j).is_some();
                let j = proc_macro2::Literal::usize_unsuffixed(j);
                match ty.float() {
                    _ if memory => owned(quote!(#seed.#j), quote!(.#j)),
                    Some(_) => quote!(#rt::or_zero(#seed.#j)),
                    None => quote!(()),
                }
            })
            .collect();
        let parts = self.tuple(&parts);
        quote!(#parts,)
    }

    /// A shadow for each active parameter: what is in its slot, or one of its own.
    fn lent(&self, signed: &Signed, slots: &[(usize, Ident)], names: &mut Names) -> Passed {
        let rt = &self.rt;
        let mut passed = Passed::default();
        for (i, slot) in slots {
            let (p, arg) = (&self.sig.params[*i], &signed.args[*i]);
            if !p.active {
                continue;
            }
            if p.by_mut {
                passed.args.push(quote!(#slot));
                continue;
            }
            let mut local = |hint: &str| names.fresh(&format!("{}_{hint}", p.ident), p.ident.span());
            let bar = local("bar");
            if let Shape::Scalar(ty) = p.shape {
                let (zero, ty, on) = (number(0.0, ty, rt), ty_tokens(ty), local("on"));
                passed.before.extend(quote!(let mut #bar: #ty = #zero;));
                passed.args.push(quote!(&mut #bar));
                passed.after.extend(quote! {
                    if let ::core::option::Option::Some(#on) = #rt::Slot::on(&mut #slot) { *#on += #bar; }
                });
                continue;
            }
            let (absent, on, ty) = (local("absent"), local("on"), shadow(&p.shape, rt));
            let own = self.own_shadow(p, arg);
            if !matches!(p.shape, Shape::Slice(_) | Shape::Vec(_)) {
                passed.before.extend(quote! {
                    let mut #absent = ::core::option::Option::None;
                    let #bar: &mut #ty = match #rt::Slot::on(&mut #slot) {
                        ::core::option::Option::Some(#on) => #on,
                        ::core::option::Option::None => #absent.insert(#own),
                    };
                });
                passed.args.push(quote!(#bar));
                continue;
            }
            // One that is shared with others is not lent to the rule.
            let open = local("open");
            passed.before.extend(quote! {
                let mut #open = #rt::ListSlot::open(&mut #slot, #arg.len());
                let mut #absent = ::core::option::Option::None;
                let #bar: &mut #ty = match #rt::OpenList::alone(&mut #open) {
                    ::core::option::Option::Some(#on) => #on,
                    ::core::option::Option::None => &mut #absent.insert(#own)[..],
                };
            });
            passed.after.extend(quote! {
                if let (::core::option::Option::Some(#absent), ::core::option::Option::Some(mut #on)) =
                    (&#absent, #rt::OpenList::on(&mut #open))
                {
                    #rt::add_assign(&mut *#on, &#absent[..]);
                }
            });
            passed.args.push(quote!(#bar));
        }
        passed
    }

    /// A new shadow for each active parameter.
    fn no_shadows(&self, signed: &Signed, names: &mut Names) -> Passed {
        let mut passed = Passed::default();
        for (p, arg) in self.sig.params.iter().zip(&signed.args).filter(|(p, _)| p.active) {
            let [own, bar] = ["own", "bar"].map(|hint| names.fresh(&format!("{}_{hint}", p.ident), p.ident.span()));
            let (zero, ty) = (self.own_shadow(p, arg), shadow(&p.shape, &self.rt));
            passed.before.extend(quote! {
                let mut #own = #zero;
                let #bar: &mut #ty = &mut #own;
            });
            passed.args.push(quote!(#bar));
        }
        passed
    }

    fn own_shadow(&self, p: &SigParam, arg: &Ident) -> TokenStream {
        match &p.shape {
            Shape::Scalar(Ty::Float(_)) if p.by_ref => number(0.0, self.scalar(p), &self.rt),
            _ => self.zero(p, arg),
        }
    }

    fn scalar(&self, p: &SigParam) -> Ty {
        match p.shape {
            Shape::Scalar(ty) => ty,
            _ => Ty::Opaque,
        }
    }

    /// The tangents as the rule takes them: as the arguments are.
    fn public_tangents(&self, signed: &Signed, names: &mut Names) -> Passed {
        let rt = &self.rt;
        let mut passed = Passed::default();
        for (i, dot) in signed.tangents(1) {
            let p = &self.sig.params[*i];
            if !p.active {
                continue;
            }
            if p.by_mut {
                passed.args.push(quote!(#dot));
                continue;
            }
            if let Shape::Scalar(ty) = p.shape {
                let ty = ty_tokens(ty);
                passed.args.push(quote!(#rt::or_zero::<#ty, _>(#dot)));
                continue;
            }
            passed.before.extend(self.tangent(*i, dot, false, signed, names));
            passed.args.push(match (&p.shape, p.by_ref) {
                (Shape::Vec(_), true) => quote!(&#rt::ToOwned::to_owned(#dot)),
                (_, true) => quote!(#dot),
                (_, false) => quote!(#rt::ToOwned::to_owned(#dot)),
            });
        }
        passed
    }
}
