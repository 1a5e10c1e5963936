//! What the vocabulary promises, one sentence a test. One binary, so that the crate is linked once.

#[cfg(test)]
mod flows;
#[cfg(test)]
mod humans;
#[cfg(test)]
mod names;
#[cfg(test)]
mod quantity;
#[cfg(test)]
mod readings;
#[cfg(test)]
mod times;
#[cfg(test)]
mod windows;
