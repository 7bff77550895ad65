package io.synctools.testing;

import io.synctools.file.Disk;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Lets a number of renames, links and deletions happen, and from then on is the disk of a process that is no more. */
public final class DyingDisk extends Disk {
    private int left;

    /**
     * A disk for one run.
     *
     * @param steps how many changes happen before the process dies
     */
    public DyingDisk(int steps) {
        left = steps;
    }

    /** Whether the process died; else the run was over before. */
    public synchronized boolean isDead() {
        return left < 0;
    }

    private synchronized void step() {
        if (left <= 0) {
            left = -1;
            throw new SyncException(FailureKind.DISK, "the process was killed");
        }
        left--;
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step();
        super.rename(from, to);
    }

    @Override
    public void symlink(Path link, Path target) throws IOException {
        step();
        super.symlink(link, target);
    }

    @Override
    public boolean delete(Path path) throws IOException {
        step();
        return super.delete(path);
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        step();
        super.syncFolder(folder);
    }

    @Override
    public void sync(FileChannel channel) throws IOException {
        step();
        super.sync(channel);
    }
}
