//! The layer itself: the one place here that holds `SQLite`'s pointers.
//!
//! A file of ours begins with [`Layer`]; the file of the system's own layer follows in the same allocation, which `SQLite`
//! makes as long as [`register`] asks for. Every function asks the switches first and then calls the function of the
//! system's layer of the same name.
#![expect(
    unsafe_code,
    reason = "SQLite calls its file layer through C pointers, and there is no safe door to write one"
)]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rusqlite::ffi;

use crate::disk::lock;
use crate::switches::{Call, Switches, Verdict};
use crate::unsynced::Piece;

/// What a registered layer knows; lives until the process ends.
struct Below {
    system: *mut ffi::sqlite3_vfs,
    switches: Arc<Mutex<Switches>>,
}

/// The beginning of each open file.
#[repr(C)]
struct Layer {
    base: ffi::sqlite3_file,
    /// Made by [`open`], taken back by [`close`].
    ours: *mut Ours,
}

/// What we know of an open file.
struct Ours {
    switches: Arc<Mutex<Switches>>,
    /// `None` for a file without a name, which no crash leaves behind.
    path: Option<PathBuf>,
}

/// The functions of a file. The third version would map it into memory past the switches.
static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock_file),
    xUnlock: Some(unlock_file),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// Makes a disk known to `SQLite` by its name.
