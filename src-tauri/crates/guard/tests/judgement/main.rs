//! What a guard promises, one sentence a test. One binary, so that the crate is linked once.

#[cfg(test)]
mod actions;
#[cfg(test)]
mod admission;
#[cfg(test)]
mod belts;
#[cfg(test)]
mod blindness;
#[cfg(test)]
mod boundaries;
#[cfg(test)]
mod burning;
#[cfg(test)]
mod clearance;
#[cfg(test)]
mod common;
#[cfg(test)]
mod doubts;
#[cfg(test)]
mod ladder;
#[cfg(test)]
mod limit;
#[cfg(test)]
mod marks;
#[cfg(test)]
mod pace;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod quotas;
#[cfg(test)]
mod replaying;
#[cfg(test)]
mod returns;
#[cfg(test)]
mod review;
#[cfg(test)]
mod specs;
#[cfg(test)]
mod stored;
