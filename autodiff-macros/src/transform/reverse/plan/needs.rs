//! What the reverse of each statement reads.

use std::collections::BTreeSet;

use super::{Mode, Plan};
use crate::analysis::sites::{BlockId, Site};
use crate::ir::{Arg, By, Init, Mem, Op, Place, Tangent, Val, Zeros};
use crate::rules;
use crate::transform::Unsupported;

impl Plan<'_> {
    /// Asks for all that the reverse of a block reads.
    pub(super) fn collect(&mut self, block: BlockId) {
        let joint = self.joint(block);
        for i in 0..self.sites.block(block).stmts.len() {
            let site = Site { block, stmt: i };
            if self.live_stmt(site) {
                self.collect_stmt(site, joint);
            }
        }
    }

    fn collect_stmt(&mut self, site: Site, joint: bool) {
        let stmt = self.sites.stmt(site);
        match &stmt.op {
            Op::Node { rule, args } => {
                let active = self.act.of(args);
                for (i, &a) in args.iter().enumerate() {
                    if self.live(a) {
                        let reads = rules::partial_reads(*rule, &active, i);
                        for (&read, &v) in reads.args.iter().zip(args) {
                            if read {
                                self.need(v);
                            }
                        }
                        if reads.out {
                            self.need(stmt.out[0]);
                        }
                    }
                }
            }
            Op::Select { cond, .. } => self.need(*cond),
            Op::Load(place) | Op::Store { place, .. } | Op::Accum { place, .. } | Op::Clear(place) => {
                self.need_path(place)
            }
            Op::Alloc { mem, init } => {
                match init {
                    Init::Copy(place) => self.need_path(place),
                    Init::Build(build) => build.made.places().into_iter().for_each(|place| self.need_path(place)),
                    _ => {}
                }
                self.need_shape_of_new(site, *mem, joint);
            }
            Op::AddMem { dst, src } => {
                self.need_path(dst);
                self.need_path(src);
            }
            Op::Swap { a, b } => {
                self.need_path(a);
                self.need_path(b);
            }
            Op::Resize { from, to, .. } => {
                self.need(*from);
                self.need(*to);
            }
            Op::If { cond, .. } => {
                self.need(*cond);
                for b in self.sites.children(site).to_vec() {
                    self.collect(b);
                }
            }
            Op::For(_) => {
                let mode = self.mode(site);
                let body = self.sites.children(site)[0];
                if matches!(mode, Mode::Keep | Mode::Rerun) {
                    for bound in self.bounds(site) {
                        self.need(bound);
                    }
                }
                if mode == Mode::Rerun {
                    for v in self.outer_reads(body) {
                        self.need(v);
                    }
                }
                self.collect(body);
            }
            Op::Call(_) if self.fused_calls.contains(&site) => {}
            Op::Call(call) => {
                let mut scalars: Vec<Val> = Vec::new();
                scalars.extend(call.args.iter().filter_map(|arg| match arg {
                    Arg::Val(v) => Some(*v),
                    Arg::Place { .. } | Arg::Gone => None,
                }));
                scalars.extend(call.form.given().into_iter().filter_map(Tangent::val));
                scalars.into_iter().for_each(|v| self.need(v));
                for m in call.mems() {
                    if self.live_mem(m) {
                        self.need_shape_of_new(site, m, joint);
                    }
                }
                let written: Vec<bool> = (call.args.iter().filter_map(|arg| match arg {
                    Arg::Place { by, .. } => Some(*by == By::Mut),
                    Arg::Val(_) | Arg::Gone => None,
                }))
                .collect();
                for (k, place) in call.places_read().into_iter().enumerate() {
                    self.need_path(place);
                    // What is behind `&mut` is not given again: the callee keeps what it needs.
                    if written.get(k) == Some(&true) {
                        continue;
                    }
                    if !self.stable(place.mem, site) {
                        if joint && place.path.is_empty() {
                            self.snapshots.entry(site).or_default().insert(k);
                        } else {
                            self.overwritten.insert((site, k));
                        }
                    } else if !self.need_mem(place.mem) {
                        self.refuse(site, "the reverse sweep cannot make this argument again: make it before the loop or branch, with its length, \
                             `let mut v = vec![0.0; n];`, and assign its elements there");
                    }
                }
                // Shadows of what a derivative is added to.
                for place in call.form.shadows() {
                    self.need_path(place);
                }
            }
            _ => {}
        }
    }

    /// The reverse sweep needs a shadow of new memory.
    fn need_shape_of_new(&mut self, site: Site, m: Mem, joint: bool) {
        if !joint && !self.need_shape(m) {
            let taken_off = self.inner_sites(site.block).iter().any(|(site, _)| match &self.sites.stmt(*site).op {
                Op::Resize { zeros: Zeros::Last(like), .. } => like.mem == m,
                _ => false,
            });
            let message = match taken_off {
                true => {
                    "not yet supported: taking rows of rows off a vector in a loop or branch; leave them there and count \
                     down: `n -= 1; let rows = &v[n];`"
                }
                false => {
                    "the reverse sweep cannot make an array of this shape again: make it before the loop or branch, with its \
                     length, `let mut v = vec![0.0; n];`, and assign its elements there"
                }
            };
            self.refuse(site, message);
        }
    }

    pub(super) fn refuse(&mut self, site: Site, message: &str) {
        let span = self.sites.stmt(site).span;
        self.errors.push(Unsupported { span, message: message.to_owned() });
    }

    /// The values that statements within `block` read and that are defined outside.
    fn outer_reads(&self, block: BlockId) -> Vec<Val> {
        let mut outer = BTreeSet::new();
        for (site, _) in self.inner_sites(block) {
            outer.extend(self.sites.stmt(site).op.reads());
            for &child in self.sites.children(site) {
                outer.extend(&self.sites.block(child).yields);
            }
        }
        outer.extend(&self.sites.block(block).yields);
        outer.into_iter().filter(|&v| self.sites.def(v).is_some_and(|d| !self.sites.within(d.block(), block))).collect()
    }

    pub(super) fn need_path(&mut self, place: &Place) {
        for access in &place.path {
            for v in access.reads() {
                self.need(v);
            }
        }
    }
}
