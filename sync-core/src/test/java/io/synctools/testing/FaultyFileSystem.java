package io.synctools.testing;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * The machine's file system, of which a test may make any operation fail: opening, reading, writing, looking, listing,
 * whatever a program does to a path that came from {@link #path}, and to all paths that are made of it.
 *
 * <p>Paths of the real file system and of this one may be mixed in one call, as in {@code link.resolveSibling(target)}.
 * Thread-safe.
 */
public final class FaultyFileSystem extends FileSystem {
    private final FileSystem real;
    private final FaultyProvider provider;

    /** Runs before each operation, and may throw instead of it. */
    @FunctionalInterface
    public interface Fault {
        /**
         * Hears of an operation on the thread that wants it done.
         *
         * @param operation what the kernel calls it: {@code open}, {@code read}, {@code rename}, …
         * @param path the real path
         */
        void before(String operation, Path path) throws IOException;

        /** Hears that a file is open now; {@code close} is heard when it is closed. */
        default void opened(Path path) {}

        /**
         * Which disk a path lies on.
         *
         * @param real the number that it has
         */
        default long device(Path path, long real) {
            return real;
        }
    }

    private FaultyFileSystem(FileSystem real, Fault fault) {
        this.real = real;
        this.provider = new FaultyProvider(this, real.provider(), fault);
    }

    /** A real path, seen through a file system that this fault befalls. */
    public static Path path(Path real, Fault fault) {
        return new FaultyFileSystem(real.getFileSystem(), fault).wrap(real);
    }

    Path wrap(Path path) {
        return (Path) Proxy.newProxyInstance(
                FaultyFileSystem.class.getClassLoader(), new Class<?>[] {Path.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getFileSystem")) {
                        return this;
                    }
                    return wrapped(invoke(path, method, arguments));
                });
    }

    private static Object invoke(Path path, Method method, Object[] arguments) throws Throwable {
        Object[] plain = arguments == null ? new Object[0] : arguments.clone();
        for (int i = 0; i < plain.length; i++) {
            plain[i] = plain[i] instanceof Path other ? real(other) : plain[i];
        }
        try {
            return method.invoke(path, plain);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Object wrapped(Object result) {
        if (result instanceof Path path) {
            return wrap(path);
        }
        return result instanceof Iterator<?> names ? wrap(names) : result;
    }

    private Iterator<Path> wrap(Iterator<?> names) {
        List<Path> wrapped = new ArrayList<>();
        names.forEachRemaining(name -> wrapped.add(wrap((Path) name)));
        return wrapped.iterator();
    }

    /** The path behind one of ours; others stay as they are. */
    static Path real(Path path) {
        return path.getFileSystem() instanceof FaultyFileSystem faulty ? faulty.real.getPath(path.toString()) : path;
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return real.isReadOnly();
    }

    @Override
    public String getSeparator() {
        return real.getSeparator();
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return () -> wrap(real.getRootDirectories().iterator());
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return real.getFileStores();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return real.supportedFileAttributeViews();
    }

    @Override
    public Path getPath(String first, String... more) {
        return wrap(real.getPath(first, more));
    }

    @Override
    public PathMatcher getPathMatcher(String pattern) {
        PathMatcher matcher = real.getPathMatcher(pattern);
        return path -> matcher.matches(real(path));
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        return real.getUserPrincipalLookupService();
    }

    @Override
    public WatchService newWatchService() throws IOException {
        return real.newWatchService();
    }
}
