//! Slots of lists: slices and vectors, of any length.
//!
//! Two arguments may be one and the same list, `dot(&x, &x)`. Their shadows are one then, and two `&mut` to it do not exist;
//! a second, zeroed one would cost its length whatever the callee does. So the slot of a list comes in two kinds: `&mut`,
//! which costs nothing, and [`Shared`], which borrows the shadow for each addition. Which one it is, is known at compile
//! time.
//!
//! ```text
//! let mut x_bar = ListSlot::open(&mut x_slot, x.len());
//! add_at(&mut x_bar, i, ..);                                    // adds to an element
//! if let Some(mut x_bar) = x_bar.on() { x_bar[i].w += .. }      // adds to a part of one
//! callee(.., OpenList::pass(&mut x_bar))                        // hands on
//! let both = OpenList::share(&mut x_bar);                       // hands on twice
//! callee(.., both.alias(), both.alias())
//! ```

use alloc::vec::Vec;
use core::cell::{RefCell, RefMut};
use core::convert::Infallible;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::ops::{Add, Deref, DerefMut};

use super::slot::Off;

/// A place for the adjoint of a parameter that is a list of `A`s.
pub trait ListSlot<A> {
    /// The slot within the function that has it.
    type Open<'a>: OpenList<A>
    where
        Self: 'a;

    /// The slot, of whose shadow the first `len` elements are used: both have one length, and the compiler sees it.
    fn opened(&mut self, len: usize) -> Self::Open<'_>;

    /// Opens the slot. None has anything to drop, which rustc cannot see of an associated type: it would follow through the
    /// whole function where the variable is initialized, which takes longer than all else that it does there.
    #[inline(always)]
    fn open(&mut self, len: usize) -> ManuallyDrop<Self::Open<'_>> {
        ManuallyDrop::new(self.opened(len))
    }
}

/// An open slot.
pub trait OpenList<A> {
    /// What is added to.
    type Guard<'g>: DerefMut<Target = [A]>
    where
        Self: 'g;
    /// The slot of a callee.
    type Passed<'p>: ListSlot<A>
    where
        Self: 'p;
    /// What gives several slots of a callee.
    type Both<'p>: Both<A>
    where
        Self: 'p;

    /// The shadow to add to, if there is one.
    fn on(&mut self) -> Option<Self::Guard<'_>>;

    /// The shadow, if nobody else has it.
    fn alone(&mut self) -> Option<&mut [A]>;

    /// The slot of a callee for the same list.
    fn pass(&mut self) -> Self::Passed<'_>;

    /// For several slots of a callee for the same list.
    fn share(&mut self) -> Self::Both<'_>;
}

/// Adds to an element, if there is a shadow. What [`OpenList::on`] gives may have to be dropped; in here, that is nothing to
/// the function that has the slot, which may be long.
#[inline(always)]
pub fn add_at<A: Copy + Add<Output = A>>(list: &mut impl OpenList<A>, index: usize, value: A) {
    if let Some(mut shadow) = list.on() {
        shadow[index] = shadow[index] + value;
    }
}

/// A shadow for several slots.
pub trait Both<A> {
    /// One of the slots.
    type Alias<'q>: ListSlot<A>
    where
        Self: 'q;

    /// One of the slots.
    fn alias(&self) -> Self::Alias<'_>;
}

impl<A, T: OpenList<A>> OpenList<A> for ManuallyDrop<T> {
    type Guard<'g>
        = T::Guard<'g>
    where
        Self: 'g;
    type Passed<'p>
        = T::Passed<'p>
    where
        Self: 'p;
    type Both<'p>
        = T::Both<'p>
    where
        Self: 'p;

    #[inline(always)]
    fn on(&mut self) -> Option<T::Guard<'_>> {
        (**self).on()
    }

    #[inline(always)]
    fn alone(&mut self) -> Option<&mut [A]> {
        (**self).alone()
    }

    #[inline(always)]
    fn pass(&mut self) -> T::Passed<'_> {
        (**self).pass()
    }

    #[inline(always)]
    fn share(&mut self) -> T::Both<'_> {
        (**self).share()
    }
}

