//! Where a channel goes that the target layout has no loudspeaker for.
//!
//! A channel whose place exists in the target stays there with a gain of 1. Surrounds go by the number of their pairs: of one pair
//! it does not matter whether it is called side or back. Any other is folded step by step, and what arrives
//! at a missing place is folded again, so that 22.2 to stereo is 22.2 to 5.1 to stereo. `h` is the height gain, -3 dB is
//! `1/sqrt 2`.
//!
//! | from | to |
//! |---|---|
//! | top front, top side, top back, bottom front | what stands below or above, `h` |
//! | top front centre, top back centre | the top pair beside it, -3 dB each; without one, centre or back centre, `h` |
//! | top centre | top front and back pairs, -6 dB each; without them, centre and both surrounds (backs), -6 dB and `h` |
//! | front left of centre | left and centre, -3 dB each |
//! | front wide | left and side (surround), -3 dB each |
//! | back centre | both backs (surrounds), -3 dB each |
//! | two pairs of surrounds to one | sides 1, backs -3 dB; of 22.2: sides to front and surround, -3 dB each, backs 1 |
//! | one pair of surrounds to two | sides |
//! | surround | left, right: the `surround` gain |
//! | centre | left and right: the `centre` gain |
//! | mono programme | centre; without one left and right, -3 dB each |
//! | left, right | mono, -3 dB |
//! | two LFE to one | -3 dB each |
//! | LFE | left and right, the `lfe` gain |
//!
//! Sources: ITU-R BS.775-4 for the last lines; BS.2127-1 for unity of heights; the structure of the 22.2 lines is that of the 5.1
//! downmix of 22.2 broadcasts as published by users of it, in the power-preserving gains (the ARIB text was not read); the
//! two-to-one line is the -3 dB rule of BS.775 applied to 7.1.

use crate::layout::{Layout, Position as P};
use crate::surround::matrix::Matrix;
use core::f64::consts::FRAC_1_SQRT_2;

/// Linear gains of what a person chooses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Levels {
    pub(super) centre: f64,
    pub(super) surround: f64,
    pub(super) height: f64,
    pub(super) lfe: f64,
}

/// A place on the way: a position, or one side of the only pair of surrounds of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    At(P),
    SurroundLeft,
    SurroundRight,
}

/// Positions come first, in the order of their declaration; `Unplaced` is the last.
const NODES: usize = P::Unplaced as usize + 3;

impl Node {
    const fn index(self) -> usize {
        match self {
            Self::At(p) => p as usize,
            Self::SurroundLeft => NODES - 2,
            Self::SurroundRight => NODES - 1,
        }
    }
}

/// In this order nothing flows back.
const ORDER: [Node; 32] = [
    Node::At(P::Lfe2),
    Node::At(P::Lfe),
    Node::At(P::TopCentre),
    Node::At(P::TopFrontCentre),
    Node::At(P::TopBackCentre),
    Node::At(P::TopSideLeft),
    Node::At(P::TopSideRight),
    Node::At(P::TopFrontLeft),
    Node::At(P::TopFrontRight),
    Node::At(P::TopBackLeft),
    Node::At(P::TopBackRight),
    Node::At(P::BottomFrontCentre),
    Node::At(P::BottomFrontLeft),
    Node::At(P::BottomFrontRight),
    Node::At(P::FrontLeftOfCentre),
    Node::At(P::FrontRightOfCentre),
    Node::At(P::FrontWideLeft),
    Node::At(P::FrontWideRight),
    Node::At(P::BackCentre),
    Node::At(P::SideLeft),
    Node::At(P::SideRight),
    Node::At(P::BackLeft),
    Node::At(P::BackRight),
    Node::SurroundLeft,
    Node::SurroundRight,
    Node::At(P::Mono),
    Node::At(P::FrontCentre),
    Node::At(P::FrontLeft),
    Node::At(P::FrontRight),
    // A mono target whose one channel is called centre, or the other way round.
    Node::At(P::FrontCentre),
    Node::At(P::Mono),
    Node::At(P::Unplaced),
];

/// What the two layouts are like.
struct Fold<'a> {
    from: &'a Layout,
    to: &'a Layout,
    levels: &'a Levels,
}

fn has(layout: &Layout, p: P) -> bool {
    layout.positions().contains(&p)
}

fn two_pairs(layout: &Layout) -> bool {
    has(layout, P::SideLeft) && has(layout, P::BackLeft)
}

/// The node of a channel of `layout`: of one pair of surrounds it does not matter whether it is called side or back.
fn node(layout: &Layout, p: P) -> Node {
    match p {
        P::SideLeft | P::BackLeft if !two_pairs(layout) => Node::SurroundLeft,
        P::SideRight | P::BackRight if !two_pairs(layout) => Node::SurroundRight,
        p => Node::At(p),
    }
}

/// At most four places with gains.
type Targets = [Option<(Node, f64)>; 4];

fn one(node: Node, gain: f64) -> Targets {
    [Some((node, gain)), None, None, None]
}

fn both(a: Node, b: Node, gain: f64) -> Targets {
    [Some((a, gain)), Some((b, gain)), None, None]
}

