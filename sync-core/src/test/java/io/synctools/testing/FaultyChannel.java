package io.synctools.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** An open file of a {@link FaultyFileSystem}. */
final class FaultyChannel extends FileChannel {
    private final FileChannel real;
    private final Path path;
    private final FaultyFileSystem.Fault fault;

    FaultyChannel(FileChannel real, Path path, FaultyFileSystem.Fault fault) {
        this.real = real;
        this.path = path;
        this.fault = fault;
    }

    private FileChannel before(String operation) throws IOException {
        fault.before(operation, path);
        return real;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        return before("read").read(to);
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) throws IOException {
        return before("read").read(to, offset, length);
    }

    @Override
    public int read(ByteBuffer to, long position) throws IOException {
        return before("read").read(to, position);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return before("write").write(from);
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        return before("write").write(from, offset, length);
    }

    @Override
    public int write(ByteBuffer from, long position) throws IOException {
        return before("write").write(from, position);
    }

    @Override
    public long position() throws IOException {
        return real.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
        real.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return before("fstat").size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        before("ftruncate").truncate(size);
        return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        before("fsync").force(metaData);
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        return before("read").transferTo(position, count, target);
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
        return before("write").transferFrom(source, position, count);
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        return before("mmap").map(mode, position, size);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        throw new UnsupportedOperationException("no file lock takes part in anything");
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        throw new UnsupportedOperationException("no file lock takes part in anything");
    }

    /** The file is closed whatever happens, as Linux does it. */
    @Override
    protected void implCloseChannel() throws IOException {
        real.close();
        fault.before("close", path);
    }
}
