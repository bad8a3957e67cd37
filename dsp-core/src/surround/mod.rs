//! More than two loudspeakers, or two ears.