impl Fold<'_> {
    fn to_has(&self, node_: Node) -> bool {
        self.to.positions().iter().any(|p| node(self.to, *p) == node_)
    }

    /// The loudspeaker of two pairs, or the one of the only pair.
    fn pair(&self, of_two: P, only: Node) -> Node {
        if two_pairs(self.from) || two_pairs(self.to) { Node::At(of_two) } else { only }
    }

    fn targets(&self, node: Node) -> Targets {
        let Levels { centre, surround, height, lfe } = *self.levels;
        let (left, right, middle) = (Node::At(P::FrontLeft), Node::At(P::FrontRight), Node::At(P::FrontCentre));
        let (side_left, side_right) =
            (self.pair(P::SideLeft, Node::SurroundLeft), self.pair(P::SideRight, Node::SurroundRight));
        let (back_left, back_right) =
            (self.pair(P::BackLeft, Node::SurroundLeft), self.pair(P::BackRight, Node::SurroundRight));
        // 22.2 has ten loudspeakers at ear height.
        let is_22_2 = two_pairs(self.from) && has(self.from, P::FrontLeftOfCentre) && has(self.from, P::BackCentre);
        let tops = |p| has(self.to, p);
        let side = |front, only, at_front: bool| match (two_pairs(self.to), at_front) {
            (true, _) => [None; 4],
            (_, true) => both(front, only, FRAC_1_SQRT_2),
            _ => one(only, 1.0),
        };
        let back = if is_22_2 { 1.0 } else { FRAC_1_SQRT_2 };
        match node {
            Node::SurroundLeft if two_pairs(self.to) => one(Node::At(P::SideLeft), 1.0),
            Node::SurroundRight if two_pairs(self.to) => one(Node::At(P::SideRight), 1.0),
            Node::SurroundLeft => one(left, surround),
            Node::SurroundRight => one(right, surround),
            Node::At(p) => match p {
                P::Lfe2 => one(Node::At(P::Lfe), if has(self.from, P::Lfe) { FRAC_1_SQRT_2 } else { 1.0 }),
                P::Lfe => both(left, right, lfe),
                P::TopCentre if tops(P::TopFrontLeft) && tops(P::TopBackLeft) => {
                    [P::TopFrontLeft, P::TopFrontRight, P::TopBackLeft, P::TopBackRight]
                        .map(|p| Some((Node::At(p), 0.5)))
                }
                P::TopCentre => {
                    let gain = Some(0.5 * height);
                    let [a, b, c] = [middle, back_left, back_right].map(|n| gain.map(|g| (n, g)));
                    [a, b, c, None]
                }
                P::TopFrontCentre if tops(P::TopFrontLeft) => {
                    both(Node::At(P::TopFrontLeft), Node::At(P::TopFrontRight), FRAC_1_SQRT_2)
                }
                P::TopFrontCentre | P::BottomFrontCentre => one(middle, height),
                P::TopBackCentre if tops(P::TopBackLeft) => {
                    both(Node::At(P::TopBackLeft), Node::At(P::TopBackRight), FRAC_1_SQRT_2)
                }
                P::TopBackCentre => one(Node::At(P::BackCentre), height),
                P::TopSideLeft => one(side_left, height),
                P::TopSideRight => one(side_right, height),
                P::TopFrontLeft | P::BottomFrontLeft => one(left, height),
                P::TopFrontRight | P::BottomFrontRight => one(right, height),
                P::TopBackLeft => one(back_left, height),
                P::TopBackRight => one(back_right, height),
                P::FrontLeftOfCentre => both(left, middle, FRAC_1_SQRT_2),
                P::FrontRightOfCentre => both(right, middle, FRAC_1_SQRT_2),
                P::FrontWideLeft => both(left, side_left, FRAC_1_SQRT_2),
                P::FrontWideRight => both(right, side_right, FRAC_1_SQRT_2),
                P::BackCentre => both(back_left, back_right, FRAC_1_SQRT_2),
                P::SideLeft => side(left, Node::SurroundLeft, is_22_2),
                P::SideRight => side(right, Node::SurroundRight, is_22_2),
                P::BackLeft => one(Node::SurroundLeft, back),
                P::BackRight => one(Node::SurroundRight, back),
                P::Mono if self.to_has(middle) => one(middle, 1.0),
                P::Mono => both(left, right, FRAC_1_SQRT_2),
                P::FrontCentre => both(left, right, centre),
                P::FrontLeft | P::FrontRight if self.to_has(Node::At(P::Mono)) => one(Node::At(P::Mono), FRAC_1_SQRT_2),
                P::FrontLeft | P::FrontRight => one(middle, FRAC_1_SQRT_2),
                _ => [None; 4],
            },
        }
    }
}

/// All gains from one layout to another.
pub(super) fn fold(from: &Layout, to: &Layout, levels: &Levels) -> Matrix {
    let rules = Fold { from, to, levels };
    let mut matrix = Matrix::SILENT;
    for (input, position) in from.positions().iter().enumerate() {
        let mut here = [0.0; NODES];
        let two_lfe = *position == P::Lfe && has(from, P::Lfe2) && !has(to, P::Lfe2);
        here[node(from, *position).index()] = if two_lfe { FRAC_1_SQRT_2 } else { 1.0 };
        for step in ORDER {
            let gain = here[step.index()];
            if gain == 0.0 || rules.to_has(step) {
                continue;
            }
            here[step.index()] = 0.0;
            for (target, share) in rules.targets(step).into_iter().flatten() {
                here[target.index()] += gain * share;
            }
        }
        for (output, place) in to.positions().iter().enumerate() {
            let first = to.positions().iter().position(|p| p == place) == Some(output);
            if first && *place != P::Unplaced {
                matrix.set(output, input, here[node(to, *place).index()]);
            }
        }
    }
    matrix
}