macro_rules! exclusive {
    ($([$($generics:tt)*] $slot:ty, $this:ident => $shadow:expr;)+) => { $(
        impl<'s, A $($generics)*> ListSlot<A> for $slot {
            type Open<'a> = Option<&'a mut [A]> where Self: 'a;

            #[inline(always)]
            fn opened(&mut self, len: usize) -> Option<&mut [A]> {
                let $this = self;
                let shadow: Option<&mut [A]> = $shadow;
                shadow.map(|shadow| &mut shadow[..len])
            }
        }
    )+ };
}

exclusive! {
    [] &'s mut [A], this => Some(&mut **this);
    [] &'s mut Vec<A>, this => Some(&mut this[..]);
    [, const N: usize] &'s mut [A; N], this => Some(&mut this[..]);
    [] Option<&'s mut [A]>, this => this.as_deref_mut();
    [] Option<&'s mut Vec<A>>, this => this.as_deref_mut().map(|shadow| &mut shadow[..]);
    [, const N: usize] Option<&'s mut [A; N]>, this => this.as_deref_mut().map(|shadow| &mut shadow[..]);
}

impl<A> OpenList<A> for Option<&mut [A]> {
    type Guard<'g>
        = &'g mut [A]
    where
        Self: 'g;
    type Passed<'p>
        = Option<&'p mut [A]>
    where
        Self: 'p;
    type Both<'p>
        = Sharing<'p, A>
    where
        Self: 'p;

    #[inline(always)]
    fn on(&mut self) -> Option<&mut [A]> {
        self.as_deref_mut()
    }

    #[inline(always)]
    fn alone(&mut self) -> Option<&mut [A]> {
        self.as_deref_mut()
    }

    #[inline(always)]
    fn pass(&mut self) -> Option<&mut [A]> {
        self.as_deref_mut()
    }

    #[inline]
    fn share(&mut self) -> Sharing<'_, A> {
        Sharing(self.as_deref_mut().map(RefCell::new))
    }
}

/// A shadow that several slots of a call share.
#[derive(Debug)]
pub struct Sharing<'x, A>(Option<RefCell<&'x mut [A]>>);

/// Shares a shadow that nobody else has.
#[inline]
pub fn share<A>(shadow: &mut [A]) -> Sharing<'_, A> {
    Sharing(Some(RefCell::new(shadow)))
}

impl<'x, A> Both<A> for Sharing<'x, A> {
    type Alias<'q>
        = Shared<'q, 'x, A>
    where
        Self: 'q;

    #[inline]
    fn alias(&self) -> Shared<'_, 'x, A> {
        Shared(self.0.as_ref())
    }
}

/// One of several slots for one shadow. It borrows the shadow for each addition.
#[derive(Debug)]
pub struct Shared<'s, 'x, A>(Option<&'s RefCell<&'x mut [A]>>);

impl<A> Clone for Shared<'_, '_, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Shared<'_, '_, A> {}

impl<'s, 'x, A> ListSlot<A> for Shared<'s, 'x, A> {
    type Open<'a>
        = Shared<'s, 'x, A>
    where
        Self: 'a;

    #[inline]
    fn opened(&mut self, _: usize) -> Self {
        *self
    }
}

impl<'s, 'x, A> OpenList<A> for Shared<'s, 'x, A> {
    type Guard<'g>
        = RefMut<'g, [A]>
    where
        Self: 'g;
    type Passed<'p>
        = Self
    where
        Self: 'p;
    type Both<'p>
        = Self
    where
        Self: 'p;

