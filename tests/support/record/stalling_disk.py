"""A directory seen through FUSE, as a disk of its own: stopped by SIGSTOP, it stands still.

    python3 stalling_disk.py BELOW MOUNT
"""
import errno
import os
import sys

try:
    from fusepy import FUSE, FuseOSError, Operations
except ImportError:
    sys.exit("Cannot mount a disk that stalls: apt-get install python3-fusepy fuse3")


class Disk(Operations):
    """Passes everything on to a directory."""

    def __init__(self, below):
        self.below = below

    def _real(self, path):
        return self.below + path

    def init(self, path):
        print("mounted", flush=True)

    def getattr(self, path, fh=None):
        try:
            found = os.lstat(self._real(path))
        except OSError as error:
            raise FuseOSError(error.errno)
        names = ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size", "st_atime", "st_mtime", "st_ctime")
        return {name: getattr(found, name) for name in names}

    def readdir(self, path, fh):
        return [".", ".."] + os.listdir(self._real(path))

    def statfs(self, path):
        found = os.statvfs(self._real(path))
        names = ("f_bsize", "f_frsize", "f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree", "f_namemax")
        return {name: getattr(found, name) for name in names}

    def mkdir(self, path, mode):
        os.mkdir(self._real(path), mode)

    def rmdir(self, path):
        os.rmdir(self._real(path))

    def unlink(self, path):
        os.unlink(self._real(path))

    def rename(self, old, new):
        os.rename(self._real(old), self._real(new))

    def link(self, target, source):
        if os.path.lexists(self._real(target)):
            raise FuseOSError(errno.EEXIST)
        os.link(self._real(source), self._real(target))

    def open(self, path, flags):
        return os.open(self._real(path), flags)

    def create(self, path, mode, info=None):
        return os.open(self._real(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def read(self, path, size, offset, fh):
        return os.pread(fh, size, offset)

    def write(self, path, data, offset, fh):
        return os.pwrite(fh, data, offset)

    def truncate(self, path, length, fh=None):
        os.truncate(self._real(path), length)

    def fsync(self, path, datasync, fh):
        os.fdatasync(fh)

    def release(self, path, fh):
        os.close(fh)


FUSE(Disk(sys.argv[1]), sys.argv[2], foreground=True, nothreads=True)