pub(crate) fn register(name: CString, switches: Arc<Mutex<Switches>>) -> io::Result<()> {
    // SAFETY: SQLite is initialised by this call, and answers with a layer that lives until the process ends.
    let system = unsafe {
        ffi::sqlite3_initialize();
        ffi::sqlite3_vfs_find(std::ptr::null())
    };
    // SAFETY: checked for null; a registered layer is never changed.
    let Some(found) = (unsafe { system.as_ref() }) else {
        return Err(io::Error::other("SQLite has no layer of the system"));
    };
    let ours = c_int::try_from(size_of::<Layer>()).map_err(io::Error::other)?;
    let below = Box::leak(Box::new(Below { system, switches }));
    // The rest of the functions ignore the layer they are asked through, so the system's own stand here.
    let layer = Box::leak(Box::new(ffi::sqlite3_vfs {
        iVersion: 1,
        szOsFile: ours.saturating_add(found.szOsFile),
        pNext: std::ptr::null_mut(),
        zName: name.into_raw(),
        pAppData: std::ptr::from_mut(below).cast(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xDlOpen: None,
        xDlError: None,
        xDlSym: None,
        xDlClose: None,
        ..*found
    }));
    // SAFETY: the layer, its name and what it knows are leaked on purpose: they live until the process ends.
    match unsafe { ffi::sqlite3_vfs_register(layer, 0) } {
        ffi::SQLITE_OK => Ok(()),
        code => Err(io::Error::other(format!("SQLite refused the layer: {code}"))),
    }
}

/// What the layer knows that `SQLite` asks.
///
/// SAFETY of the caller: `vfs` is one that [`register`] made.
unsafe fn below<'a>(vfs: *mut ffi::sqlite3_vfs) -> &'a Below {
    // SAFETY: by the caller's promise `pAppData` is the `Below` that was leaked for it.
    unsafe { &*(*vfs).pAppData.cast::<Below>() }
}

/// What we know of a file.
///
/// SAFETY of the caller: `file` was opened by [`open`] and is not closed.
unsafe fn ours<'a>(file: *mut ffi::sqlite3_file) -> &'a Ours {
    // SAFETY: `open` put a boxed `Ours` there before it gave the file its methods.
    unsafe { &*(*file.cast::<Layer>()).ours }
}

/// The system's file behind ours.
///
/// SAFETY of the caller: `file` points to an allocation of the length that [`register`] asked for.
unsafe fn behind(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: the allocation goes on behind `Layer`, whose size is a multiple of a pointer's alignment.
    unsafe { file.cast::<Layer>().add(1).cast() }
}

/// Calls a function of the system's layer on the file behind ours; an error code where it has none.
macro_rules! system {
    ($file:expr, $function:ident, $none:expr $(, $argument:expr)*) => {{
        // SAFETY: SQLite hands over a file that `open` opened, so that the one behind it is open and has its methods.
        unsafe {
            let behind = behind($file);
            match (*behind).pMethods.as_ref().and_then(|methods| methods.$function) {
                Some(function) => function(behind $(, $argument)*),
                None => $none,
            }
        }
    }};
}

/// Asks the switches what becomes of a call on a file.
fn meet(file: *mut ffi::sqlite3_file, call: Call) -> Verdict {
    // SAFETY: SQLite calls the methods of a file between its opening and its closing only.
    lock(&unsafe { ours(file) }.switches).meet(call)
}

/// A path as `SQLite` hands it over; `None` for a file without a name.
fn path_of(name: *const c_char) -> Option<PathBuf> {
    if name.is_null() {
        return None;
    }
    // SAFETY: SQLite's file names end with a zero and live as long as the call.
    let name = unsafe { CStr::from_ptr(name) };
    Some(Path::new(name.to_str().ok()?).to_owned())
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite asks through the layer it was given; a file without methods needs no closing.
    let below = unsafe {
        (*file).pMethods = std::ptr::null();
        below(vfs)
    };
    if let Verdict::Refused(code) = lock(&below.switches).meet(Call::Open) {
        return code;
    }
    // SAFETY: the system's layer lives for ever; the file behind ours is as long as it asked for.
    let (opened, behind) = unsafe {
        let behind = behind(file);
        (*behind).pMethods = std::ptr::null();
        match (*below.system).xOpen {
            Some(open) => (open(below.system, name, behind, flags, out), behind),
            None => (ffi::SQLITE_CANTOPEN, behind),
        }
    };
    if opened != ffi::SQLITE_OK {
        // SAFETY: a failed opening that gave methods asks to be closed all the same.
        if !unsafe { (*behind).pMethods }.is_null() {
            system!(file, xClose, ffi::SQLITE_OK);
        }
        return opened;
    }
    let ours = Box::new(Ours {
        switches: Arc::clone(&below.switches),
        path: path_of(name),
    });
    // SAFETY: the allocation is SQLite's and ours until the file is closed.
    unsafe {
        (*file.cast::<Layer>()).ours = Box::into_raw(ours);
        (*file).pMethods = &raw const METHODS;
    }
    opened
}

unsafe extern "C" fn delete(vfs: *mut ffi::sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    // SAFETY: SQLite asks through the layer it was given.
    let below = unsafe { below(vfs) };
    let mut switches = lock(&below.switches);
    if let Verdict::Refused(code) = switches.meet(Call::Delete) {
        return code;
    }
    if let Some(path) = path_of(name) {
        switches.synced(&path);
    }
    drop(switches);
    // SAFETY: the system's layer lives for ever; the name is handed on as it came.
    match unsafe { (*below.system).xDelete } {
        Some(delete) => unsafe { delete(below.system, name, sync) },
        None => ffi::SQLITE_IOERR_DELETE,
    }
}

/// A dead process closes its files as well: the operating system does it.
unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    let closed = system!(file, xClose, ffi::SQLITE_OK);
    // SAFETY: `open` boxed it; SQLite closes a file once and calls none of its methods afterwards.
    drop(unsafe { Box::from_raw((*file.cast::<Layer>()).ours) });
    closed
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    buffer: *mut c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    let verdict = meet(file, Call::Read);
    if let Verdict::Refused(code) = verdict {
        return code;
    }
    let answer = system!(file, xRead, ffi::SQLITE_IOERR_READ, buffer, amount, offset);
    if let Verdict::Flipped(bit) = verdict {
        let length = usize::try_from(amount).unwrap_or(0);
        // SAFETY: SQLite's buffer is `amount` bytes long, and the system's layer filled all of it.
        let bytes = unsafe { std::slice::from_raw_parts_mut(buffer.cast::<u8>(), length) };
        if let Some(byte) = (bit / 8).checked_rem(length).and_then(|at| bytes.get_mut(at)) {
            *byte ^= 1 << (bit % 8);
        }
    }
    answer
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    buffer: *const c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite's buffer is `amount` bytes long.
    let bytes =
        unsafe { std::slice::from_raw_parts(buffer.cast::<u8>(), usize::try_from(amount).unwrap_or(0)) };
    let (reaches, answer) = match meet(file, Call::Write) {
        Verdict::Refused(code) => return code,
        Verdict::Torn(most) => (bytes.get(..most).unwrap_or(bytes), ffi::SQLITE_IOERR_WRITE),
        Verdict::Done | Verdict::Flipped(_) => (bytes, ffi::SQLITE_OK),
    };
    note(file, reaches, offset);
    let amount = c_int::try_from(reaches.len()).unwrap_or(0);
    let written = system!(
        file,
        xWrite,
        ffi::SQLITE_IOERR_WRITE,
        reaches.as_ptr().cast(),
        amount,
        offset
    );
    if answer == ffi::SQLITE_OK { written } else { answer }
}