    #[inline]
    fn on(&mut self) -> Option<RefMut<'_, [A]>> {
        self.0.map(|cell| RefMut::map(cell.borrow_mut(), |shadow| &mut **shadow))
    }

    fn alone(&mut self) -> Option<&mut [A]> {
        None
    }

    #[inline]
    fn pass(&mut self) -> Self {
        *self
    }

    #[inline]
    fn share(&mut self) -> Self {
        *self
    }
}

impl<'s, 'x, A> Both<A> for Shared<'s, 'x, A> {
    type Alias<'q>
        = Self
    where
        Self: 'q;

    #[inline]
    fn alias(&self) -> Self {
        *self
    }
}

/// What is added to where nothing is: it does not exist.
#[derive(Debug)]
pub struct Nothing<A>(Infallible, PhantomData<A>);

impl<A> Deref for Nothing<A> {
    type Target = [A];

    fn deref(&self) -> &[A] {
        match self.0 {}
    }
}

impl<A> DerefMut for Nothing<A> {
    fn deref_mut(&mut self) -> &mut [A] {
        match self.0 {}
    }
}

impl<A> ListSlot<A> for Off {
    type Open<'a> = Off;

    #[inline(always)]
    fn opened(&mut self, _: usize) -> Off {
        Off
    }
}

impl<A> OpenList<A> for Off {
    type Guard<'g>
        = Nothing<A>
    where
        Self: 'g;
    type Passed<'p> = Off;
    type Both<'p> = Off;

    #[inline(always)]
    fn on(&mut self) -> Option<Nothing<A>> {
        None
    }

    #[inline(always)]
    fn alone(&mut self) -> Option<&mut [A]> {
        None
    }

    #[inline(always)]
    fn pass(&mut self) -> Off {
        Off
    }

    #[inline(always)]
    fn share(&mut self) -> Off {
        Off
    }
}

impl<A> Both<A> for Off {
    type Alias<'q> = Off;

    #[inline(always)]
    fn alias(&self) -> Off {
        Off
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add_to(mut slot: impl ListSlot<f64>) -> bool {
        let mut open = slot.open(1);
        match open.on() {
            Some(mut shadow) => {
                shadow[0] += 1.0;
                true
            }
            None => false,
        }
    }

    /// Adds to both, in turns, and once through a further callee.
    fn add_to_both(mut first: impl ListSlot<f64>, mut second: impl ListSlot<f64>) {
        let (mut first, mut second) = (first.open(2), second.open(2));
        for _ in 0..3 {
            if let Some(mut first) = first.on() {
                first[0] += 1.0;
            }
            if let Some(mut second) = second.on() {
                second[0] += 10.0;
            }
        }
        add_to(first.pass());
        let both = second.share();
        add_to(both.alias());
        add_to(both.alias());
    }

    #[test]
    fn shadows_are_on_and_off_is_off() {
        let (mut array, mut vector) = ([0.0; 2], alloc::vec![1.0]);
        assert!(add_to(&mut array) && add_to(&mut array[..]) && add_to(&mut vector));
        assert_eq!((array, vector[0]), ([2.0, 0.0], 2.0));
        assert!(add_to(Some(&mut array)) && add_to(Some(&mut array[..])) && add_to(Some(&mut vector)));
        assert_eq!((array, vector[0]), ([4.0, 0.0], 3.0));
        assert!(!add_to(None::<&mut [f64]>));
        assert!(!add_to(Off));
    }

    #[test]
    fn a_shadow_is_shared() {
        let mut shadow = [0.0, 5.0];
        let both = share(&mut shadow);
        add_to_both(both.alias(), both.alias());
        assert_eq!(shadow, [36.0, 5.0]);
        let mut open = Some(&mut shadow[..]);
        let both = open.share();
        add_to_both(both.alias(), both.alias());
        add_to_both(Off, both.alias());
        assert_eq!(shadow, [36.0 + 36.0 + 32.0, 5.0]);
        let mut other = [0.0; 2];
        add_to_both(&mut shadow[..], &mut other[..]);
        assert_eq!((shadow[0], other[0]), (104.0 + 4.0, 32.0));
    }
}
