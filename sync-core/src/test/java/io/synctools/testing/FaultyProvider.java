package io.synctools.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/** Does what the real provider does, unless the fault prevents it. */
final class FaultyProvider extends FileSystemProvider {
    private final FaultyFileSystem fileSystem;
    private final FileSystemProvider real;
    private final FaultyFileSystem.Fault fault;

    FaultyProvider(FaultyFileSystem fileSystem, FileSystemProvider real, FaultyFileSystem.Fault fault) {
        this.fileSystem = fileSystem;
        this.real = real;
        this.fault = fault;
    }

    /** The real path, unless the fault strikes. */
    private Path at(String operation, Path path) throws IOException {
        Path found = FaultyFileSystem.real(path);
        fault.before(operation, found);
        return found;
    }

    @Override
    public String getScheme() {
        return "faulty";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        Path found = at("open", path);
        FileChannel channel = real.newFileChannel(found, options, attributes);
        fault.opened(found);
        return new FaultyChannel(channel, found, fault);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        DirectoryStream<Path> found =
                real.newDirectoryStream(at("opendir", folder), child -> filter.accept(fileSystem.wrap(child)));
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                Iterator<Path> children = found.iterator();
                return new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return children.hasNext();
                    }

                    @Override
                    public Path next() {
                        return fileSystem.wrap(children.next());
                    }
                };
            }

            @Override
            public void close() throws IOException {
                found.close();
            }
        };
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
        real.createDirectory(at("mkdir", folder), attributes);
    }

    @Override
    public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes) throws IOException {
        real.createSymbolicLink(at("symlink", link), FaultyFileSystem.real(target), attributes);
    }

    @Override
    public void createLink(Path link, Path existing) throws IOException {
        real.createLink(at("link", link), FaultyFileSystem.real(existing));
    }

    /** A real path: a link leads somewhere else, perhaps to nothing. */
    @Override
    public Path readSymbolicLink(Path link) throws IOException {
        return real.readSymbolicLink(at("readlink", link));
    }

    @Override
    public void delete(Path path) throws IOException {
        real.delete(at("unlink", path));
    }

    @Override
    public void copy(Path from, Path to, CopyOption... options) throws IOException {
        real.copy(at("copy", from), FaultyFileSystem.real(to), options);
    }

    @Override
    public void move(Path from, Path to, CopyOption... options) throws IOException {
        real.move(at("rename", from), FaultyFileSystem.real(to), options);
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
        return real.isSameFile(at("stat", path), FaultyFileSystem.real(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        return real.isHidden(at("stat", path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        return real.getFileStore(at("statfs", path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        real.checkAccess(at("access", path), modes);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        return real.getFileAttributeView(FaultyFileSystem.real(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        return real.readAttributes(at("stat", path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        Path found = at("stat", path);
        Map<String, Object> values = real.readAttributes(found, attributes, options);
        if (values.get("dev") instanceof Long device) {
            values = new HashMap<>(values);
            values.put("dev", fault.device(found, device));
        }
        return values;
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        real.setAttribute(at("chmod", path), attribute, value, options);
    }
}