/// Remembers what is about to be written, with what stands there: a file of ours is never opened by another door, which
/// would end its locks.
fn note(file: *mut ffi::sqlite3_file, bytes: &[u8], offset: ffi::sqlite3_int64) {
    // SAFETY: SQLite calls the methods of a file between its opening and its closing only.
    let ours = unsafe { ours(file) };
    let Some(path) = &ours.path else {
        return;
    };
    let mut end: ffi::sqlite3_int64 = 0;
    system!(file, xFileSize, ffi::SQLITE_IOERR_FSTAT, &raw mut end);
    let room = usize::try_from(end.saturating_sub(offset)).unwrap_or(0);
    let mut before = vec![0_u8; room.min(bytes.len())];
    let length = c_int::try_from(before.len()).unwrap_or(0);
    if length > 0 {
        let into = before.as_mut_ptr().cast();
        system!(file, xRead, ffi::SQLITE_IOERR_READ, into, length, offset);
    }
    let piece = Piece {
        offset: u64::try_from(offset).unwrap_or(0),
        before,
        after: bytes.to_vec(),
    };
    lock(&ours.switches).unsynced.note(path, piece);
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: ffi::sqlite3_int64) -> c_int {
    match meet(file, Call::Truncate) {
        Verdict::Refused(code) => code,
        _ => system!(file, xTruncate, ffi::SQLITE_IOERR_TRUNCATE, size),
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    if let Verdict::Refused(code) = meet(file, Call::Sync) {
        return code;
    }
    let synced = system!(file, xSync, ffi::SQLITE_IOERR_FSYNC, flags);
    // SAFETY: SQLite calls the methods of a file between its opening and its closing only.
    let ours = unsafe { ours(file) };
    if let (ffi::SQLITE_OK, Some(path)) = (synced, &ours.path) {
        lock(&ours.switches).synced(path);
    }
    synced
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    page: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    match meet(file, Call::Shared) {
        Verdict::Refused(code) => code,
        _ => system!(file, xShmMap, ffi::SQLITE_IOERR_SHMMAP, page, size, extend, out),
    }
}

unsafe extern "C" fn shm_lock(file: *mut ffi::sqlite3_file, offset: c_int, n: c_int, flags: c_int) -> c_int {
    system!(file, xShmLock, ffi::SQLITE_IOERR_SHMLOCK, offset, n, flags)
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    system!(file, xShmBarrier, ());
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, delete: c_int) -> c_int {
    system!(file, xShmUnmap, ffi::SQLITE_OK, delete)
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut ffi::sqlite3_int64) -> c_int {
    system!(file, xFileSize, ffi::SQLITE_IOERR_FSTAT, size)
}

unsafe extern "C" fn lock_file(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    system!(file, xLock, ffi::SQLITE_IOERR_LOCK, level)
}

unsafe extern "C" fn unlock_file(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    system!(file, xUnlock, ffi::SQLITE_IOERR_UNLOCK, level)
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    system!(file, xCheckReservedLock, ffi::SQLITE_IOERR_CHECKRESERVEDLOCK, out)
}

unsafe extern "C" fn file_control(file: *mut ffi::sqlite3_file, op: c_int, argument: *mut c_void) -> c_int {
    system!(file, xFileControl, ffi::SQLITE_NOTFOUND, op, argument)
}

unsafe extern "C" fn sector_size(file: *mut ffi::sqlite3_file) -> c_int {
    system!(file, xSectorSize, 4096)
}

unsafe extern "C" fn device_characteristics(file: *mut ffi::sqlite3_file) -> c_int {
    system!(file, xDeviceCharacteristics, 0)
}
