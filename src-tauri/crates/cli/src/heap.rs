//! The heap of the C library. Owns how many arenas it may have; the bench uses this same file, so that it measures
//! what is shipped. Elsewhere than with glibc nothing is set.

/// One arena for all threads: by itself glibc gives each thread one, and a guard of a thousand accounts held twice as
/// much memory. Two held a third more than one. Called first in `main`, before there is a second thread.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "mallopt has no safe face")]
pub(crate) fn settle() {
    // SAFETY: it takes two numbers, and no other thread runs yet. Refused, it changes nothing.
    unsafe { libc::mallopt(libc::M_ARENA_MAX, 1) };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) const fn settle() {}
