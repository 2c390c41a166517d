//! Derivatives that are given by hand, and what they ask of the signature.

use super::{ByHand, Shape, SigParam, SigRet, text};
use crate::diag::Diag;
use crate::options::Options;

/// The derivatives by hand, if the attribute gives some. Mistakes are reported.
pub(super) fn read(
    options: &Options,
    item: &syn::ItemFn,
    params: &[SigParam],
    ret: &SigRet,
    diag: &mut Diag,
) -> Option<ByHand> {
    match (&options.partials, &options.vjp, &options.jvp) {
        (None, None, None) => None,
        (Some((key, _)), Some((other, _)), _) | (Some((key, _)), None, Some((other, _))) => {
            diag.error(
                key,
                format_args!("`partials` and `{other}` both give the derivatives: keep `partials`, or `vjp` and `jvp`"),
            );
            None
        }
        (Some((key, paths)), None, None) => {
            let active: Vec<&SigParam> = params.iter().filter(|param| param.active).collect();
            let is_float = |param: &&SigParam| matches!(param.shape, Shape::Scalar(_)) && !param.by_mut;
            let instead = "give `vjp = p, jvp = q`, with the signatures of `vjp_into` and `jvp`";
            if let Some(param) = active.iter().find(|param| !is_float(param)) {
                diag.error(
                    &param.ty,
                    format_args!("`partials` are those of floats, and `{}` is none: {instead}", param.ident),
                );
            } else if ret.tuple || !ret.parts.iter().all(|part| part.float().is_some()) {
                diag.error(
                    &ret.ty,
                    format_args!("`partials` are those of one float, and this is `{}`: {instead}", text(&ret.ty)),
                );
            } else if paths.len() != active.len() {
                let names: Vec<String> = active.iter().map(|param| format!("`{}`", param.ident)).collect();
                let plural = if paths.len() == 1 { "" } else { "s" };
                diag.error(
                    key,
                    format_args!(
                        "`partials` names {} function{plural}, and the active parameters of `{}` are {}: name one for each, in \
                         their order",
                        paths.len(),
                        item.sig.ident,
                        names.join(", "),
                    ),
                );
            }
            Some(ByHand::Partials(paths.clone()))
        }
        (None, Some((key, vjp)), Some((_, jvp))) => {
            if options.order.is_some_and(|order| order > 2) {
                diag.unsupported(
                    key,
                    "orders above 2 of a function with `vjp` and `jvp`",
                    "give `partials`, or `order = 2`",
                );
            }
            Some(ByHand::Products { vjp: vjp.clone(), jvp: jvp.clone() })
        }
        (None, Some((key, _)), None) => {
            diag.error(key, "`vjp` without `jvp`: forward mode needs its rule too, `jvp = path`");
            None
        }
        (None, None, Some((key, _))) => {
            diag.error(key, "`jvp` without `vjp`: reverse mode needs its rule too, `vjp = path`");
            None
        }
    }
}
