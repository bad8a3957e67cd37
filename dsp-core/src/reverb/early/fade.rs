//! A pattern of echoes that becomes another one: both are heard for a while.

use crate::ramp::Ramp;
use crate::sample::Sample;
use crate::units::Frames;

/// Two patterns and how much of the second is heard. A third one that comes before the second is all there waits.
#[derive(Debug, Clone)]
pub(super) struct Fade<P, S> {
    from: P,
    to: P,
    share: Ramp<S>,
    next: Option<(P, Frames)>,
}

impl<P: Copy + PartialEq, S: Sample> Fade<P, S> {
    pub(super) fn new(pattern: P) -> Self {
        Self { from: pattern, to: pattern, share: Ramp::smooth(S::ONE), next: None }
    }

    /// Moves to `pattern` over `over` frames (0: at once), behind a move that is under way.
    pub(super) fn tune(&mut self, pattern: P, over: Frames) {
        self.next = None;
        if over == Frames::ZERO {
            *self = Self::new(pattern);
        } else if pattern != self.to {
            if self.share.moving() {
                self.next = Some((pattern, over));
            } else {
                self.begin(pattern, over);
            }
        }
    }

    fn begin(&mut self, pattern: P, over: Frames) {
        (self.from, self.to, self.share) = (self.to, pattern, Ramp::smooth(S::ZERO));
        self.share.tune(S::ONE, over);
    }

    /// The pattern that is going, while it is.
    pub(super) fn leaving(&self) -> Option<&P> {
        self.share.moving().then_some(&self.from)
    }

    /// The pattern that is there or comes.
    pub(super) fn coming(&self) -> &P {
        &self.to
    }

    /// All patterns that are or will be heard.
    pub(super) fn all(&self) -> impl Iterator<Item = &P> {
        [Some(&self.from), Some(&self.to), self.next.as_ref().map(|n| &n.0)].into_iter().flatten()
    }

    /// How much of the coming pattern is heard at `offset` frames from now.
    #[inline(always)]
    pub(super) fn share(&self, offset: usize) -> S {
        self.share.now(offset)
    }

    /// Most frames until the patterns change.
    pub(super) fn piece(&self, most: usize) -> usize {
        if self.share.moving() { most.min(self.share.left()) } else { most }
    }

    /// Moves on by no more than [`Fade::piece`] frames.
    pub(super) fn advance(&mut self, frames: usize) {
        let moved = self.share.moving();
        self.share.advance(frames);
        if moved && !self.share.moving() {
            self.from = self.to;
            if let Some((pattern, over)) = self.next.take() {
                self.begin(pattern, over);
            }
        }
    }

    pub(super) fn finish(&mut self) {
        *self = Self::new(self.next.map_or(self.to, |n| n.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_pattern_waits_for_the_second() {
        let mut fade = Fade::<i32, f64>::new(1);
        fade.tune(2, Frames(4));
        fade.advance(2);
        assert_eq!((fade.leaving(), *fade.coming(), fade.share(0)), (Some(&1), 2, 0.5));
        fade.tune(3, Frames(6));
        assert_eq!((*fade.coming(), fade.piece(64), fade.all().max()), (2, 2, Some(&3)));
        fade.advance(2);
        assert_eq!((fade.leaving(), *fade.coming(), fade.share(0), fade.piece(64)), (Some(&2), 3, 0.0, 6));
        fade.tune(2, Frames(6));
        fade.tune(3, Frames(6));
        fade.finish();
        assert_eq!((fade.leaving(), *fade.coming(), fade.share(9)), (None, 3, 1.0));
        fade.tune(1, Frames(6));
        fade.tune(2, Frames::ZERO);
        assert_eq!((fade.leaving(), *fade.coming(), fade.all().min()), (None, 2, Some(&2)));
    }
}
